"""A division's plan (整合方案) in versions, and what it decides for platforms, plates, bodies."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.models.programmes import Programme
from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced
from platforms_portal.words import labelled
from zones.models import Division, ManagementBody, Plate, Platform


class MergePlan(Sourced):
    """One version of an owner's plan in one programme."""

    class State(models.TextChoices):
        """The state of the plan's workflow."""

        DRAFT = "draft", _("Draft")
        LEADER_REVIEW = "leader_review", _("Awaits the division's leader")
        SUBMITTED = "submitted", _("Submitted")
        COUNTERSIGNED = "countersigned", _("Countersigned")
        RETURNED = "returned", _("Returned")
        APPROVED = "approved", _("Approved")
        IN_EXECUTION = "in_execution", _("In execution")
        COMPLETED = "completed", _("Completed")

    # Not in yet: they count nowhere, and only their own division sees them.
    INTERNAL_STATES: ClassVar = (State.DRAFT, State.LEADER_REVIEW)
    OPEN_STATES: ClassVar = (*INTERNAL_STATES, State.SUBMITTED, State.COUNTERSIGNED)

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="plans"
    )
    division = models.ForeignKey(
        Division, verbose_name=_("division"), on_delete=models.PROTECT, related_name="plans"
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    variant = models.CharField(
        _("variant"),
        max_length=40,
        blank=True,
        help_text=_(
            "The name of a draft kept beside the plan, to be compared; empty for the plan."
        ),
    )
    based_on = models.ForeignKey(
        "self",
        verbose_name=_("based on"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="successors",
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    # Empty in a plan that is in: when it came is not known, so neither is whether in time (R17).
    first_submitted_on = models.DateField(_("first submitted on"), null=True, blank=True)
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    return_reason = models.TextField(_("reason for the return"), blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("merge plan")
        verbose_name_plural = _("merge plans")
        ordering: ClassVar = ["programme", "division", F("version").desc()]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "division", "version", "variant"],
                name="plan_version_once",
                violation_error_message=_("This version of the plan already exists."),
            ),
            models.UniqueConstraint(
                fields=["programme", "division"],
                condition=Q(
                    variant="",
                    state__in=["draft", "leader_review", "submitted", "countersigned"],
                ),
                name="plan_one_open_per_division",
                violation_error_message=_("This division already has an open plan."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "leader_review"]) | Q(submitted_on__isnull=False),
                name="plan_beyond_draft_was_submitted",
                violation_error_message=_("A plan beyond draft needs its date of submission."),
            ),
            models.CheckConstraint(
                condition=Q(variant="") | Q(state="draft"),
                name="plan_variant_is_a_draft",
                violation_error_message=_("A variant is a draft; take it over to submit it."),
            ),
        ]

    def __str__(self) -> str:
        name = f"{self.division} v{self.version}"
        return f"{name} ({self.variant})" if self.variant else name

    @property
    def is_internal(self) -> bool:
        """Whether only the plan's own division sees it, and it counts nowhere."""
        return self.state in self.INTERNAL_STATES


class Disposition(Sourced):
    """What becomes of one baseline platform (处置) in one plan."""

    class Kind(models.TextChoices):
        """The four dispositions (四个一批)."""

        ABOLISH = "abolish", _("Abolish")
        TRANSFORM = "transform", _("Transform")
        MERGE = "merge", _("Merge")
        UPGRADE = "upgrade", _("Upgrade")

    plan = models.ForeignKey(
        MergePlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="dispositions"
    )
    platform = models.ForeignKey(
        Platform,
        verbose_name=_("platform"),
        on_delete=models.PROTECT,
        related_name="dispositions",
    )
    kind = models.CharField(_("disposition"), max_length=10, choices=Kind.choices)
    target = models.ForeignKey(
        Platform,
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incoming",
    )
    transform_into = models.CharField(
        _("transformed into"),
        max_length=60,
        blank=True,
        help_text=_("The kind it becomes: 特色小镇, 小微企业园 or another named one."),
    )
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    confirmed_on = models.DateField(
        _("confirmed carried out on"),
        null=True,
        blank=True,
        help_text=_("Set when the commission has confirmed every step."),
    )
    history = recorded()

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "platform"],
                name="disposition_once_per_plan",
                violation_error_message=_("This plan already disposes of this platform."),
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | ~Q(target=F("platform")),
                name="disposition_not_into_itself",
                violation_error_message=_("A platform cannot be merged into itself."),
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(kind="merge"),
                name="disposition_target_only_of_a_merge",
                violation_error_message=_("Only a merge has a target."),
            ),
        ]
        indexes: ClassVar = [
            # States join a platform to its disposition in the plans that count.
            models.Index(fields=["platform", "plan", "kind"], name="disposition_of_platform"),
            models.Index(fields=["target", "plan"], name="disposition_by_target"),
        ]

    def __str__(self) -> str:
        return labelled(self.platform, self.get_kind_display())


class PlateDisposition(Sourced):
    """Whether a plate is kept, and by which retained platform (R08)."""

    class Fate(models.TextChoices):
        """What becomes of the plate."""

        KEEP = "keep", _("Keep")
        DROP = "drop", _("Drop")

    plan = models.ForeignKey(
        MergePlan,
        verbose_name=_("plan"),
        on_delete=models.CASCADE,
        related_name="plate_dispositions",
    )
    plate = models.ForeignKey(
        Plate, verbose_name=_("plate"), on_delete=models.PROTECT, related_name="dispositions"
    )
    fate = models.CharField(_("fate"), max_length=10, choices=Fate.choices)
    carrier = models.ForeignKey(
        Platform,
        verbose_name=_("carried by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_plates",
    )
    history = recorded()

    class Meta:
        verbose_name = _("fate of a plate")
        verbose_name_plural = _("fates of plates")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "plate"], name="plate_disposition_once"),
            models.CheckConstraint(
                condition=Q(carrier__isnull=True) | Q(fate="keep"),
                name="plate_carrier_only_when_kept",
                violation_error_message=_("Only a plate that is kept has a carrier."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plate", "plan"], name="disposition_of_plate")]

    def __str__(self) -> str:
        return labelled(self.plate, self.get_fate_display())


class BodyDisposition(Sourced):
    """Whether a management body is kept, abolished or founded, and what it then serves."""

    class Fate(models.TextChoices):
        """What becomes of the body."""

        KEEP = "keep", _("Keep")
        # Not the Chinese word for the disposition of a platform: 撤销, where that is 淘汰撤销.
        ABOLISH = "abolish", pgettext_lazy("body", "Abolish")
        FOUND = "found", _("Found")

    plan = models.ForeignKey(
        MergePlan,
        verbose_name=_("plan"),
        on_delete=models.CASCADE,
        related_name="body_dispositions",
    )
    body = models.ForeignKey(
        ManagementBody,
        verbose_name=_("management body"),
        on_delete=models.PROTECT,
        related_name="dispositions",
    )
    fate = models.CharField(_("fate"), max_length=10, choices=Fate.choices)
    serves = models.ForeignKey(
        Platform,
        verbose_name=_("serves"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="planned_bodies",
    )
    leadership_teams = models.PositiveSmallIntegerField(
        _("leadership teams"), null=True, blank=True
    )
    internal_departments = models.PositiveIntegerField(
        _("internal departments"), null=True, blank=True
    )
    secretary_is_director = models.BooleanField(
        _("one person is secretary and director"), null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    confirmed_on = models.DateField(
        _("confirmed carried out on"),
        null=True,
        blank=True,
        help_text=_("Set when the commission has confirmed every step."),
    )
    history = recorded()

    class Meta:
        verbose_name = _("fate of a management body")
        verbose_name_plural = _("fates of management bodies")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "body"], name="body_disposition_once"),
            models.CheckConstraint(
                condition=Q(serves__isnull=True) | ~Q(fate="abolish"),
                name="abolished_body_serves_nothing",
                violation_error_message=_("A body that is abolished serves no platform."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["body", "plan", "fate"], name="disposition_of_body"),
            models.Index(fields=["serves", "plan"], name="body_disposition_by_platform"),
        ]

    def __str__(self) -> str:
        return labelled(self.body, self.get_fate_display())

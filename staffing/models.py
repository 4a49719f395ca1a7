"""The people: head counts per body, planned figures, and where everyone else goes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consolidation.models import MergePlan
from consolidation.models.programmes import StaffCategory
from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced
from zones.models import ManagementBody


class HeadCount(Sourced):
    """Authorised posts (编制) and staff on post (实有人数) of a body in one category on a day.

    A figure left empty is not known; it is never taken for zero.
    """

    body = models.ForeignKey(
        ManagementBody,
        verbose_name=_("management body"),
        on_delete=models.PROTECT,
        related_name="head_counts",
    )
    category = models.CharField(_("category"), max_length=15, choices=StaffCategory.choices)
    counted_on = models.DateField(_("counted on"))
    authorised = models.PositiveIntegerField(_("authorised posts"), null=True, blank=True)
    on_post = models.PositiveIntegerField(_("staff on post"), null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("head count")
        verbose_name_plural = _("head counts")
        ordering: ClassVar = ["body", "category", F("counted_on").desc()]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["body", "category", "counted_on"],
                name="head_count_once_per_day",
                violation_error_message=_("This category was already counted on this day."),
            )
        ]
        indexes: ClassVar = [
            # The baseline reads one day of all bodies; the sums need no visit to the table.
            models.Index(
                fields=["counted_on", "category"],
                include=["body", "on_post", "authorised", "is_placeholder"],
                name="head_count_of_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.get_category_display()} {self.counted_on:%Y-%m-%d}"


class StaffPlan(Sourced):
    """What a plan foresees for one body and category once it is carried out."""

    plan = models.ForeignKey(
        MergePlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="staff_plans"
    )
    body = models.ForeignKey(
        ManagementBody,
        verbose_name=_("management body"),
        on_delete=models.PROTECT,
        related_name="staff_plans",
    )
    category = models.CharField(_("category"), max_length=15, choices=StaffCategory.choices)
    authorised = models.PositiveIntegerField(_("authorised posts"), null=True, blank=True)
    on_post = models.PositiveIntegerField(_("staff on post"), null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("planned staff")
        verbose_name_plural = _("planned staff")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "body", "category"],
                name="staff_plan_once",
                violation_error_message=_("This category is already planned for this body."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.get_category_display()}"


class Redeployment(Sourced):
    """Where people of one body and category go (分流安置)."""

    class Destination(models.TextChoices):
        """Where they go. The last two leave the service, the others are redeployed."""

        BODY = "body", _("Another management body")
        DEPARTMENT = "department", _("Departments of the district")
        COMPANY = "company", _("Companies")
        RETIREMENT = "retirement", _("Retirement")
        CONTRACT_END = "contract_end", _("End of contract")

    LEAVING: ClassVar = (Destination.RETIREMENT, Destination.CONTRACT_END)

    plan = models.ForeignKey(
        MergePlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="redeployments"
    )
    body = models.ForeignKey(
        ManagementBody,
        verbose_name=_("from"),
        on_delete=models.PROTECT,
        related_name="redeployments",
    )
    category = models.CharField(_("category"), max_length=15, choices=StaffCategory.choices)
    destination = models.CharField(_("destination"), max_length=15, choices=Destination.choices)
    to_body = models.ForeignKey(
        ManagementBody,
        verbose_name=_("to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="arrivals",
    )
    people = models.PositiveIntegerField(_("people"))
    history = recorded()

    class Meta:
        verbose_name = _("redeployment")
        verbose_name_plural = _("redeployments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "body", "category", "destination", "to_body"],
                name="redeployment_once",
                violation_error_message=_("This move is already planned."),
            ),
            models.UniqueConstraint(
                fields=["plan", "body", "category", "destination"],
                condition=Q(to_body__isnull=True),
                name="redeployment_once_without_body",
                violation_error_message=_("This move is already planned."),
            ),
            models.CheckConstraint(
                condition=(Q(destination="body") & Q(to_body__isnull=False))
                | (~Q(destination="body") & Q(to_body__isnull=True)),
                name="redeployment_names_the_body",
                violation_error_message=_(
                    "A move to another body names it; other moves name none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(to_body__isnull=True) | ~Q(to_body=F("body")),
                name="redeployment_not_to_itself",
                violation_error_message=_("People cannot be moved to the body they are in."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["to_body", "category"], name="redeployment_arrivals")
        ]

    def __str__(self) -> str:
        return f"{self.body} → {self.to_body or self.get_destination_display()}"

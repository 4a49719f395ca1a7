"""A programme (整合提升行动) and all that its document fixes: targets, quotas, dates, tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced

if TYPE_CHECKING:
    import datetime


class StaffCategory(models.TextChoices):
    """The categories of management staff (domain §10)."""

    ADMINISTRATIVE = "administrative", _("Administrative posts")
    PUBLIC = "public", _("Public-institution posts")
    CONTRACT = "contract", _("Contract staff")


def default_categories() -> list[str]:
    """Return the staff categories that count unless a programme says otherwise: all three."""
    return [str(category) for category in StaffCategory.values]


class Basis(models.TextChoices):
    """Which baseline a cut is judged on."""

    LEDGER = "ledger", _("The ledger's own count")
    DECLARED = "declared", _("The count the programme declares")


class ZoneKind(models.TextChoices):
    """The national rankings that a programme sets goals for."""

    HIGH_TECH = "high_tech", _("National high-tech zones")
    ECONOMIC = "economic", _("National economic and technological zones")


class HighLevelClass(models.TextChoices):
    """The classes of high-level strategic platforms, 方案(五)."""

    INTEGRATION = "integration", _("City-industry integration")
    INNOVATION = "innovation", _("Major innovation")
    OPENING = "opening", _("Major opening-up")


class Programme(Sourced):
    """One consolidation drive of one city. Hangzhou's is the first, not the only one."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    division = models.ForeignKey(
        "zones.Division",
        verbose_name=_("city"),
        on_delete=models.PROTECT,
        related_name="programmes",
    )
    ledger = models.ForeignKey(
        "zones.Ledger",
        verbose_name=_("ledger"),
        on_delete=models.PROTECT,
        related_name="programmes",
    )
    baseline_date = models.DateField(_("baseline date"))
    as_of_default = models.DateField(
        _("opens as of"),
        null=True,
        blank=True,
        help_text=_("The day shown at first; empty for today."),
    )
    declared_platforms = models.PositiveIntegerField(_("declared platforms"), null=True, blank=True)
    declared_bodies = models.PositiveIntegerField(_("declared bodies"), null=True, blank=True)
    declared_staff = models.PositiveIntegerField(_("declared staff"), null=True, blank=True)
    bodies_basis = models.CharField(
        _("bodies judged on"), max_length=10, choices=Basis.choices, default=Basis.LEDGER
    )
    staff_basis = models.CharField(
        _("staff judged on"), max_length=10, choices=Basis.choices, default=Basis.LEDGER
    )
    counted_categories = models.JSONField(
        _("staff categories that count"), default=default_categories
    )
    exempt_titles = models.JSONField(
        _("posts exempt from open competition"),
        default=list,
        blank=True,
        help_text=_("The only titles that R15 allows to be exempt."),
    )
    document = models.CharField(_("document"), max_length=300, blank=True)
    leader_approves = models.BooleanField(
        _("the division's leader approves first"),
        default=False,
        help_text=_("A plan goes to the commission once its division's leader approved it."),
    )
    history = recorded()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        if get_language() == "en" and self.name_en:
            return self.name_en
        return self.name

    @property
    def opens_as_of(self) -> datetime.date:
        """The day that pages and commands show unless another is asked for."""
        return self.as_of_default or timezone.localdate()


class Target(models.Model):
    """One line of the document that a rule is judged by. A rule without a line is absent.

    ``numerator``/``denominator`` hold the threshold as integers: 60% is 60/100, a count of 17 is
    17/1. Rules that need no threshold have a line with an empty numerator: it gives the clause.
    """

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.CASCADE, related_name="targets"
    )
    rule = models.CharField(_("rule"), max_length=8)
    name = models.CharField(_("threshold"), max_length=40, blank=True)
    numerator = models.PositiveIntegerField(_("numerator"), null=True, blank=True)
    denominator = models.PositiveIntegerField(
        _("denominator"), default=1, validators=[MinValueValidator(1)]
    )
    clause = models.CharField(_("clause"), max_length=60, blank=True)
    binds_divisions = models.BooleanField(
        _("binds each division"),
        default=False,
        help_text=_("Otherwise a division that falls short is advised, the city is bound."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering: ClassVar = ["programme", "rule", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "rule", "name"],
                name="target_once",
                violation_error_message=_("This threshold is already set."),
            ),
            models.CheckConstraint(
                condition=Q(denominator__gte=1), name="target_denominator_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.name}".strip()


class RankGoal(models.Model):
    """How many zones of a kind shall rank how high in the nation (R20)."""

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.CASCADE, related_name="rank_goals"
    )
    zone_kind = models.CharField(_("ranking"), max_length=20, choices=ZoneKind.choices)
    rank_max = models.PositiveIntegerField(_("rank at least"))
    zones_min = models.PositiveIntegerField(_("number of zones"))
    clause = models.CharField(_("clause"), max_length=60, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("rank goal")
        verbose_name_plural = _("rank goals")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "zone_kind", "rank_max"], name="rank_goal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_zone_kind_display()} ≤ {self.rank_max}"


class Quota(models.Model):
    """How many platforms an owner may retain: ``base`` plus ``extra`` (R04)."""

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.CASCADE, related_name="quotas"
    )
    division = models.ForeignKey(
        "zones.Division",
        verbose_name=_("division"),
        on_delete=models.PROTECT,
        related_name="quotas",
    )
    base = models.PositiveIntegerField(_("base quota"))
    extra = models.PositiveIntegerField(_("extra places"), default=0)
    reason = models.CharField(_("reason for the extra places"), max_length=200, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "division"],
                name="quota_once_per_division",
                violation_error_message=_("This division already has a quota."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.division}: {self.base + self.extra}"


class QuotaException(models.Model):
    """Places that the commission grants an owner beyond its quota, with reason and document."""

    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.CASCADE,
        related_name="quota_exceptions",
    )
    division = models.ForeignKey(
        "zones.Division",
        verbose_name=_("division"),
        on_delete=models.PROTECT,
        related_name="quota_exceptions",
    )
    places = models.PositiveIntegerField(_("places"), validators=[MinValueValidator(1)])
    reason = models.CharField(_("reason"), max_length=500)
    document = models.CharField(_("document"), max_length=200)
    granted_on = models.DateField(_("granted on"))
    history = recorded()

    class Meta:
        verbose_name = _("quota exception")
        verbose_name_plural = _("quota exceptions")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(places__gte=1), name="exception_grants_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.division}: +{self.places}"


class Deadline(models.Model):
    """A date of the programme, with the number of platforms expected then where one is known."""

    class Kind(models.TextChoices):
        """What is due."""

        CHECKPOINT = "checkpoint", _("Checkpoint")
        MUNICIPAL_PLAN = "municipal_plan", _("Plan of the municipal level")
        DIVISION_PLAN = "division_plan", _("Plans of the divisions")
        COMPLETION = "completion", _("All carried out")
        HORIZON = "horizon", _("Long-term goals")

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.CASCADE, related_name="deadlines"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    due_on = models.DateField(_("due on"))
    expected_platforms = models.PositiveIntegerField(_("platforms expected"), null=True, blank=True)
    clause = models.CharField(_("clause"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering: ClassVar = ["programme", "due_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "kind", "due_on"], name="deadline_once"),
            models.UniqueConstraint(
                fields=["programme", "kind"],
                condition=~Q(kind="checkpoint"),
                name="deadline_one_of_a_kind",
                violation_error_message=_("Only checkpoints may stand more than once."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on:%Y-%m-%d}"

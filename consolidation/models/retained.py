"""The platforms that a programme retains, and what is fixed for each of them."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consolidation.models.programmes import HighLevelClass, Programme, ZoneKind
from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced
from zones.models import Industry, Platform
from zones.models.bodies import validate_uscc


class RetainedPlatform(Sourced):
    """A platform on the programme's list of retained ones.

    It is a row on top of ``zones.Platform``: either a platform of the ledger that continues, or
    one that the programme founds. So a platform that continues is itself and counts once.
    """

    class Discipline(models.TextChoices):
        """How discipline inspection is provided (R18)."""

        COMMITTEE = "committee", _("Discipline inspection work committee")
        SAME_LEVEL = "same_level", _("Same-level organ (zone and government are one)")
        NONE = "none", _("None")
        UNKNOWN = "unknown", _("Unknown")

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.CASCADE, related_name="retained"
    )
    platform = models.ForeignKey(
        Platform, verbose_name=_("platform"), on_delete=models.PROTECT, related_name="retentions"
    )
    sequence = models.PositiveIntegerField(_("number in the list"), default=0)
    listed_name = models.CharField(
        _("name in the list"), max_length=120, blank=True, help_text=_("As the document writes it.")
    )
    former_name = models.CharField(_("former name"), max_length=120, blank=True)
    is_provisional = models.BooleanField(_("provisional"), default=False)
    is_sub_area = models.BooleanField(
        _("sub-area"),
        default=False,
        help_text=_("Counted among the retained platforms, outside the quota of its owner."),
    )
    designated_on = models.DateField(_("designated on"), null=True, blank=True)
    designation_reason = models.CharField(_("reason"), max_length=500, blank=True)
    designation_document = models.CharField(_("document"), max_length=200, blank=True)
    # Kept beside the designation, so that the days before the withdrawal keep their answers.
    withdrawn_on = models.DateField(
        _("designation withdrawn on"),
        null=True,
        blank=True,
        help_text=_(
            "From this day on it is no sub-area any more; the days before stay as they are."
        ),
    )
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=500, blank=True)
    withdrawal_document = models.CharField(
        _("document of the withdrawal"), max_length=200, blank=True
    )
    high_level_class = models.CharField(
        _("class of high-level platform"),
        max_length=20,
        choices=HighLevelClass.choices,
        blank=True,
    )
    is_high_level = models.BooleanField(_("high-level strategic platform"), default=False)
    lead_department = models.ForeignKey(
        "zones.Department",
        verbose_name=_("lead department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    operator_company = models.CharField(_("development operator"), max_length=120, blank=True)
    operator_uscc = models.CharField(
        _("operator's unified social credit code"),
        max_length=18,
        blank=True,
        validators=[validate_uscc],
    )
    operator_is_separate = models.BooleanField(
        _("operator apart from the management committee"), null=True, blank=True
    )
    discipline = models.CharField(
        _("discipline inspection"),
        max_length=12,
        choices=Discipline.choices,
        default=Discipline.UNKNOWN,
    )
    has_cooperation_park = models.BooleanField(
        _("international industrial cooperation park"), null=True, blank=True
    )
    parcels = models.PositiveIntegerField(_("separate parcels"), null=True, blank=True)
    founding_confirmed_on = models.DateField(
        _("founding confirmed on"),
        null=True,
        blank=True,
        help_text=_("For a platform that the programme founds; set when its steps are confirmed."),
    )
    history = recorded()

    class Meta:
        verbose_name = _("retained platform")
        verbose_name_plural = _("retained platforms")
        ordering: ClassVar = ["programme", "sequence", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "platform"],
                name="retained_once_per_programme",
                violation_error_message=_("This platform is already on the list."),
            ),
            models.CheckConstraint(
                condition=Q(is_sub_area=True) | Q(designated_on__isnull=True),
                name="designation_dates_a_sub_area",
                violation_error_message=_("Only a sub-area has a date of designation."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(is_sub_area=True),
                name="withdrawal_of_a_sub_area",
                violation_error_message=_("Only a sub-area has a date of withdrawal."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True)
                | Q(designated_on__isnull=True)
                | Q(withdrawn_on__gte=F("designated_on")),
                name="withdrawal_after_designation",
                violation_error_message=_("The withdrawal lies before the designation."),
            ),
        ]

    def __str__(self) -> str:
        return self.listed_name or self.platform.name

    @property
    def is_designated(self) -> bool:
        """Whether its designation as a sub-area stands: made, and not withdrawn."""
        return self.is_sub_area and self.withdrawn_on is None


class RetainedIndustry(models.Model):
    """An industry that a retained platform is planned to lead with (R12)."""

    retained = models.ForeignKey(
        RetainedPlatform,
        verbose_name=_("retained platform"),
        on_delete=models.CASCADE,
        related_name="industries",
    )
    industry = models.ForeignKey(
        Industry, verbose_name=_("industry"), on_delete=models.PROTECT, related_name="+"
    )
    history = recorded()

    class Meta:
        verbose_name = _("planned leading industry")
        verbose_name_plural = _("planned leading industries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["retained", "industry"], name="retained_industry_once")
        ]

    def __str__(self) -> str:
        return str(self.industry)


class NationalRank(Sourced):
    """The published rank of a retained platform in one national ranking and year (R20)."""

    retained = models.ForeignKey(
        RetainedPlatform,
        verbose_name=_("retained platform"),
        on_delete=models.CASCADE,
        related_name="ranks",
    )
    zone_kind = models.CharField(_("ranking"), max_length=20, choices=ZoneKind.choices)
    year = models.PositiveIntegerField(_("year"), validators=[MinValueValidator(1980)])
    rank = models.PositiveIntegerField(_("rank"), validators=[MinValueValidator(1)])
    history = recorded()

    class Meta:
        verbose_name = _("national rank")
        verbose_name_plural = _("national ranks")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["retained", "zone_kind", "year"], name="national_rank_once"
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="national_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.retained} {self.year}: {self.rank}"

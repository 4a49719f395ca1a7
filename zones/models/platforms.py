"""Platforms (开发区、园区): what they are, where they are, what they were called, their plates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced
from zones.models.divisions import Division

if TYPE_CHECKING:
    from decimal import Decimal

    from django_stubs_ext import StrOrPromise


class Level(models.TextChoices):
    """The level at which a platform or a plate was approved."""

    NATIONAL = "national", _("National")
    PROVINCIAL = "provincial", _("Provincial")
    MUNICIPAL = "municipal", _("Municipal")
    DISTRICT = "district", _("District")
    UNKNOWN = "unknown", _("Unknown")


class Origin(models.TextChoices):
    """Whether a record stands in the ledger or is founded by a programme."""

    LEDGER = "ledger", _("In the ledger")
    FOUNDED = "founded", _("Founded by a programme")


class Ledger(models.Model):
    """The ledger (台账) of one city's platforms and bodies. Programmes count in one ledger."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    division = models.ForeignKey(
        Division, verbose_name=_("division"), on_delete=models.PROTECT, related_name="ledgers"
    )
    history = recorded()

    class Meta:
        verbose_name = _("ledger")
        verbose_name_plural = _("ledgers")

    def __str__(self) -> str:
        return self.name


class Industry(models.Model):
    """An industry that a platform can lead with."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


def _area(label: StrOrPromise) -> models.DecimalField[Any, Decimal | None]:
    return models.DecimalField(
        label,
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Square kilometres; empty when not known."),
    )


class Platform(Sourced):
    """A platform: a development zone or park of any kind, never deleted when it is merged.

    ``division`` is its owner at the baseline; ``current_division`` says in which of today's
    divisions it lies where a redrawn map left more than one choice.
    """

    ledger = models.ForeignKey(
        Ledger, verbose_name=_("ledger"), on_delete=models.PROTECT, related_name="platforms"
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    level = models.CharField(
        _("level"), max_length=12, choices=Level.choices, default=Level.UNKNOWN
    )
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    gbt37028_code = models.CharField(_("GB/T 37028 code"), max_length=20, blank=True)
    division = models.ForeignKey(
        Division, verbose_name=_("division"), on_delete=models.PROTECT, related_name="platforms"
    )
    current_division = models.ForeignKey(
        Division,
        verbose_name=_("today's division"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    origin = models.CharField(
        _("origin"), max_length=10, choices=Origin.choices, default=Origin.LEDGER
    )
    established_on = models.DateField(_("established on"), null=True, blank=True)
    closed_on = models.DateField(
        _("closed on"), null=True, blank=True, help_text=_("The first day it no longer exists.")
    )
    approval_document = models.CharField(_("approval document"), max_length=200, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approved_area = _area(_("approved area"))
    managed_area = _area(_("managed area"))
    built_up_area = _area(_("built-up area"))
    boundary_north = models.CharField(_("northern boundary"), max_length=200, blank=True)
    boundary_east = models.CharField(_("eastern boundary"), max_length=200, blank=True)
    boundary_south = models.CharField(_("southern boundary"), max_length=200, blank=True)
    boundary_west = models.CharField(_("western boundary"), max_length=200, blank=True)
    geometry = models.JSONField(
        _("geometry"), null=True, blank=True, help_text=_("A GeoJSON geometry; optional.")
    )
    history = recorded()

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")
        ordering: ClassVar = ["ledger", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ledger", "code"],
                name="platform_code_once_per_ledger",
                violation_error_message=_("This code already stands in the ledger."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(established_on__isnull=True)
                | Q(closed_on__gte=F("established_on")),
                name="platform_closes_after_it_opens",
                violation_error_message=_("A platform cannot close before it was established."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0}),
                    name=f"platform_{field}_not_negative",
                    violation_error_message=_("An area cannot be negative."),
                )
                for field in ("approved_area", "managed_area", "built_up_area")
            ),
        ]
        indexes: ClassVar = [
            # The state of a programme counts a ledger's platforms by division and level.
            models.Index(fields=["ledger", "division", "level"], name="platform_counting"),
            models.Index(fields=["ledger", "name"], name="platform_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language, the Chinese one where no other is known."""
        if get_language() == "en" and self.name_en:
            return self.name_en
        return self.name


class PlatformName(models.Model):
    """A name that a platform bore during a span of time. Names are reused, so spans matter."""

    platform = models.ForeignKey(
        Platform, verbose_name=_("platform"), on_delete=models.CASCADE, related_name="names"
    )
    name = models.CharField(_("name"), max_length=120)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("The first day it no longer applied.")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("name over time")
        verbose_name_plural = _("names over time")
        ordering: ClassVar = ["platform", F("valid_from").asc(nulls_first=True)]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["platform", "name", "valid_from"], name="platform_name_once_per_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="platform_name_ends_after_it_starts",
                violation_error_message=_("A name must end after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LeadingIndustry(models.Model):
    """An industry that a platform leads with at the baseline (主导产业)."""

    platform = models.ForeignKey(
        Platform,
        verbose_name=_("platform"),
        on_delete=models.CASCADE,
        related_name="leading_industries",
    )
    industry = models.ForeignKey(
        Industry, verbose_name=_("industry"), on_delete=models.PROTECT, related_name="+"
    )
    history = recorded()

    class Meta:
        verbose_name = _("leading industry")
        verbose_name_plural = _("leading industries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "industry"], name="leading_industry_once")
        ]

    def __str__(self) -> str:
        return str(self.industry)


class Plate(Sourced):
    """A title (牌子) that a platform carries at the baseline."""

    ledger = models.ForeignKey(
        Ledger, verbose_name=_("ledger"), on_delete=models.PROTECT, related_name="plates"
    )
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    level = models.CharField(
        _("level"), max_length=12, choices=Level.choices, default=Level.UNKNOWN
    )
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    gbt37028_code = models.CharField(_("GB/T 37028 code"), max_length=20, blank=True)
    platform = models.ForeignKey(
        Platform, verbose_name=_("platform"), on_delete=models.PROTECT, related_name="plates"
    )
    history = recorded()

    class Meta:
        verbose_name = _("plate")
        verbose_name_plural = _("plates")
        ordering: ClassVar = ["ledger", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ledger", "code"],
                name="plate_code_once_per_ledger",
                violation_error_message=_("This code already stands in the ledger."),
            )
        ]

    def __str__(self) -> str:
        return self.title

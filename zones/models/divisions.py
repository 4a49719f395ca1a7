"""Administrative divisions (GB/T 2260) with validity and successors, and departments."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from platforms_portal.access import Countersigns
from platforms_portal.history import recorded


class Division(models.Model):
    """One administrative division during one span of time.

    A code can be given again: 330102 is 上城区 before April 2021 and another, larger 上城区 after
    it. The row of the city itself (330100) stands for the municipal level (市本级).
    """

    class Level(models.TextChoices):
        """The administrative level."""

        MUNICIPAL = "municipal", _("Municipality")
        DISTRICT = "district", pgettext_lazy("division", "District")
        COUNTY = "county", _("County")
        COUNTY_CITY = "county_city", _("County-level city")

    code = models.CharField(
        _("code"),
        max_length=6,
        validators=[RegexValidator(r"^\d{6}$", _("A GB/T 2260 code has six digits."))],
    )
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    level = models.CharField(
        _("level"), max_length=20, choices=Level.choices, default=Level.DISTRICT
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("The first day it no longer exists.")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering: ClassVar = ["code", F("valid_from").asc(nulls_first=True)]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="division_code_once_per_start",
                violation_error_message=_("This code already starts on this day."),
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_from__isnull=True),
                name="division_code_once_without_start",
                violation_error_message=_("This code already exists without a start."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="division_ends_after_it_starts",
                violation_error_message=_("A division must end after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_municipal(self) -> bool:
        """Whether this row stands for the municipal level (市本级)."""
        return self.level == self.Level.MUNICIPAL

    @property
    def label(self) -> str:
        """The name in the reader's language; as an owner the city itself is 市本级."""
        if get_language() == "en" and self.name_en:
            return self.name_en
        return self.name


class DivisionSuccession(models.Model):
    """One division followed by another. A split has several rows, of which one is the default.

    The default says where a record goes whose exact place is not known, so that no record is
    lost or counted twice when figures are shown by today's divisions.
    """

    predecessor = models.ForeignKey(
        Division,
        verbose_name=_("predecessor"),
        on_delete=models.PROTECT,
        related_name="successions",
    )
    successor = models.ForeignKey(
        Division,
        verbose_name=_("successor"),
        on_delete=models.PROTECT,
        related_name="preceded_by",
    )
    effective_on = models.DateField(_("effective on"))
    is_default = models.BooleanField(_("default successor"), default=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("succession of divisions")
        verbose_name_plural = _("successions of divisions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], name="succession_stated_once"
            ),
            models.UniqueConstraint(
                fields=["predecessor"],
                condition=Q(is_default=True),
                name="succession_one_default",
                violation_error_message=_("A division has one default successor."),
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="succession_not_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class Adjacency(models.Model):
    """Two divisions that share a boundary. Each pair is stored in both directions for joins."""

    division = models.ForeignKey(
        Division, verbose_name=_("division"), on_delete=models.CASCADE, related_name="adjacencies"
    )
    neighbour = models.ForeignKey(
        Division, verbose_name=_("neighbour"), on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = _("adjacency")
        verbose_name_plural = _("adjacencies")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["division", "neighbour"], name="adjacency_once"),
            models.CheckConstraint(
                condition=~Q(division=F("neighbour")), name="adjacency_not_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division} – {self.neighbour}"


class Department(models.Model):
    """A department (责任部门) of one city, and the part of a plan that it countersigns."""

    division = models.ForeignKey(
        Division, verbose_name=_("division"), on_delete=models.PROTECT, related_name="departments"
    )
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    countersigns = models.CharField(
        _("countersigns"),
        max_length=10,
        choices=Countersigns.choices,
        default=Countersigns.NOTHING,
    )
    history = recorded()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["division", "name"],
                name="department_once_per_division",
                violation_error_message=_("This department already exists."),
            )
        ]

    def __str__(self) -> str:
        return self.name

"""The yearly comprehensive evaluation, 方案(十五): indicators, values, and what was published."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consolidation.models import Programme, RetainedPlatform
from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced

FULL_WEIGHT = 1000
"""Weights are thousandths, so that they are added as integers: 1000 is 100%."""

MOST_DECIMALS = 6


class Dimension(models.TextChoices):
    """The three sides that development zones are evaluated from, 方案(十五)."""

    INPUT = "input", _("Intensity of input")
    OUTPUT = "output", _("Scale of output")
    INNOVATION = "innovation", _("Science and technology innovation")


class Direction(models.TextChoices):
    """Which values are the good ones."""

    HIGHER = "higher", _("Higher is better")
    LOWER = "lower", _("Lower is better")


class EvaluationYear(models.Model):
    """One year's evaluation of a programme's retained platforms."""

    class State(models.TextChoices):
        """Values are entered, then frozen and looked at, then published."""

        DRAFTING = "drafting", _("Being drafted")
        CALCULATED = "calculated", _("Calculated, frozen")
        PUBLISHED = "published", _("Published")

    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.CASCADE,
        related_name="evaluations",
    )
    year = models.PositiveIntegerField(
        _("year"), validators=[MinValueValidator(1980), MaxValueValidator(2100)]
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.DRAFTING
    )
    correction_reason = models.CharField(
        _("reason for the correction"),
        max_length=500,
        blank=True,
        help_text=_("Why a year that was published is being drafted again."),
    )
    history = recorded()

    class Meta:
        verbose_name = _("year of evaluation")
        verbose_name_plural = _("years of evaluation")
        ordering: ClassVar = ["programme", "-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "year"],
                name="evaluation_once_a_year",
                violation_error_message=_("This year is evaluated already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.year}"

    @property
    def is_open(self) -> bool:
        """Whether indicators and values may be changed."""
        return self.state == self.State.DRAFTING


class Indicator(Sourced):
    """What is measured in one year, with how much it weighs.

    It belongs to the year: another year may weigh it otherwise, and what was published stays.
    """

    evaluation = models.ForeignKey(
        EvaluationYear,
        verbose_name=_("year of evaluation"),
        on_delete=models.CASCADE,
        related_name="indicators",
    )
    code = models.SlugField(_("code"), max_length=40)
    sequence = models.PositiveIntegerField(_("place in the list"), default=0)
    dimension = models.CharField(_("dimension"), max_length=12, choices=Dimension.choices)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    unit = models.CharField(_("unit"), max_length=40)
    weight = models.PositiveIntegerField(
        _("weight (thousandths)"),
        validators=[MinValueValidator(1), MaxValueValidator(FULL_WEIGHT)],
        help_text=_("125 is 12.5%. The weights of a year make 1000 together."),
    )
    direction = models.CharField(
        _("direction"), max_length=8, choices=Direction.choices, default=Direction.HIGHER
    )
    decimals = models.PositiveSmallIntegerField(
        _("decimals"), default=2, validators=[MaxValueValidator(MOST_DECIMALS)]
    )
    department = models.ForeignKey(
        "zones.Department",
        verbose_name=_("responsible department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    history = recorded()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering: ClassVar = ["evaluation", "sequence", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["evaluation", "code"],
                name="indicator_code_once_a_year",
                violation_error_message=_("This code already stands in this year's list."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=FULL_WEIGHT),
                name="indicator_weight_up_to_all",
                violation_error_message=_("A weight is more than 0% and at most 100%."),
            ),
            models.CheckConstraint(
                condition=Q(decimals__lte=MOST_DECIMALS),
                name="indicator_decimals_as_stored",
                violation_error_message=_("At most six decimals are kept."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


class IndicatorValue(Sourced):
    """The value of one indicator for one retained platform. What is not known has no row."""

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="values"
    )
    retained = models.ForeignKey(
        RetainedPlatform,
        verbose_name=_("retained platform"),
        on_delete=models.PROTECT,
        related_name="indicator_values",
    )
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=MOST_DECIMALS)
    entered_by = models.CharField(
        _("entered by"),
        max_length=150,
        blank=True,
        help_text=_("The account, as text; empty where it came in with a file."),
    )
    history = recorded()

    class Meta:
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")
        ordering: ClassVar = ["indicator", "retained"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "retained"],
                name="indicator_value_once",
                violation_error_message=_("This platform already has a value."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="indicator_value_not_negative",
                violation_error_message=_(
                    "A value is not negative: the method divides by the best one. Write growth as an"
                    " index, the year before = 100."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} · {self.retained}: {self.value.normalize():f}"


class Publication(models.Model):
    """What was published of a year: every indicator and value as they stood then.

    It is never changed. A correction is a further version, with its reason; ``method`` names the
    method by which its scores are computed, today as then.
    """

    evaluation = models.ForeignKey(
        EvaluationYear,
        verbose_name=_("year of evaluation"),
        on_delete=models.CASCADE,
        related_name="publications",
    )
    version = models.PositiveIntegerField(_("version"))
    published_on = models.DateField(_("published on"))
    document = models.CharField(_("document number"), max_length=200)
    reason = models.CharField(_("reason for the correction"), max_length=500, blank=True)
    method = models.PositiveSmallIntegerField(_("method"), default=1)
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    history = recorded()

    class Meta:
        verbose_name = _("publication of an evaluation")
        verbose_name_plural = _("publications of evaluations")
        ordering: ClassVar = ["evaluation", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["evaluation", "version"], name="publication_version_once"
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""),
                name="publication_correction_has_a_reason",
                violation_error_message=_("A correction of what was published needs a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} v{self.version}"

"""What a plan arranges for a retained platform: industries, operator, discipline inspection."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consolidation.models.plans import MergePlan
from consolidation.models.programmes import HighLevelClass
from consolidation.models.retained import RetainedPlatform
from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced
from zones.models import Industry, Platform
from zones.models.bodies import validate_uscc


class Arrangement(Sourced):
    """What one plan proposes for one retained platform of its owner.

    As planned it stands before what the list of retained platforms says; once the plan is
    approved, the list takes it over.
    """

    plan = models.ForeignKey(
        MergePlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="arrangements"
    )
    platform = models.ForeignKey(
        Platform,
        verbose_name=_("platform"),
        on_delete=models.PROTECT,
        related_name="arrangements",
    )
    high_level_class = models.CharField(
        _("class of high-level platform"),
        max_length=20,
        choices=HighLevelClass.choices,
        blank=True,
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
        choices=RetainedPlatform.Discipline.choices,
        default=RetainedPlatform.Discipline.UNKNOWN,
    )
    has_cooperation_park = models.BooleanField(
        _("international industrial cooperation park"), null=True, blank=True
    )
    parcels = models.PositiveIntegerField(_("separate parcels"), null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("arrangement of a retained platform")
        verbose_name_plural = _("arrangements of retained platforms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "platform"], name="arrangement_once_per_plan")
        ]
        indexes: ClassVar = [
            models.Index(fields=["platform", "plan"], name="arrangement_of_platform")
        ]

    def __str__(self) -> str:
        return str(self.platform)


class ArrangedIndustry(models.Model):
    """An industry that a plan lets a retained platform lead with (R12)."""

    arrangement = models.ForeignKey(
        Arrangement,
        verbose_name=_("arrangement of a retained platform"),
        on_delete=models.CASCADE,
        related_name="industries",
    )
    industry = models.ForeignKey(
        Industry, verbose_name=_("industry"), on_delete=models.PROTECT, related_name="+"
    )
    history = recorded()

    class Meta:
        verbose_name = _("arranged leading industry")
        verbose_name_plural = _("arranged leading industries")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["arrangement", "industry"], name="arranged_industry_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.industry)

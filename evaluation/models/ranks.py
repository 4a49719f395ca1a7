"""National ranks as each source gives them. Which of them counts is in ``NationalRank`` (R20)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.models import RetainedPlatform
from consolidation.models.programmes import ZoneKind
from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced


class RankReport(Sourced):
    """The rank of a retained platform in one national ranking and year, as one source gives it.

    Sources may differ; their figures stand side by side, and the commission says which counts.
    """

    retained = models.ForeignKey(
        RetainedPlatform,
        verbose_name=_("retained platform"),
        on_delete=models.CASCADE,
        related_name="rank_reports",
    )
    zone_kind = models.CharField(_("ranking"), max_length=20, choices=ZoneKind.choices)
    year = models.PositiveIntegerField(
        _("year"), validators=[MinValueValidator(1980), MaxValueValidator(2100)]
    )
    rank = models.PositiveIntegerField(
        pgettext_lazy("place", "rank"), validators=[MinValueValidator(1), MaxValueValidator(9999)]
    )
    published_on = models.DateField(_("published on"), null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    history = recorded()

    class Meta:
        verbose_name = _("rank as a source gives it")
        verbose_name_plural = _("ranks as sources give them")
        ordering: ClassVar = ["retained", "zone_kind", "-year", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["retained", "zone_kind", "year", "source"],
                name="rank_report_once_per_source",
                violation_error_message=_("This source has given a rank for this year already."),
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1),
                name="rank_report_from_one",
                violation_error_message=_("A rank is at least 1."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="rank_report_has_a_source",
                violation_error_message=_("Name the source."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.retained} {self.year}: {self.rank}"

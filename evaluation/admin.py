"""Ranks by source, years, indicators, values and publications in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.admin.workflow import KeptAsWritten
from consolidation.models import RetainedPlatform
from evaluation.models import (
    EvaluationYear,
    Indicator,
    IndicatorValue,
    Publication,
    RankReport,
)
from platforms_portal.admin import PROVENANCE, PortalAdmin, placeholder_badge
from platforms_portal.admin_rows import PortalInline

if TYPE_CHECKING:
    from django.http import HttpRequest


class RankReportInline(PortalInline):
    """The ranks of a retained platform as sources give them."""

    model = RankReport
    select_related = ("retained__platform",)
    fields = ("zone_kind", "year", "rank", "published_on", "source", "is_placeholder")


class IndicatorInline(PortalInline):
    """The indicators of a year, which nobody changes while its figures are frozen."""

    model = Indicator
    autocomplete_fields = ("department",)
    fields = ("code", "dimension", "name", "unit", "weight", "direction", "department")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether indicators may be added: by an administrator, to a year that is drafted."""
        return super().has_add_permission(request, obj) and _is_open(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether they may be changed, likewise."""
        return super().has_change_permission(request, obj) and _is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether they may be deleted, likewise."""
        return super().has_delete_permission(request, obj) and _is_open(obj)


def _is_open(year: EvaluationYear | None) -> bool:
    return year is None or year.is_open


# Its own app must not know of the evaluation.
cast("PortalAdmin", admin.site.get_model_admin(RetainedPlatform)).add_rows(RankReportInline)


@admin.register(RankReport)
class RankReportAdmin(PortalAdmin):
    """National ranks as sources give them."""

    list_display = ("retained", "zone_kind", "year", "rank", "source", placeholder_badge)
    list_filter = ("is_placeholder", "zone_kind", "year", "retained__programme")
    list_select_related = ("retained__platform",)
    search_fields = ("retained__listed_name", "retained__platform__name", "source")
    autocomplete_fields = ("retained", "reported_by")
    fieldsets = (
        (
            None,
            {"fields": ("retained", "zone_kind", "year", "rank", "published_on", "reported_by")},
        ),
        PROVENANCE,
    )


@admin.register(EvaluationYear)
class EvaluationYearAdmin(PortalAdmin):
    """Years of evaluation. Their state is changed on the portal's pages alone."""

    list_display = ("year", "programme", "state")
    list_filter = ("programme", "state")
    list_select_related = ("programme",)
    search_fields = ("year", "programme__name", "programme__code")
    autocomplete_fields = ("programme",)
    readonly_fields = ("state", "correction_reason")
    inlines = (IndicatorInline,)


class OfAYearForm(forms.ModelForm[Any]):
    """A record of a year; none is brought into one that is frozen."""

    def clean(self) -> dict[str, Any]:
        """Refuse a year whose figures are frozen."""
        given: dict[str, Any] = super().clean() or {}
        indicator = given.get("indicator")
        year = indicator.evaluation if indicator else given.get("evaluation")
        if year is not None and not year.is_open:
            raise ValidationError(
                _("The figures of %(year)d are frozen. Take the year back to drafting first.")
                % {"year": year.year}
            )
        return given


class OfAYear(PortalAdmin):
    """Records of a year, which nobody changes while its figures are frozen."""

    form = OfAYearForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the record may be changed: by an administrator, in a year that is drafted."""
        return super().has_change_permission(request, obj) and self._may_move(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the record may be deleted, likewise."""
        return super().has_delete_permission(request, obj) and self._may_move(obj)

    @staticmethod
    def _may_move(obj: Any) -> bool:
        if obj is None:
            return True
        return _is_open(obj.evaluation if isinstance(obj, Indicator) else obj.indicator.evaluation)


@admin.register(Indicator)
class IndicatorAdmin(OfAYear):
    """Indicators of all years."""

    list_display = ("name", "evaluation", "dimension", "unit", "weight", placeholder_badge)
    list_filter = ("is_placeholder", "evaluation__programme", "evaluation__year", "dimension")
    list_select_related = ("evaluation__programme",)
    search_fields = ("name", "name_en", "code")
    autocomplete_fields = ("evaluation", "department")
    fieldsets = (
        (None, {"fields": ("evaluation", "sequence", "code", "dimension", "name", "name_en")}),
        (None, {"fields": ("unit", "weight", "direction", "decimals", "department")}),
        PROVENANCE,
    )


@admin.register(IndicatorValue)
class IndicatorValueAdmin(OfAYear):
    """Values of all indicators."""

    list_display = ("indicator", "retained", "value", "source", placeholder_badge)
    list_filter = (
        "is_placeholder",
        "indicator__evaluation__programme",
        "indicator__evaluation__year",
    )
    list_select_related = ("indicator__evaluation", "retained__platform")
    search_fields = ("indicator__name", "indicator__code", "retained__listed_name")
    autocomplete_fields = ("indicator", "retained")
    fieldsets = (
        (None, {"fields": ("indicator", "retained", "value", "entered_by")}),
        PROVENANCE,
    )


@admin.register(Publication)
class PublicationAdmin(KeptAsWritten):
    """What was published; nobody changes it."""

    list_display = ("evaluation", "version", "published_on", "document", "published_by")
    list_filter = ("evaluation__programme", "evaluation__year")
    list_select_related = ("evaluation__programme", "published_by")
    search_fields = ("document", "evaluation__programme__name")
    autocomplete_fields = ("evaluation", "published_by")
    date_hierarchy = "published_on"

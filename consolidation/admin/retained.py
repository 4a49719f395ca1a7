"""The list of retained platforms, with their industries, ranks and founding."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consolidation.admin.execution import SettledByStepsAdmin, StepInline
from consolidation.models import NationalRank, RetainedIndustry, RetainedPlatform
from platforms_portal.admin import PROVENANCE, PortalAdmin, placeholder_badge
from platforms_portal.admin_rows import PortalInline


class RetainedIndustryInline(PortalInline):
    """The industries that it is planned to lead with."""

    model = RetainedIndustry
    autocomplete_fields = ("industry",)
    fields = ("industry",)


class NationalRankInline(PortalInline):
    """Its ranks in the national rankings."""

    model = NationalRank
    select_related = ("retained__platform",)
    fields = ("zone_kind", "year", "rank", "is_placeholder", "source")


@admin.register(RetainedPlatform)
class RetainedPlatformAdmin(SettledByStepsAdmin):
    """Retained platforms of all programmes."""

    list_display = (
        "sequence",
        "listed_name",
        "platform",
        "is_sub_area",
        "is_provisional",
        "is_high_level",
        "programme",
        placeholder_badge,
    )
    list_display_links = ("sequence", "listed_name")
    list_filter = (
        "programme",
        "is_placeholder",
        "is_sub_area",
        "is_provisional",
        "is_high_level",
        ("platform__division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("platform", "programme")
    search_fields = ("listed_name", "former_name", "platform__name", "platform__code")
    autocomplete_fields = ("programme", "platform", "lead_department")
    readonly_fields = ("founding_confirmed_on",)
    inlines = (RetainedIndustryInline, NationalRankInline, StepInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "programme",
                    "platform",
                    "sequence",
                    "listed_name",
                    "former_name",
                    "is_provisional",
                )
            },
        ),
        (
            _("Sub-area"),
            {
                "fields": (
                    "is_sub_area",
                    "designated_on",
                    "designation_reason",
                    "designation_document",
                    "withdrawn_on",
                    "withdrawal_reason",
                    "withdrawal_document",
                )
            },
        ),
        (
            _("High-level strategic platform"),
            {"fields": ("is_high_level", "high_level_class", "lead_department")},
        ),
        (
            _("Operator"),
            {"fields": ("operator_company", "operator_uscc", "operator_is_separate")},
        ),
        (
            _("Requirements"),
            {"fields": ("discipline", "has_cooperation_park", "parcels", "founding_confirmed_on")},
        ),
        PROVENANCE,
    )


@admin.register(RetainedIndustry)
class RetainedIndustryAdmin(PortalAdmin):
    """Planned leading industries."""

    list_display = ("retained", "industry")
    list_filter = ("retained__programme", "industry")
    list_select_related = ("retained__platform", "industry")
    search_fields = ("retained__listed_name", "retained__platform__name", "industry__name")
    autocomplete_fields = ("retained", "industry")


@admin.register(NationalRank)
class NationalRankAdmin(PortalAdmin):
    """National ranks by year."""

    list_display = ("retained", "zone_kind", "year", "rank", placeholder_badge)
    list_filter = ("is_placeholder", "zone_kind", "year")
    list_select_related = ("retained__platform",)
    search_fields = ("retained__listed_name", "retained__platform__name")
    autocomplete_fields = ("retained",)
    fieldsets = (
        (None, {"fields": ("retained", "zone_kind", "year", "rank")}),
        PROVENANCE,
    )

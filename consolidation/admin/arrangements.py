"""What plans arrange for retained platforms."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consolidation.models import ArrangedIndustry, Arrangement
from platforms_portal.admin import PROVENANCE, PortalAdmin, placeholder_badge
from platforms_portal.admin_rows import PortalInline


class ArrangedIndustryInline(PortalInline):
    """The industries that it shall lead with."""

    model = ArrangedIndustry
    autocomplete_fields = ("industry",)
    fields = ("industry",)


@admin.register(Arrangement)
class ArrangementAdmin(PortalAdmin):
    """Arrangements of all plans."""

    list_display = ("platform", "plan", "operator_company", "discipline", placeholder_badge)
    list_filter = (
        "discipline",
        "is_placeholder",
        "plan__programme",
        "plan__state",
        ("plan__division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("platform", "plan__division")
    search_fields = ("platform__name", "platform__code", "operator_company")
    autocomplete_fields = ("plan", "platform")
    inlines = (ArrangedIndustryInline,)
    fieldsets = (
        (None, {"fields": ("plan", "platform", "high_level_class")}),
        (
            _("Operator"),
            {"fields": ("operator_company", "operator_uscc", "operator_is_separate")},
        ),
        (_("Requirements"), {"fields": ("discipline", "has_cooperation_park", "parcels")}),
        PROVENANCE,
    )


@admin.register(ArrangedIndustry)
class ArrangedIndustryAdmin(PortalAdmin):
    """Industries that plans let retained platforms lead with."""

    list_display = ("arrangement", "industry")
    list_filter = ("arrangement__plan__programme", "industry")
    list_select_related = ("arrangement__platform", "industry")
    search_fields = ("arrangement__platform__name", "industry__name")
    autocomplete_fields = ("arrangement", "industry")

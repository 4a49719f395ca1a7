"""The people in the admin, on their own pages and on those of bodies and plans."""

from __future__ import annotations

from typing import cast

from django.contrib import admin

from consolidation.models import MergePlan
from platforms_portal.admin import PROVENANCE, PortalAdmin, placeholder_badge
from platforms_portal.admin_rows import PortalInline
from staffing.models import HeadCount, Redeployment, StaffPlan
from zones.models import ManagementBody


class HeadCountInline(PortalInline):
    """The head counts of a body."""

    model = HeadCount
    select_related = ("body",)
    fields = ("category", "counted_on", "authorised", "on_post", "is_placeholder", "source")


class StaffPlanInline(PortalInline):
    """The staff that a plan foresees."""

    model = StaffPlan
    autocomplete_fields = ("body",)
    fields = ("body", "category", "authorised", "on_post", "is_placeholder", "source")


class RedeploymentInline(PortalInline):
    """Where a plan sends the people of a body."""

    model = Redeployment
    fk_name = "plan"
    autocomplete_fields = ("body", "to_body")
    fields = ("body", "category", "destination", "to_body", "people", "is_placeholder", "source")


def _page_of(model: type[ManagementBody] | type[MergePlan]) -> PortalAdmin:
    return cast("PortalAdmin", admin.site.get_model_admin(model))


# Their own apps must not know of the people.
_page_of(ManagementBody).add_rows(HeadCountInline)
_page_of(MergePlan).add_rows(StaffPlanInline, RedeploymentInline)


@admin.register(HeadCount)
class HeadCountAdmin(PortalAdmin):
    """Head counts of all bodies."""

    list_display = ("body", "category", "counted_on", "authorised", "on_post", placeholder_badge)
    list_filter = (
        "is_placeholder",
        "category",
        ("body__division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("body",)
    search_fields = ("body__name", "body__code")
    autocomplete_fields = ("body",)
    date_hierarchy = "counted_on"
    fieldsets = (
        (None, {"fields": ("body", "category", "counted_on", "authorised", "on_post")}),
        PROVENANCE,
    )


@admin.register(StaffPlan)
class StaffPlanAdmin(PortalAdmin):
    """Planned staff of all plans."""

    list_display = ("body", "category", "plan", "authorised", "on_post", placeholder_badge)
    list_filter = (
        "is_placeholder",
        "category",
        "plan__programme",
        ("plan__division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("body", "plan__division")
    search_fields = ("body__name", "body__code")
    autocomplete_fields = ("plan", "body")
    fieldsets = (
        (None, {"fields": ("plan", "body", "category", "authorised", "on_post")}),
        PROVENANCE,
    )


@admin.register(Redeployment)
class RedeploymentAdmin(PortalAdmin):
    """Redeployment in all plans."""

    list_display = (
        "body",
        "category",
        "destination",
        "to_body",
        "people",
        "plan",
        placeholder_badge,
    )
    list_filter = (
        "is_placeholder",
        "category",
        "destination",
        "plan__programme",
        ("plan__division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("body", "to_body", "plan__division")
    search_fields = ("body__name", "body__code", "to_body__name")
    autocomplete_fields = ("plan", "body", "to_body")
    fieldsets = (
        (None, {"fields": ("plan", "body", "category", "destination", "to_body", "people")}),
        PROVENANCE,
    )

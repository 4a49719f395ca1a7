"""The ledger in the admin: divisions, platforms, plates and management bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from platforms_portal.admin import PROVENANCE, PortalAdmin, placeholder_badge
from platforms_portal.admin_rights import ByRole
from platforms_portal.admin_rows import PortalInline
from zones.models import (
    Adjacency,
    BodyPlatform,
    Department,
    Division,
    DivisionSuccession,
    Industry,
    LeadershipPost,
    LeadingIndustry,
    Ledger,
    ManagementBody,
    Plate,
    Platform,
    PlatformName,
)

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest


class SuccessionInline(PortalInline):
    """What follows a division."""

    model = DivisionSuccession
    fk_name = "predecessor"
    autocomplete_fields = ("successor",)
    select_related = ("predecessor",)
    fields = ("successor", "effective_on", "is_default", "note")


@admin.register(Division)
class DivisionAdmin(PortalAdmin):
    """Divisions over time."""

    list_display = ("name", "code", "level", "parent", "valid_from", "valid_to")
    list_filter = ("level", "parent")
    list_select_related = ("parent",)
    search_fields = ("name", "name_en", "code")
    autocomplete_fields = ("parent",)
    inlines = (SuccessionInline,)
    fieldsets = (
        (None, {"fields": ("code", "name", "name_en", "level", "parent")}),
        (_("Validity"), {"fields": ("valid_from", "valid_to", "source")}),
    )

    def choice_text(self, record: Division) -> str:
        """Tell the divisions that had one code one after the other apart by their dates."""
        spans = (record.valid_from, record.valid_to)
        dates = " – ".join(f"{day:%Y-%m-%d}" if day else "" for day in spans).strip(" ")
        return f"{record} ({record.code} {dates})" if any(spans) else f"{record} ({record.code})"


@admin.register(DivisionSuccession)
class DivisionSuccessionAdmin(PortalAdmin):
    """Which division follows which."""

    list_display = ("predecessor", "successor", "effective_on", "is_default", "note")
    list_filter = ("is_default",)
    list_select_related = ("predecessor", "successor")
    search_fields = ("predecessor__name", "successor__name", "predecessor__code")
    autocomplete_fields = ("predecessor", "successor")
    date_hierarchy = "effective_on"


@admin.register(Adjacency)
class AdjacencyAdmin(ByRole, admin.ModelAdmin[Adjacency]):
    """Which divisions share a boundary. A pair is entered once and kept in both directions."""

    list_display = ("division", "neighbour")
    list_filter = (("division", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("division", "neighbour")
    search_fields = ("division__name", "neighbour__name", "division__code")
    autocomplete_fields = ("division", "neighbour")
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names them
        """Refuse: half of a pair must not be changed without the other."""
        return False

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Adjacency, form: forms.ModelForm[Adjacency], change: bool
    ) -> None:
        """Save the pair and its mirror."""
        super().save_model(request, obj, form, change)
        Adjacency.objects.get_or_create(division=obj.neighbour, neighbour=obj.division)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Adjacency) -> None:
        """Delete the pair and its mirror."""
        Adjacency.objects.filter(division=obj.neighbour, neighbour=obj.division).delete()
        super().delete_model(request, obj)


@admin.register(Department)
class DepartmentAdmin(PortalAdmin):
    """Responsible and countersigning departments."""

    list_display = ("name", "division", "countersigns", "name_en")
    list_filter = ("countersigns", ("division", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("division",)
    search_fields = ("name", "name_en")
    autocomplete_fields = ("division",)


@admin.register(Ledger)
class LedgerAdmin(PortalAdmin):
    """One ledger a city."""

    list_display = ("name", "code", "division")
    list_select_related = ("division",)
    search_fields = ("name", "code")
    autocomplete_fields = ("division",)


@admin.register(Industry)
class IndustryAdmin(PortalAdmin):
    """Industries to choose from."""

    list_display = ("name", "name_en")
    search_fields = ("name", "name_en")


class PlatformNameInline(PortalInline):
    """What a platform was called, and when."""

    model = PlatformName
    fields = ("name", "valid_from", "valid_to", "source")


class PlateInline(PortalInline):
    """The plates that a platform carries."""

    model = Plate
    autocomplete_fields = ("ledger",)
    fields = ("ledger", "code", "title", "level", "kind", "is_placeholder", "source")


class LeadingIndustryInline(PortalInline):
    """The industries that a platform leads with."""

    model = LeadingIndustry
    autocomplete_fields = ("industry",)
    fields = ("industry",)


class RemitOfPlatformInline(PortalInline):
    """The bodies that manage a platform."""

    model = BodyPlatform
    autocomplete_fields = ("body",)
    select_related = ("platform",)
    fields = ("body",)


@admin.register(Platform)
class PlatformAdmin(PortalAdmin):
    """The platforms of the ledger."""

    list_display = ("name", "code", "division", "level", "kind", "origin", placeholder_badge)
    list_filter = (
        "is_placeholder",
        "level",
        "origin",
        "ledger",
        ("division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("division",)
    search_fields = ("name", "code", "name_en", "gbt37028_code", "names__name")
    autocomplete_fields = ("ledger", "division", "current_division")
    date_hierarchy = "established_on"
    inlines = (PlatformNameInline, PlateInline, LeadingIndustryInline, RemitOfPlatformInline)
    fieldsets = (
        (None, {"fields": ("ledger", "code", "name", "name_en", "level", "kind", "gbt37028_code")}),
        (_("Place"), {"fields": ("division", "current_division")}),
        (
            _("Existence"),
            {
                "fields": (
                    "origin",
                    "established_on",
                    "closed_on",
                    "approval_document",
                    "approved_on",
                )
            },
        ),
        (_("Areas"), {"fields": ("approved_area", "managed_area", "built_up_area")}),
        (
            _("Boundary"),
            {
                "classes": ("collapse",),
                "fields": (
                    "boundary_north",
                    "boundary_east",
                    "boundary_south",
                    "boundary_west",
                    "geometry",
                ),
            },
        ),
        PROVENANCE,
    )


@admin.register(PlatformName)
class PlatformNameAdmin(PortalAdmin):
    """Names over time, across platforms: who bore a name that was used again."""

    list_display = ("name", "platform", "valid_from", "valid_to", "source")
    list_select_related = ("platform",)
    search_fields = ("name", "platform__name", "platform__code")
    autocomplete_fields = ("platform",)
    date_hierarchy = "valid_from"


@admin.register(LeadingIndustry)
class LeadingIndustryAdmin(PortalAdmin):
    """Leading industries of the baseline."""

    list_display = ("platform", "industry")
    list_filter = ("industry",)
    list_select_related = ("platform", "industry")
    search_fields = ("platform__name", "platform__code", "industry__name")
    autocomplete_fields = ("platform", "industry")


@admin.register(Plate)
class PlateAdmin(PortalAdmin):
    """Plates of the ledger."""

    list_display = ("title", "code", "level", "kind", "platform", placeholder_badge)
    list_filter = ("is_placeholder", "level", "ledger")
    list_select_related = ("platform",)
    search_fields = ("title", "code", "gbt37028_code", "platform__name")
    autocomplete_fields = ("ledger", "platform")
    fieldsets = (
        (None, {"fields": ("ledger", "code", "title", "level", "kind", "gbt37028_code")}),
        (None, {"fields": ("platform",)}),
        PROVENANCE,
    )


class RemitInline(PortalInline):
    """The platforms that a body manages."""

    model = BodyPlatform
    autocomplete_fields = ("platform",)
    select_related = ("body",)
    fields = ("platform",)


class LeadershipPostInline(PortalInline):
    """The leading posts of a body."""

    model = LeadershipPost
    fields = ("title", "authorised", "filled", "is_exempt", "is_placeholder", "source")


@admin.register(ManagementBody)
class ManagementBodyAdmin(PortalAdmin):
    """Management bodies; ``staffing`` adds their head counts."""

    list_display = ("name", "code", "division", "nature", "rank", "origin", placeholder_badge)
    list_filter = (
        "is_placeholder",
        "nature",
        "rank",
        "origin",
        "ledger",
        ("division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("division",)
    search_fields = ("name", "code", "name_en", "uscc")
    autocomplete_fields = ("ledger", "division", "current_division")
    date_hierarchy = "established_on"
    inlines = (RemitInline, LeadershipPostInline)
    fieldsets = (
        (None, {"fields": ("ledger", "code", "name", "name_en", "uscc")}),
        (_("Place"), {"fields": ("division", "current_division")}),
        (
            _("Establishment"),
            {"fields": ("nature", "rank", "parent_body", "funding", "approval_document")},
        ),
        (
            _("Leadership"),
            {"fields": ("leadership_teams", "secretary_is_director", "internal_departments")},
        ),
        (_("Existence"), {"fields": ("origin", "established_on", "abolished_on")}),
        PROVENANCE,
    )


@admin.register(BodyPlatform)
class BodyPlatformAdmin(PortalAdmin):
    """Which body manages which platform."""

    list_display = ("body", "platform")
    list_select_related = ("body", "platform")
    search_fields = ("body__name", "body__code", "platform__name", "platform__code")
    autocomplete_fields = ("body", "platform")


@admin.register(LeadershipPost)
class LeadershipPostAdmin(PortalAdmin):
    """Leading posts of all bodies."""

    list_display = ("title", "body", "authorised", "filled", "is_exempt", placeholder_badge)
    list_filter = ("is_placeholder", "is_exempt")
    list_select_related = ("body",)
    search_fields = ("title", "body__name", "body__code")
    autocomplete_fields = ("body",)
    fieldsets = (
        (None, {"fields": ("body", "title", "authorised", "filled", "is_exempt")}),
        PROVENANCE,
    )

"""Plans in versions, and what they decide for platforms, plates and bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consolidation.admin.execution import SettledByStepsAdmin, StepInline
from consolidation.admin.findings import findings_of_plan
from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition
from platforms_portal.admin import PROVENANCE, PortalAdmin, placeholder_badge
from platforms_portal.admin_rows import PortalInline

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class DispositionInline(PortalInline):
    """What becomes of the platforms."""

    model = Disposition
    # Its steps would go with it, unseen; its own page says whether it may be deleted.
    can_delete = False
    autocomplete_fields = ("platform", "target")
    fields = ("platform", "kind", "target", "transform_into", "planned_on", "reason")


class PlateDispositionInline(PortalInline):
    """What becomes of the plates."""

    model = PlateDisposition
    autocomplete_fields = ("plate", "carrier")
    fields = ("plate", "fate", "carrier", "is_placeholder")


class BodyDispositionInline(PortalInline):
    """What becomes of the management bodies."""

    model = BodyDisposition
    can_delete = False  # As for platforms.
    autocomplete_fields = ("body", "serves")
    fields = ("body", "fate", "serves", "leadership_teams", "internal_departments", "reason")


@admin.register(MergePlan)
class MergePlanAdmin(PortalAdmin):
    """Plans of all owners, with the findings of each; ``staffing`` adds the people."""

    list_display = (
        "division",
        "version",
        "variant",
        "state",
        "submitted_on",
        "decided_on",
        "programme",
        placeholder_badge,
    )
    list_filter = (
        "programme",
        "state",
        "is_placeholder",
        ("division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("programme", "division")
    search_fields = ("division__name", "division__code", "programme__name", "programme__code")
    autocomplete_fields = ("programme", "division", "based_on")
    date_hierarchy = "submitted_on"
    save_on_top = True
    inlines = (DispositionInline, PlateDispositionInline, BodyDispositionInline)
    fieldsets = (
        (None, {"fields": ("programme", "division", "version", "variant", "based_on", "state")}),
        (
            _("Dates"),
            {"fields": ("first_submitted_on", "submitted_on", "decided_on", "completed_on")},
        ),
        (None, {"fields": ("return_reason",)}),
        PROVENANCE,
    )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the findings below the form."""
        plan = kwargs.get("obj")
        if plan is not None:
            # The form may have written values into the object that were then refused.
            saved = MergePlan.objects.select_related("programme", "division").get(pk=plan.pk)
            context["findings"] = findings_of_plan(request, saved)
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Disposition)
class DispositionAdmin(SettledByStepsAdmin):
    """Dispositions of all plans, each with its steps."""

    list_display = (
        "platform",
        "kind",
        "target",
        "plan",
        "planned_on",
        "confirmed_on",
        placeholder_badge,
    )
    list_filter = (
        "kind",
        "is_placeholder",
        "plan__programme",
        "plan__state",
        ("plan__division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("platform", "target", "plan__division")
    search_fields = ("platform__name", "platform__code", "target__name", "reason")
    autocomplete_fields = ("plan", "platform", "target")
    readonly_fields = ("confirmed_on",)
    date_hierarchy = "planned_on"
    inlines = (StepInline,)
    fieldsets = (
        (None, {"fields": ("plan", "platform", "kind", "target", "transform_into")}),
        (None, {"fields": ("planned_on", "reason", "confirmed_on")}),
        PROVENANCE,
    )


@admin.register(PlateDisposition)
class PlateDispositionAdmin(PortalAdmin):
    """Fates of the plates in all plans."""

    list_display = ("plate", "fate", "carrier", "plan", placeholder_badge)
    list_filter = (
        "fate",
        "is_placeholder",
        "plan__programme",
        ("plan__division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("plate", "carrier", "plan__division")
    search_fields = ("plate__title", "plate__code", "carrier__name")
    autocomplete_fields = ("plan", "plate", "carrier")
    fieldsets = (
        (None, {"fields": ("plan", "plate", "fate", "carrier")}),
        PROVENANCE,
    )


@admin.register(BodyDisposition)
class BodyDispositionAdmin(SettledByStepsAdmin):
    """Fates of the bodies in all plans, each with its steps."""

    list_display = ("body", "fate", "serves", "plan", "confirmed_on", placeholder_badge)
    list_filter = (
        "fate",
        "is_placeholder",
        "plan__programme",
        ("plan__division", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("body", "serves", "plan__division")
    search_fields = ("body__name", "body__code", "serves__name", "reason")
    autocomplete_fields = ("plan", "body", "serves")
    readonly_fields = ("confirmed_on",)
    inlines = (StepInline,)
    fieldsets = (
        (None, {"fields": ("plan", "body", "fate", "serves", "reason")}),
        (
            _("Leadership"),
            {"fields": ("leadership_teams", "secretary_is_director", "internal_departments")},
        ),
        (None, {"fields": ("confirmed_on",)}),
        PROVENANCE,
    )

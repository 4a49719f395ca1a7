"""Programmes with all that their document fixes, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consolidation.admin.findings import findings_of_programme
from consolidation.models import (
    Deadline,
    Programme,
    Quota,
    QuotaException,
    RankGoal,
    Target,
    Task,
)
from consolidation.models.programmes import StaffCategory
from platforms_portal.admin import PROVENANCE, PortalAdmin, placeholder_badge
from platforms_portal.admin_rows import PortalInline

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        """Show the list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Read the lines that hold something."""
        text = super().to_python(value)
        return [line.strip() for line in (text or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare lists with lists."""
        return bool((initial or []) != self.to_python(data))


class ProgrammeForm(forms.ModelForm[Programme]):
    """A programme, whose lists are ticked or written in lines, not typed as JSON."""

    counted_categories = forms.MultipleChoiceField(
        label=_("staff categories that count"),
        choices=StaffCategory.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    exempt_titles = LinesField(
        label=_("posts exempt from open competition"),
        required=False,
        help_text=_("The only titles that R15 allows to be exempt. One title a line."),
    )

    class Meta:
        model = Programme
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets name them


class TargetInline(PortalInline):
    """The thresholds by which the rules judge."""

    model = Target
    fields = (
        "rule",
        "name",
        "numerator",
        "denominator",
        "clause",
        "binds_divisions",
        "note",
    )


class QuotaInline(PortalInline):
    """How many platforms each owner may retain."""

    model = Quota
    autocomplete_fields = ("division",)
    fields = ("division", "base", "extra", "reason")


class QuotaExceptionInline(PortalInline):
    """Places granted beyond the quota."""

    model = QuotaException
    autocomplete_fields = ("division",)
    fields = ("division", "places", "reason", "document", "granted_on")


class DeadlineInline(PortalInline):
    """The dates of the programme."""

    model = Deadline
    fields = ("kind", "due_on", "expected_platforms", "clause", "source")


class RankGoalInline(PortalInline):
    """Goals for national rankings."""

    model = RankGoal
    fields = ("zone_kind", "rank_max", "zones_min", "clause")


class TaskInline(PortalInline):
    """The tasks of the document; their departments stand on the task's own page."""

    model = Task
    # A task's notes would go with it, unseen; its own page says whether it may be deleted.
    can_delete = False
    fields = ("order", "clause", "title", "also_responsible", "due_on", "state")


@admin.register(Programme)
class ProgrammeAdmin(PortalAdmin):
    """Programmes, with the findings of their rules."""

    form = ProgrammeForm
    list_display = ("name", "code", "division", "baseline_date", "as_of_default", placeholder_badge)
    list_filter = ("is_placeholder", ("division", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("division",)
    search_fields = ("name", "name_en", "code")
    autocomplete_fields = ("division", "ledger")
    date_hierarchy = "baseline_date"
    save_on_top = True
    inlines = (
        TargetInline,
        QuotaInline,
        QuotaExceptionInline,
        DeadlineInline,
        RankGoalInline,
        TaskInline,
    )
    fieldsets = (
        (None, {"fields": ("code", "name", "name_en", "division", "ledger", "document")}),
        (_("Dates"), {"fields": ("baseline_date", "as_of_default")}),
        (
            _("Declared baseline"),
            {
                "fields": (
                    "declared_platforms",
                    "declared_bodies",
                    "bodies_basis",
                    "declared_staff",
                    "staff_basis",
                )
            },
        ),
        (_("People"), {"fields": ("counted_categories", "exempt_titles")}),
        (_("Way of a plan"), {"fields": ("leader_approves",)}),
        PROVENANCE,
    )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the findings below the form."""
        programme = kwargs.get("obj")
        if programme is not None:
            # The form may have written values into the object that were then refused.
            saved = Programme.objects.get(pk=programme.pk)
            context["findings"] = findings_of_programme(request, saved)
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Target)
class TargetAdmin(PortalAdmin):
    """Thresholds of all programmes."""

    list_display = (
        "rule",
        "name",
        "numerator",
        "denominator",
        "clause",
        "binds_divisions",
        "programme",
    )
    list_filter = ("programme", "rule", "binds_divisions")
    list_select_related = ("programme",)
    search_fields = ("rule", "name", "clause", "programme__name")
    autocomplete_fields = ("programme",)


@admin.register(Quota)
class QuotaAdmin(PortalAdmin):
    """Quotas of all programmes."""

    list_display = ("division", "base", "extra", "reason", "programme")
    list_filter = ("programme", ("division", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("programme", "division")
    search_fields = ("division__name", "division__code", "programme__name")
    autocomplete_fields = ("programme", "division")


@admin.register(QuotaException)
class QuotaExceptionAdmin(PortalAdmin):
    """Exceptions that the commission granted."""

    list_display = ("division", "places", "reason", "document", "granted_on", "programme")
    list_filter = ("programme", ("division", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("programme", "division")
    search_fields = ("division__name", "reason", "document")
    autocomplete_fields = ("programme", "division")
    date_hierarchy = "granted_on"


@admin.register(Deadline)
class DeadlineAdmin(PortalAdmin):
    """Dates of all programmes."""

    list_display = ("kind", "due_on", "expected_platforms", "clause", "programme")
    list_filter = ("programme", "kind")
    list_select_related = ("programme",)
    search_fields = ("clause", "source", "programme__name")
    autocomplete_fields = ("programme",)
    date_hierarchy = "due_on"


@admin.register(RankGoal)
class RankGoalAdmin(PortalAdmin):
    """Goals for national rankings."""

    list_display = ("zone_kind", "rank_max", "zones_min", "clause", "programme")
    list_filter = ("programme", "zone_kind")
    list_select_related = ("programme",)
    search_fields = ("clause", "programme__name")
    autocomplete_fields = ("programme",)

"""Steps of execution. A decision that they confirm is settled by the service, never by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import ExecutionStep, StepTemplate
from consolidation.services.execution import settle
from platforms_portal.admin import PROVENANCE, PortalAdmin, placeholder_badge
from platforms_portal.admin_rows import PortalInline

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest

    from consolidation.services.execution import Subject

SUBJECTS = ("disposition", "body_disposition", "retained")


def settle_for(request: HttpRequest, subject: Subject) -> None:
    """Let ``subject`` say when it was carried out, now that its steps were changed."""
    assert request.user.is_authenticated  # noqa: S101 - the site lets no stranger in
    settle(
        subject,
        actor=request.user.get_username(),
        reason=_("Steps changed in the administration"),
        user=request.user,
    )


def subject_of(step: ExecutionStep) -> Subject | None:
    """Return the decision that ``step`` belongs to."""
    subjects = (step.disposition, step.body_disposition, step.retained)
    return next((subject for subject in subjects if subject is not None), None)


class StepInline(PortalInline):
    """The steps of a decision, on the decision's own page."""

    model = ExecutionStep
    fields = (
        "title",
        "planned_on",
        "carried_out_on",
        "document_number",
        "confirmed_on",
        "is_placeholder",
    )


class SettledByStepsAdmin(PortalAdmin):
    """A decision that its steps confirm."""

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Any],
        formsets: Any,
        change: bool,
    ) -> None:
        """Settle the decision after its steps were saved."""
        super().save_related(request, form, formsets, change)
        settle_for(request, form.instance)


@admin.register(ExecutionStep)
class ExecutionStepAdmin(PortalAdmin):
    """The steps of all decisions."""

    list_display = (
        "title",
        *SUBJECTS,
        "planned_on",
        "carried_out_on",
        "confirmed_on",
        placeholder_badge,
    )
    list_filter = (
        "is_placeholder",
        "title",
        ("confirmed_on", admin.EmptyFieldListFilter),
        ("carried_out_on", admin.EmptyFieldListFilter),
    )
    list_select_related = ("disposition__platform", "body_disposition__body", "retained__platform")
    search_fields = (
        "title",
        "document_number",
        "disposition__platform__name",
        "body_disposition__body__name",
        "retained__platform__name",
    )
    autocomplete_fields = SUBJECTS
    date_hierarchy = "carried_out_on"
    fieldsets = (
        (None, {"fields": SUBJECTS}),
        (
            None,
            {
                "fields": (
                    "title",
                    "planned_on",
                    "carried_out_on",
                    "document_number",
                    "confirmed_on",
                    "objection",
                )
            },
        ),
        PROVENANCE,
    )

    @transaction.atomic
    def save_model(
        self,
        request: HttpRequest,
        obj: ExecutionStep,
        form: forms.ModelForm[ExecutionStep],
        change: bool,
    ) -> None:
        """Save the step and settle its decision, and the one that it was taken from."""
        before = ExecutionStep.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)  # type: ignore[no-untyped-call]  # simple_history's
        subjects = [subject_of(step) for step in (obj, before) if step is not None]
        for subject in dict.fromkeys(subjects):
            if subject is not None:
                settle_for(request, subject)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: ExecutionStep) -> None:
        """Delete the step and settle its decision by those that are left."""
        subject = subject_of(obj)
        super().delete_model(request, obj)
        if subject is not None:
            settle_for(request, subject)


@admin.register(StepTemplate)
class StepTemplateAdmin(PortalAdmin):
    """The steps that programmes ask of every decision of a kind."""

    list_display = ("title", "subject", "sequence", "programme")
    list_filter = ("programme", "subject")
    list_select_related = ("programme",)
    search_fields = ("title", "programme__name", "programme__code")
    autocomplete_fields = ("programme",)

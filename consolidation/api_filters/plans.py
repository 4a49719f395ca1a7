"""What narrows the lists of plans and of what they decide."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from consolidation.api_filters.common import (
    ProgrammeParameters,
    by_view,
    choose,
    order_by,
    search_in,
)
from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition
from platforms_portal.api.parameters import Day, Whole, YesNo


class PlanParameters(ProgrammeParameters):
    """What narrows the list of plans."""

    as_of = by_view(Day, _("The day on which plans count; the programme's own unless given."))
    division = by_view(django_filters.CharFilter, _("Code of the owner, six digits."))
    state = choose(MergePlan.State.choices, "state", _("State of the workflow; may be repeated."))
    effective = by_view(YesNo, _("The version that counts on the day, one an owner."))
    placeholder = YesNo(
        field_name="rests_on_placeholder", help_text=_("Rests on placeholder data.")
    )
    ordering = order_by(
        ("division__code", "division"), ("version", "version"), ("submitted_on", "submitted_on"),
        ("decided_on", "decided_on"),
    )  # fmt: skip


class InPlanParameters(ProgrammeParameters):
    """What narrows a list of what is inside plans."""

    as_of = by_view(Day, _("The day on which plans count; the programme's own unless given."))
    division = by_view(django_filters.CharFilter, _("Code of the plan's owner, six digits."))
    plan = Whole(field_name="plan_id", help_text=_("Key of the plan."))
    plan_state = choose(
        MergePlan.State.choices, "plan__state", _("State of the plan; may be repeated.")
    )
    effective = by_view(YesNo, _("In the version of the plan that counts on the day."))
    placeholder = YesNo(
        field_name="rests_on_placeholder", help_text=_("Rests on placeholder data.")
    )


class DispositionParameters(InPlanParameters):
    """What narrows the list of dispositions."""

    search_fields = ("platform__name", "platform__code", "target__name", "reason")

    kind = choose(Disposition.Kind.choices, "kind", _("Disposition; may be repeated."))
    platform = django_filters.CharFilter(
        field_name="platform__code", help_text=_("Platform's code.")
    )
    target = django_filters.CharFilter(
        field_name="target__code", help_text=_("Code of the platform that it is merged into.")
    )
    confirmed = YesNo(
        field_name="confirmed_on",
        lookup_expr="isnull",
        exclude=True,
        help_text=_("Confirmed as carried out."),
    )
    search = search_in(_("Part of the platform's or target's name, the code or the reason."))
    ordering = order_by(
        ("platform__code", "platform"), ("kind", "kind"), ("planned_on", "planned_on"),
        ("confirmed_on", "confirmed_on"), ("plan__division__code", "division"),
    )  # fmt: skip


class PlateDispositionParameters(InPlanParameters):
    """What narrows the list of the fates of plates."""

    search_fields = ("plate__title", "plate__code", "carrier__name")

    fate = choose(PlateDisposition.Fate.choices, "fate", _("Fate; may be repeated."))
    plate = django_filters.CharFilter(field_name="plate__code", help_text=_("Plate's code."))
    search = search_in(_("Part of the title, the code or the carrier's name."))
    ordering = order_by(("plate__code", "plate"), ("fate", "fate"))


class BodyDispositionParameters(InPlanParameters):
    """What narrows the list of the fates of management bodies."""

    search_fields = ("body__name", "body__code", "serves__name", "reason")

    fate = choose(BodyDisposition.Fate.choices, "fate", _("Fate; may be repeated."))
    body = django_filters.CharFilter(field_name="body__code", help_text=_("Body's code."))
    confirmed = YesNo(
        field_name="confirmed_on",
        lookup_expr="isnull",
        exclude=True,
        help_text=_("Confirmed as carried out."),
    )
    search = search_in(_("Part of the body's name, the code, the platform served or the reason."))
    ordering = order_by(("body__code", "body"), ("fate", "fate"), ("confirmed_on", "confirmed_on"))

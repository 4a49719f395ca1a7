"""What narrows the lists of the people."""

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
from consolidation.api_filters.plans import InPlanParameters
from consolidation.models.programmes import StaffCategory
from consolidation.selectors.state import State
from platforms_portal.api.parameters import Day, YesNo
from staffing.models import Redeployment


class HeadCountParameters(ProgrammeParameters):
    """What narrows the list of head counts."""

    search_fields = ("body__name", "body__code")

    as_of = by_view(Day, _("The day for “counted”; the programme's own unless given."))
    counted = by_view(
        django_filters.ChoiceFilter,
        _("Exactly the head counts that the number of people in this state sums up."),
        choices=State.choices,
    )
    division = by_view(django_filters.CharFilter, _("Code of the body's owner, six digits."))
    body = django_filters.CharFilter(field_name="body__code", help_text=_("Body's code."))
    category = choose(StaffCategory.choices, "category", _("Category; may be repeated."))
    counted_on = Day(help_text=_("Counted on this day."))
    placeholder = YesNo(
        field_name="rests_on_placeholder", help_text=_("Rests on placeholder data.")
    )
    search = search_in(_("Part of the body's name or code."))
    ordering = order_by(
        ("body__code", "body"), ("category", "category"), ("counted_on", "counted_on"),
        ("on_post", "on_post"), ("authorised", "authorised"),
    )  # fmt: skip


class StaffPlanParameters(InPlanParameters):
    """What narrows the list of planned staff."""

    search_fields = ("body__name", "body__code")

    counted = by_view(
        django_filters.ChoiceFilter,
        _("“planned”: exactly the rows that the number of people in the planned state sums up."),
        choices=[(State.PLANNED.value, State.PLANNED.label)],
    )
    body = django_filters.CharFilter(field_name="body__code", help_text=_("Body's code."))
    category = choose(StaffCategory.choices, "category", _("Category; may be repeated."))
    search = search_in(_("Part of the body's name or code."))
    ordering = order_by(
        ("body__code", "body"), ("category", "category"), ("on_post", "on_post"),
        ("authorised", "authorised"),
    )  # fmt: skip


class RedeploymentParameters(InPlanParameters):
    """What narrows the list of redeployments."""

    search_fields = ("body__name", "body__code", "to_body__name", "to_body__code")

    body = django_filters.CharFilter(field_name="body__code", help_text=_("Body's code."))
    to_body = django_filters.CharFilter(
        field_name="to_body__code", help_text=_("Code of the body that they go to.")
    )
    category = choose(StaffCategory.choices, "category", _("Category; may be repeated."))
    destination = choose(
        Redeployment.Destination.choices, "destination", _("Destination; may be repeated.")
    )
    search = search_in(_("Part of the name or code of either body."))
    ordering = order_by(
        ("body__code", "body"), ("category", "category"), ("destination", "destination"),
        ("people", "people"),
    )  # fmt: skip

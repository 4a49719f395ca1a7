"""What narrows the lists of programmes, divisions and tasks, the findings and the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from consolidation.api_filters.common import (
    ProgrammeParameters,
    by_view,
    choose,
    order_by,
    search_in,
)
from consolidation.checks.base import RULES
from consolidation.models import Task
from consolidation.selectors.state import State
from platforms_portal.api.parameters import Day, Parameters, Whole, YesNo
from zones.models import Division

if TYPE_CHECKING:
    from django.db.models import QuerySet

BY = [("owner", _("by the owners of the baseline")), ("today", _("by the divisions of the day"))]


class TaskParameters(ProgrammeParameters):
    """What narrows the list of tasks."""

    search_fields = ("title", "clause", "also_responsible")

    as_of = by_view(Day, _("The day on which tasks are late; the programme's own unless given."))
    state = choose(Task.State.choices, "state", _("State; may be repeated."))
    department = Whole(field_name="departments", help_text=_("Key of a responsible department."))
    late = YesNo(help_text=_("Due before the day, and with the departments still."))
    search = search_in(_("Part of the task, the clause or the others named."))
    ordering = order_by(
        ("order", "order"), ("clause", "clause"), ("due_on", "due_on"), ("state", "state")
    )


class ProgrammeListParameters(Parameters):
    """What narrows the list of programmes."""

    placeholder = YesNo(field_name="is_placeholder", help_text=_("A placeholder itself."))
    ordering = order_by(("code", "code"), ("name", "name"), ("baseline_date", "baseline_date"))


class DivisionParameters(Parameters):
    """What narrows the list of divisions."""

    code = django_filters.CharFilter(help_text=_("GB/T 2260 code, six digits."))
    level = choose(Division.Level.choices, "level", _("Level; may be repeated."))
    valid_on = Day(method="by_day", help_text=_("In being on this day."))
    owner_in = by_view(django_filters.CharFilter, _("Code of a programme: its owners only."))
    search = django_filters.CharFilter(
        method="search_text", help_text=_("Part of the name or the code.")
    )
    ordering = order_by(("code", "code"), ("name", "name"), ("valid_from", "valid_from"))

    def by_day(self, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        """Keep the divisions in being on the day."""
        started = Q(valid_from__isnull=True) | Q(valid_from__lte=value)
        return queryset.filter(started, Q(valid_to__isnull=True) | Q(valid_to__gt=value))

    def search_text(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Look in names and codes."""
        return queryset.filter(
            Q(name__icontains=value) | Q(name_en__icontains=value) | Q(code__icontains=value)
        )


class ViewParameters(Parameters):
    """The state and day of a programme's figures."""

    state = by_view(
        django_filters.ChoiceFilter, _("The state; “planned” unless given."), choices=State.choices
    )
    as_of = by_view(Day, _("The day; the programme's own unless given."))


class CheckParameters(ViewParameters):
    """What narrows the findings."""

    division = by_view(
        django_filters.CharFilter, _("Code of an owner: only the findings about it, six digits.")
    )
    # Asked for late: staffing registers its rules after this is read.
    rule = extend_schema_field(
        {
            "type": "string",
            "pattern": "^R[0-9]{2}$",
            "description": _("Only the findings of this rule, R01 to R20."),
        }
    )(
        by_view(
            django_filters.ChoiceFilter,
            "",
            choices=lambda: [(code, code) for code in sorted(RULES)],
        )
    )


class CountParameters(ViewParameters):
    """How the counts are divided."""

    by = by_view(
        django_filters.ChoiceFilter,
        _("Divided by the owners of the baseline (“owner”, unless given) or by the divisions of the"
          " day (“today”)."),
        choices=BY,
    )  # fmt: skip

"""Parameters that several lists take: the programme, the state, the day, a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consolidation.selectors.narrowing import Counted
from consolidation.selectors.state import State
from platforms_portal.api.parameters import Day, Parameters, YesNo

if TYPE_CHECKING:
    from django.db.models import QuerySet


def by_view(filter_class: type[django_filters.Filter], help_text: Any, **more: Any) -> Any:
    """Return a parameter that the view reads itself."""
    return filter_class(method="read_by_view", help_text=help_text, **more)


def search_in(help_text: Any) -> Any:
    """Return the parameter for a part of a text, looked for in ``search_fields``."""
    return django_filters.CharFilter(method="search_text", help_text=help_text)


def choose(choices: Any, field: str, help_text: Any) -> Any:
    """Return a filter by one value or several (the parameter is then repeated)."""
    return django_filters.MultipleChoiceFilter(
        field_name=field, choices=choices, help_text=help_text
    )


def order_by(*fields: tuple[str, str]) -> Any:
    """Return the parameter that orders a list by ``fields`` (of the record, as the API names them)."""
    return django_filters.OrderingFilter(
        fields=fields,
        help_text=_("Fields with commas between them; a minus before one turns it round."),
    )


class ProgrammeParameters(Parameters):
    """The programme whose records are listed."""

    search_fields: tuple[str, ...] = ()

    programme = by_view(
        django_filters.CharFilter,
        _("Code of the programme. May be left out where you see only one."),
    )

    def search_text(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Keep the records that have ``value`` in one of their texts."""
        found = Q()
        for field in self.search_fields:
            found |= Q(**{f"{field}__icontains": value})
        return queryset.filter(found)


class StateParameters(ProgrammeParameters):
    """The state and day in which records are listed, and the number of a tally behind them."""

    state = by_view(
        django_filters.ChoiceFilter, _("The state; “planned” unless given."), choices=State.choices
    )
    as_of = by_view(Day, _("The day; the programme's own unless given."))
    division = by_view(
        django_filters.CharFilter, _("Code of the owner at the baseline, six digits.")
    )
    today = by_view(django_filters.CharFilter, _("Code of the division of the day, six digits."))
    counted = by_view(
        django_filters.ChoiceFilter,
        _("Exactly the records that this number of the counts counted."),
        choices=Counted.choices,
    )
    placeholder = YesNo(
        field_name="rests_on_placeholder", help_text=_("Rests on placeholder data.")
    )

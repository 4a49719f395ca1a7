"""What the list of people is narrowed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from consolidation.filters import BodyFilters
from consolidation.selectors.narrowing import Counted
from consolidation.selectors.planned_days import due_q
from consolidation.selectors.state import flag
from staffing.people import COUNTED_PEOPLE, people_on_schedule

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet


class PeopleFilters(BodyFilters):
    """As bodies are, in the counts that people have."""

    counted = ChoiceFilter(
        label=_("People"),
        method="as_asked",
        choices=[(value, Counted(value).label) for value in COUNTED_PEOPLE],
        empty_label=_("All"),
    )

    def by_schedule(
        self, queryset: QuerySet[Any, Any], name: str, day: datetime.date
    ) -> QuerySet[Any, Any]:
        """Narrow to the bodies that are left on ``day``, with the people that are there then."""
        rows = super().by_schedule(queryset, name, day).annotate(is_due=flag(due_q(day)))
        return people_on_schedule(rows, self.page.state_view)

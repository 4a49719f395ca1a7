"""The people: the list of bodies with their figures in a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import pgettext_lazy

from consolidation.models.programmes import StaffCategory
from consolidation.views.lists import RecordList
from platforms_portal.access import Right
from staffing.counts import PEOPLE
from staffing.filters import PeopleFilters
from staffing.people import Sums, people_visible_to, sums_of
from staffing.tables import PeopleTable

if TYPE_CHECKING:
    from django.db.models import QuerySet


class PeopleList(RecordList):
    """Staff on post by body and category, before and after; the line above shows the sums."""

    right = Right.VIEW_PEOPLE
    section = "people"
    title = PEOPLE.title
    unit = pgettext_lazy("unit", "bodies")
    file_name = "people"
    count = "people"
    table_class = PeopleTable
    filters_class = PeopleFilters

    sums: Sums | None = None

    def rows(self) -> QuerySet[Any, Any]:
        """Return the bodies whose people are asked for."""
        return people_visible_to(self.scope, self.state_view, self.place_q(), self.asked.counted)

    def summary(self, rows: QuerySet[Any, Any]) -> dict[str, Any]:
        """Return the sums over all rows, not only over the page that is shown."""
        sums = self._sums_over(rows)
        return {
            "template": "staffing/sums.html",
            "sums": sums,
            "categories": [
                (StaffCategory(c).label, sums.before.get(c, 0), sums.after.get(c, 0))
                for c in self.programme.counted_categories
            ],
        }

    def rest_on_placeholders(self, rows: QuerySet[Any, Any]) -> bool:
        """Whether a figure or a body that is listed is a placeholder."""
        return self._sums_over(rows).placeholders or super().rest_on_placeholders(rows)

    def _sums_over(self, rows: QuerySet[Any, Any]) -> Sums:
        """Return the sums over all rows, reckoned once."""
        if self.sums is None:
            self.sums = sums_of(self.state_view, rows)
        return self.sums

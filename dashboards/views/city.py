"""The city on one screen: counts, rules, flows, map, burn-down and the divisions ranked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from consolidation.selectors.counts import COUNTERS
from consolidation.selectors.home import Overview, days_left
from consolidation.selectors.state import State, state_views
from consolidation.views.base import ProgrammePage, asked_choice
from dashboards.selectors.burndown import burn_downs
from dashboards.selectors.city import SORTS, ranked, rule_strip
from dashboards.selectors.flows import flows_of
from dashboards.selectors.keeping import Kept
from dashboards.views.city_charts import (
    FlowLinks,
    burn_chart,
    burn_summary,
    flow_rows,
    flows_chart,
    flows_summary,
)
from dashboards.views.city_export import CITY_TABLES, table_of
from dashboards.views.city_map import city_map
from platforms_portal.access import Right, rights_of
from platforms_portal.exports import FORMATS, sent
from platforms_portal.listings import Listing, file_name

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from consolidation.selectors.counts import Counter
    from consolidation.selectors.state import StateView
    from dashboards.selectors.burndown import BurnDown
    from dashboards.selectors.city import Ranked
    from dashboards.selectors.flows import Flow

MAPS = ["baseline", "today"]
FLOWING = [State.PLANNED.value, State.ACTUAL.value]
"""The states in which something became of the platforms."""

LEAST_CUT_FIRST = "share"


class Bar(NamedTuple):
    """A line of the ranking with the lengths of its bar, in parts of a thousand."""

    row: Ranked
    before: int
    after: int


class CityPage(ProgrammePage):
    """The city's overview: one screen of meaning, fit for a projector and for one sheet of A4."""

    right = Right.VIEW_CITY
    section = "city"
    template_name = "dashboards/city.html"

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read what is shown beside state and day: which count, which divisions, which order."""
        super().prepare(request, **kwargs)
        asked = request.GET
        asked_choice("state", self.asked.state.value, FLOWING)
        self.map_of = asked_choice("map", asked.get("map", MAPS[0]), MAPS)
        names = [counter.name for counter in self.overview.counters]
        self.count = asked_choice("count", asked.get("count", names[0]), names)
        orders = [sign + name for name in SORTS for sign in ("", "-")]
        self.sort = asked_choice("sort", asked.get("sort", LEAST_CUT_FIRST), orders)
        self.export = asked.get("export", "")
        if self.export:
            asked_choice("export", self.export, list(CITY_TABLES))
        self.file = asked_choice("file", asked.get("file", "csv"), list(FORMATS))

    @cached_property
    def overview(self) -> Overview:
        """The programme on the day as the reader sees it, judged once."""
        rights = rights_of(self.request.user)
        return Overview(self.programme, self.asked.state, self.asked.as_of, self.scope, rights)

    @cached_property
    def keep(self) -> Kept:
        """What is found again as long as no record changes."""
        return Kept()

    @cached_property
    def state_view(self) -> StateView:
        """The view of the state asked for, of the plans that are at hand."""
        views = state_views(self.programme, self.asked.as_of, handed_in=self.overview.handed_in)
        return views[self.asked.state]

    @cached_property
    def counter(self) -> Counter:
        """The count by which divisions are shown."""
        return COUNTERS[self.count]

    @property
    def today(self) -> bool:
        """Whether divisions are those of the day instead of the baseline's."""
        return self.map_of == "today"

    @cached_property
    def flows(self) -> list[Flow]:
        """Where the platforms go."""
        return flows_of(self.state_view, self.scope, self.overview.owners, self.keep)

    @cached_property
    def burns(self) -> list[BurnDown]:
        """How the counts fall."""
        return burn_downs(self.overview, self.keep)

    @cached_property
    def rows(self) -> list[Ranked]:
        """The divisions in the order asked for."""
        return ranked(self.overview, self.counter, today=self.today, sort=self.sort)

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Show the page, or one of its tables as a file."""
        if self.export:
            return self.exported()
        return self.render_to_response(self.get_context_data())

    def exported(self) -> HttpResponseBase:
        """Return one table of the page as a file, with what was asked for in its first line."""
        asked = self.asked
        title, headings, rows = table_of(self.export, self)
        day = asked.as_of.isoformat()
        about = [title, self.programme.label, asked.state.label, day]
        if self.overview.rests_on_placeholders:
            about.append(_("Rests on placeholder data"))
        listing = Listing(
            name=file_name(self.programme.division.label, title, asked.state.label, day),
            plain_name=f"{self.programme.code}-{self.export}-{asked.state.value}-{day}",
            title=title,
            about=[about],
            headings=headings,
            chunks=[rows],
        )
        return sent(listing, self.file)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the pictures, and beside each the same as a table."""
        overview = self.overview
        links = FlowLinks(self.state_view)
        most = max((row.baseline for row in self.rows), default=0)
        burns = {burn.counter.name: burn for burn in self.burns}
        return super().get_context_data(
            overview=overview,
            cards=[(card, burns.get(card.counter.name)) for card in overview.cards],
            strip=rule_strip(overview),
            deadline=overview.deadline,
            days=days_left(overview.deadline, self.asked.as_of) if overview.deadline else None,
            flowing=[(value, State(value).label) for value in FLOWING],
            flows=flow_rows(self.flows, links),
            flows_url=links.of(),
            flows_number=sum(flow.number for flow in self.flows),
            flows_chart=flows_chart(self.flows, links),
            flows_summary=flows_summary(self.flows),
            burns=[(burn, f"burn-{name}", burn_summary(burn)) for name, burn in burns.items()],
            burn_charts=[burn_chart(burn) for burn in self.burns],
            bars=[
                Bar(row, row.parts_of(most, row.baseline), row.parts_of(most, row.in_state))
                for row in self.rows
            ],
            picture=city_map(overview, self.count, self.rows, today=self.today),
            counter=self.counter,
            counters=overview.counters,
            map=self.map_of,
            sort=self.sort,
            rests_on_placeholders=overview.rests_on_placeholders,
            **kwargs,
        )

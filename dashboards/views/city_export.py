"""The tables of the city page, as they are exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.selectors.state import State
from dashboards.selectors.city import rule_strip
from dashboards.views.city_charts import FlowLinks, flow_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from dashboards.views.city import CityPage

CITY_TABLES: Mapping[str, StrOrPromise] = {
    "rules": gettext_lazy("Board of rules"),
    "flows": gettext_lazy("Where the platforms go"),
    "divisions": gettext_lazy("Divisions"),
    "burn-down": gettext_lazy("Burn-down"),
}

Table = tuple[str, list[Any], list[list[Any]]]


def table_of(name: str, page: CityPage) -> Table:
    """Return title, headings and rows of the table ``name`` as the page shows it."""
    tables = {
        "rules": _rules,
        "flows": _flows,
        "divisions": _divisions,
        "burn-down": _burn_down,
    }
    headings, rows = tables[name](page)
    return str(CITY_TABLES[name]), headings, rows


def _rules(page: CityPage) -> tuple[list[Any], list[list[Any]]]:
    headings = [_("Rule"), _("Title"), _("Status"), _("Divisions that break it")]
    return headings, [
        [cell.rule, cell.title, cell.status.label if cell.status else "", cell.breaching]
        for cell in rule_strip(page.overview)
    ]


def _flows(page: CityPage) -> tuple[list[Any], list[list[Any]]]:
    headings = [_("Owner"), _("Outcome"), _("Continues in"), _("Platforms")]
    rows = flow_rows(page.flows, FlowLinks(page.state_view))
    return headings, [[row["owner"], row["outcome"], row["result"], row["number"]] for row in rows]


def _divisions(page: CityPage) -> tuple[list[Any], list[list[Any]]]:
    headings = [
        _("Code"),
        _("Division"),
        f"{page.counter.title} ({State.BASELINE.label})",
        f"{page.counter.title} ({page.asked.state.label})",
        _("Cut"),
        _("Status"),
    ]
    return headings, [
        [
            row.code,
            row.scope.label,
            None if row.tally.missing_baseline else row.baseline,
            row.in_state if row.is_known else None,
            row.cut if row.is_known else None,
            row.finding.status.label if row.finding else "",
        ]
        for row in page.rows
    ]


def _burn_down(page: CityPage) -> tuple[list[Any], list[list[Any]]]:
    headings = [_("Count"), _("Day"), _("Planned"), _("Actual"), _("Target")]
    return headings, [
        [burn.counter.title, point.day, point.planned, point.actual, burn.target]
        for burn in page.burns
        for point in burn.lines
    ]

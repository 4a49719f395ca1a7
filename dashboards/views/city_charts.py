"""What the scripts of the city page draw: plain data with every word in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.checks.base import Scope as Owner
from consolidation.selectors.narrowing import Counted
from consolidation.selectors.outcome import NOWHERE, Outcome
from consolidation.selectors.state import State
from dashboards.selectors.flows import REST

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from consolidation.models import Programme
    from consolidation.selectors.state import StateView
    from dashboards.selectors.burndown import BurnDown
    from dashboards.selectors.flows import Flow, Result

# Light and dark differ as much as the colours do, so that a grey print tells them apart.
COLOURS = {
    Outcome.UPGRADE: "#0b3d6e",
    Outcome.KEPT: "#2f5f93",
    Outcome.MERGE: "#6f9fd0",
    Outcome.TRANSFORM: "#e3bd62",
    Outcome.ABOLISH: "#a14a4a",
    Outcome.NOT_CONFIRMED: "#d3d8df",
    Outcome.UNDECIDED: "#b9c0ca",
    Outcome.NO_PLAN: "#e4e7ec",
    Outcome.TWICE: "#111827",
}
PLAIN = "#64748b"


def records_address(
    programme: Programme, name: str, state: State, as_of: datetime.date, **asked: str
) -> str:
    """Return the address of a list that shows exactly the records asked for."""
    parameters = {"state": state.value, "as_of": as_of.isoformat(), **asked}
    return f"{reverse(name, args=[programme.code])}?{urlencode(parameters)}"


def result_label(result: Result, outcome: Outcome) -> str:
    """Return the words for where a flow ends; the disposition's own where it leads nowhere else."""
    if not result.sort:
        return str(outcome.label)
    if result.key == REST:
        if result.sort == "platform":
            return _("Other platforms")
        return _("Other kinds")
    if result.key == NOWHERE:
        return _("Not named")
    return result.label


class FlowLinks:
    """The addresses of the records behind the flows of one view."""

    def __init__(self, view: StateView) -> None:
        """Take the view of the flows."""
        self._view = view

    def of(self, **asked: str) -> str:
        """Return the address of the baseline platforms that are narrowed so."""
        view = self._view
        asked = {"counted": Counted.BASELINE.value, **asked}
        return records_address(view.programme, "platforms", view.state, view.as_of, **asked)

    def flow(self, flow: Flow) -> str:
        """Return the address of the platforms of one flow."""
        return self.of(**flow.asked)


def flow_rows(flows: Iterable[Flow], links: FlowLinks) -> list[dict[str, Any]]:
    """Return the flows as lines of a table: the same that the picture shows."""
    return [
        {
            "owner": Owner(flow.owner).label if flow.owner is not None else _("All owners"),
            "outcome": flow.outcome.label,
            "result": result_label(flow.result, flow.outcome) if flow.result.sort else "",
            "number": flow.number,
            "url": links.flow(flow),
        }
        for flow in flows
    ]


def flows_chart(flows: list[Flow], links: FlowLinks) -> dict[str, Any]:
    """Return nodes and ribbons of the Sankey, each with its number and the list that it opens."""
    nodes: dict[str, dict[str, Any]] = {}
    ribbons: dict[tuple[str, str], dict[str, Any]] = {}
    for flow in flows:
        owner, end = flow.owner, flow.result
        start = f"owner {owner.code}" if owner is not None else "owner"
        label = str(Owner(owner).label) if owner is not None else _("All owners")
        at_owner = {"division": owner.code} if owner is not None else {}
        middle, colour = f"outcome {flow.outcome}", COLOURS[flow.outcome]
        by_outcome = {"outcome": flow.outcome.value}
        _node(nodes, start, label, 0, PLAIN, links.of(**at_owner), flow.number)
        _node(
            nodes, middle, str(flow.outcome.label), 1, colour, links.of(**by_outcome), flow.number
        )
        _ribbon(ribbons, start, middle, colour, links.of(**at_owner, **by_outcome), flow.number)
        if end.sort:
            # What is not named is told by disposition; a platform collects what comes from all.
            own = by_outcome if end.key == NOWHERE else {}
            last = f"{end.sort} {end.key} {own.get('outcome', '')}"
            ends = result_label(end, flow.outcome)
            shade = COLOURS[Outcome.TRANSFORM if end.sort == "kind" else Outcome.UPGRADE]
            _node(nodes, last, ends, 2, shade, links.of(**own, **end.asked), flow.number)
            _ribbon(ribbons, middle, last, colour, links.of(**by_outcome, **end.asked), flow.number)
    return {"nodes": list(nodes.values()), "ribbons": list(ribbons.values())}


def _node(
    nodes: dict[str, dict[str, Any]],
    key: str,
    label: str,
    depth: int,
    colour: str,
    url: str,
    number: int,
) -> None:
    node = nodes.setdefault(
        key,
        {"name": key, "label": label, "depth": depth, "colour": colour, "url": url, "number": 0},
    )
    node["number"] += number


def _ribbon(
    ribbons: dict[tuple[str, str], dict[str, Any]],
    source: str,
    target: str,
    colour: str,
    url: str,
    number: int,
) -> None:
    ribbon = ribbons.setdefault(
        (source, target),
        {"source": source, "target": target, "colour": colour, "url": url, "value": 0},
    )
    ribbon["value"] += number


def flows_summary(flows: list[Flow]) -> str:
    """Return the picture in a sentence, for those who cannot see it."""
    sums: dict[Outcome, int] = {}
    for flow in flows:
        sums[flow.outcome] = sums.get(flow.outcome, 0) + flow.number
    parts = [f"{one.label} {number_format(sums[one])}" for one in Outcome if one in sums]
    number = sum(sums.values())
    sentence = ngettext(
        "Of %(number)s platform of the baseline: %(parts)s.",
        "Of %(number)s platforms of the baseline: %(parts)s.",
        number,
    )
    return sentence % {"number": number_format(number), "parts": _(", ").join(parts)}


def burn_chart(burn: BurnDown) -> dict[str, Any]:
    """Return the lines of one count over time; days are texts, numbers are whole."""
    forecast = burn.forecast
    programme = burn.programme
    address = records_address(
        programme, burn.counter.name, State.ACTUAL, burn.as_of, counted=Counted.STATE.value
    )
    return {
        "name": burn.counter.name,
        "planned": [[point.day.isoformat(), point.planned] for point in burn.points],
        "actual": [[point.day.isoformat(), point.actual] for point in burn.points if point.is_over],
        "target": burn.target,
        "today": burn.as_of.isoformat(),
        "deadline": burn.deadline.isoformat() if burn.deadline else None,
        "forecast": [
            [[burn.as_of.isoformat(), pace.now], [str(forecast.deadline), end]]
            for pace, end in zip(forecast.paces, (forecast.low, forecast.high), strict=False)
        ]
        if forecast.is_made
        else [],
        "url": address if burn.card.may_open else "",
        "words": {
            "planned": _("Planned"),
            "actual": _("Actual"),
            "target": _("Target"),
            "today": _("As of"),
            "forecast": _("Forecast"),
            "deadline": _("Deadline"),
        },
    }


def burn_summary(burn: BurnDown) -> str:
    """Return the lines in a sentence, for those who cannot see them."""
    now = burn.today.actual
    return _("%(count)s: baseline %(baseline)s, on %(day)s %(now)s, target %(target)s.") % {
        "count": burn.counter.title,
        "baseline": number_format(burn.card.figures.baseline),
        "day": burn.as_of.isoformat(),
        "now": _("not known") if now is None else number_format(now),
        "target": "—" if burn.target is None else f"≤ {number_format(burn.target)}",
    }

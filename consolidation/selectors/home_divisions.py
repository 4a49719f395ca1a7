"""The overview's table of divisions: those of the baseline, or today's. No total changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.checks.base import Scope
from consolidation.selectors.counts import DayMap, Tally, by_owner, by_today
from consolidation.selectors.home import TARGETS, Figures, is_breach
from zones.models import Division

if TYPE_CHECKING:
    from consolidation.checks.base import Finding
    from consolidation.models import MergePlan
    from consolidation.selectors.counts import Counter, Place
    from consolidation.selectors.home import Overview

Sums = dict[str, list[dict[int, Tally]]]


@dataclass(frozen=True)
class DivisionRow:
    """One division or the municipal level: its counts, and for an owner its rules and plan.

    ``places`` is the sum of all quotas, on the line of the city. An owner without a platform
    ``owes_plan`` none.
    """

    scope: Scope
    cells: list[DivisionCell]
    quota: Finding | None = None
    places: int | None = None
    plan: MergePlan | None = None
    owes_plan: bool = True
    breaches: int = 0


@dataclass(frozen=True)
class DivisionCell:
    """One count of a line, with the finding on its cut where a rule sets a share."""

    counter: Counter
    figures: Figures
    share: Finding | None = None


def rows_by_owner(overview: Overview) -> list[DivisionRow]:
    """Return a line for each owner in scope, as the divisions were at the baseline."""
    sums = {
        counter.name: [by_owner(counted) for counted in overview.counted[counter.name]]
        for counter in overview.counters
    }
    breaches: dict[int, int] = {}
    for finding in overview.findings[overview.state]:
        if not finding.scope.is_city:
            owner_id = finding.scope.division.pk
            breaches[owner_id] = breaches.get(owner_id, 0) + is_breach(finding)
    return [
        DivisionRow(
            scope=Scope(owner),
            cells=_cells(overview, sums, owner.pk, owner_id=owner.pk),
            quota=overview.finding_of(overview.state, "R04", "", owner.pk),
            plan=overview.plans.get(owner.pk),
            owes_plan=owner.pk in overview.owing,
            breaches=breaches.get(owner.pk, 0),
        )
        for owner in overview.owners
        if overview.scope.covers(owner.pk)
    ]


def rows_today(overview: Overview) -> list[DivisionRow]:
    """Return a line for each division of the day, with what lies there or goes there by default.

    A district's lines hold what its own records bring to them, not what others bring.
    """
    day_map = DayMap.on(overview.as_of)
    sums = {
        counter.name: [
            by_today(_in_scope(overview, counted), day_map)
            for counted in overview.counted[counter.name]
        ]
        for counter in overview.counters
    }
    keys = {key for pair in sums.values() for by_division in pair for key in by_division}
    divisions = sorted(
        Division.objects.filter(pk__in=keys),
        key=lambda division: (division.pk != overview.programme.division_id, division.code),
    )
    return [
        DivisionRow(scope=Scope(division), cells=_cells(overview, sums, division.pk))
        for division in divisions
    ]


def total_row(overview: Overview) -> DivisionRow:
    """Return the line of the city: the exact sum of its owners, within and out of scope."""
    state = overview.state
    return DivisionRow(
        scope=Scope(overview.programme.division, is_city=True),
        cells=[
            DivisionCell(counter, overview.city[counter.name], _share(overview, counter, None))
            for counter in overview.counters
        ],
        places=_places(overview),
        breaches=sum(
            is_breach(finding) for finding in overview.findings[state] if finding.scope.is_city
        ),
    )


def _places(overview: Overview) -> int | None:
    """Return the sum of the quotas; unknown where one is, or where the reader sees only some."""
    if not overview.scope.is_city:
        return None
    quotas = [overview.finding_of(overview.state, "R04", "", owner.pk) for owner in overview.owners]
    places = [finding.limit.numerator for finding in quotas if finding is not None]
    known = [number for number in places if number is not None]
    return sum(known) if known and len(known) == len(places) else None


def _in_scope(overview: Overview, counted: dict[Place, Tally]) -> dict[Place, Tally]:
    return {
        place: tally for place, tally in counted.items() if overview.scope.covers(place.division_id)
    }


def _cells(
    overview: Overview, sums: Sums, division_id: int, *, owner_id: int | None = None
) -> list[DivisionCell]:
    cells: list[DivisionCell] = []
    for counter in overview.counters:
        planned, actual = sums[counter.name]
        figures = Figures(planned.get(division_id, Tally()), actual.get(division_id, Tally()))
        share = _share(overview, counter, owner_id) if owner_id is not None else None
        cells.append(DivisionCell(counter, figures, share))
    return cells


def _share(overview: Overview, counter: Counter, owner_id: int | None) -> Finding | None:
    rule, aspect = TARGETS.get(counter.name, ("", ""))
    finding = overview.finding_of(overview.state, rule, aspect, owner_id)
    return finding if finding is not None and finding.limit.is_share else None

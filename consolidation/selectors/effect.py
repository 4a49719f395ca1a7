"""What a plan does: to its own division by every rule, and to the city's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.checks.base import Severity, Status
from consolidation.selectors.aspects import aspect_label
from consolidation.selectors.counts import COUNTERS, by_owner, tallies, total
from consolidation.selectors.home import TARGETS
from consolidation.selectors.readiness import Readiness
from consolidation.selectors.state import State, state_view
from consolidation.selectors.visible import right_for, rights_for

if TYPE_CHECKING:
    from collections.abc import Collection

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Finding
    from consolidation.models import MergePlan
    from consolidation.selectors.counts import Counter, Tally
    from platforms_portal.access import Right


@dataclass(frozen=True)
class Effect:
    """One of the four counts: the division's, the city's as it counts now, and with this plan."""

    counter: Counter
    division: Tally
    city_now: Tally
    city_then: Tally
    finding: Finding | None

    @property
    def difference(self) -> int:
        """What the city's planned figure changes by if this plan counts."""
        return self.city_then.in_state - self.city_now.in_state


@dataclass(frozen=True)
class Judged:
    """A finding with the words of its threshold."""

    finding: Finding
    aspect: StrOrPromise


ORDER = {
    (Severity.BREACH, Status.NOT_MET): 0,
    (Severity.BREACH, Status.UNKNOWN): 1,
    (Severity.ADVICE, Status.NOT_MET): 2,
    (Severity.ADVICE, Status.UNKNOWN): 3,
}
"""What needs attention comes first; what is met, last."""


def judged(readiness: Readiness, rights: Collection[Right]) -> list[Judged]:
    """Return the findings on the plan's division that ``rights`` show, the pressing ones first."""
    found = [
        Judged(finding, aspect_label(finding.aspect))
        for finding in readiness.findings
        if rights_for(finding) <= set(rights)
    ]
    return sorted(
        found, key=lambda item: ORDER.get((item.finding.severity, item.finding.status), 4)
    )


def effects(readiness: Readiness, rights: Collection[Right]) -> list[Effect]:
    """Return what the plan does to each of the counts that ``rights`` allow to see by division."""
    plan: MergePlan = readiness.plan
    now = state_view(plan.programme, State.PLANNED, readiness.view.as_of)
    city = {
        (finding.rule, finding.aspect): finding
        for finding in readiness.all_findings
        if finding.scope.is_city
    }
    found = []
    for name, counter in COUNTERS.items():
        if right_for(name) not in rights:
            continue
        then = readiness.judged.counted[name]
        own = by_owner(then).get(plan.division_id)
        found.append(
            Effect(
                counter=counter,
                division=own if own is not None else total({}),
                city_now=total(tallies(now, name)),
                city_then=total(then),
                finding=city.get(TARGETS.get(name, ("", ""))),
            )
        )
    return found

"""What a plan does if it is approved: to its division and to the city, against what counted before.

A submitted plan counts as planned from the day it came in, so what it does is told against the
same city without it: with the version before it, or where there is none with its division at the
baseline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from consolidation.selectors.counts import COUNTERS, Tally, by_owner, total
from consolidation.selectors.findings import judged_in
from consolidation.selectors.opinions import previous_version
from consolidation.selectors.readiness import view_with
from consolidation.selectors.visible import right_for
from dashboards.selectors.otherwise import ChangedRule, changed_rules

if TYPE_CHECKING:
    from collections.abc import Collection

    from consolidation.checks.keeping import Judged
    from consolidation.models import MergePlan
    from consolidation.selectors.counts import Counter
    from consolidation.selectors.state import StateView
    from platforms_portal.access import Right


@dataclass(frozen=True)
class WeighedCount:
    """One of the four counts, of the division and of the city: before this version, and with it.

    ``before`` is the version before, or the baseline where there is none.
    """

    counter: Counter
    own_before: Tally
    own_now: Tally
    city_before: Tally
    city_now: Tally

    @property
    def is_known(self) -> bool:
        """Whether no figure is lacking on either side, so that the difference can be told."""
        return not (self.city_before.missing_in_state or self.city_now.missing_in_state)

    @property
    def difference(self) -> int:
        """What approval changes in the city's planned figure, where it ``is_known``."""
        return self.city_now.in_state - self.city_before.in_state


@dataclass(frozen=True)
class Weighing:
    """All that a reviewer has to know of a plan's effect before approving it."""

    previous: MergePlan | None
    counts: list[WeighedCount]
    rules: list[ChangedRule]


def weigh(plan: MergePlan, view: StateView, rights: Collection[Right]) -> Weighing:
    """Return what ``plan`` does, as far as ``rights`` show it; ``view`` is any of the same day."""
    previous = previous_version(plan)
    if previous is not None and previous.is_internal:
        previous = None
    now_view = view_with(plan, view.as_of)
    before_view = (
        view_with(previous, view.as_of) if previous is not None else _without(now_view, plan)
    )
    before, now = judged_in([before_view, now_view])
    return Weighing(
        previous=previous,
        counts=_counts(plan.division_id, before, now, rights),
        rules=[
            rule
            for rule in changed_rules(before.findings, now.findings, rights)
            if rule.now.scope.is_city or rule.now.scope.division.pk == plan.division_id
        ],
    )


def _without(view: StateView, plan: MergePlan) -> StateView:
    return replace(
        view,
        plan_ids=tuple(pk for pk in view.plan_ids if pk != plan.pk),
        planned_owner_ids=tuple(pk for pk in view.planned_owner_ids if pk != plan.division_id),
    )


def _counts(
    division_id: int, before: Judged, now: Judged, rights: Collection[Right]
) -> list[WeighedCount]:
    return [
        WeighedCount(
            counter=counter,
            own_before=by_owner(before.counted[name]).get(division_id, Tally()),
            own_now=by_owner(now.counted[name]).get(division_id, Tally()),
            city_before=total(before.counted[name]),
            city_now=total(now.counted[name]),
        )
        for name, counter in COUNTERS.items()
        if right_for(name) in rights
    ]

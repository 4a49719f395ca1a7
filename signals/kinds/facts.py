"""What the kinds look at: one programme on one day, each thing read once for the run."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from consolidation.models.programmes import StaffCategory
from consolidation.selectors.counts import Tally, by_owner, tallies
from consolidation.selectors.plans import owners_of, plans_handed_in
from consolidation.selectors.state import State, state_views
from signals.kinds.base import KINDS
from signals.models import SignalSetting

if TYPE_CHECKING:
    import datetime

    from consolidation.models import MergePlan, Programme
    from consolidation.selectors.state import StateView
    from signals.kinds.base import Threshold
    from zones.models import Division

IN_PLAN_AND_FACT = (State.PLANNED, State.ACTUAL)


class Facts:
    """A programme on a day, with what several kinds need of it."""

    def __init__(self, programme: Programme, day: datetime.date) -> None:
        """Take the programme and the day."""
        self.programme = programme
        self.day = day
        self._tallies: dict[tuple[State, str], dict[int, Tally]] = {}

    @cached_property
    def handed_in(self) -> list[MergePlan]:
        """Every plan that left its division, by owner and version."""
        return plans_handed_in(self.programme)

    @cached_property
    def views(self) -> dict[State, StateView]:
        """The programme in each state."""
        return state_views(self.programme, self.day, handed_in=self.handed_in)

    @cached_property
    def owners(self) -> dict[int, Division]:
        """The owners by key, the municipal level first."""
        return {owner.pk: owner for owner in owners_of(self.programme)}

    @cached_property
    def plans(self) -> dict[int, MergePlan]:
        """The plan that counts as planned, by owner."""
        counted = set(self.views[State.PLANNED].plan_ids)
        return {plan.division_id: plan for plan in self.handed_in if plan.pk in counted}

    def tally(self, state: State, count: str) -> dict[int, Tally]:
        """Return the tallies of one of the four counts by owner."""
        if (state, count) not in self._tallies:
            self._tallies[state, count] = by_owner(tallies(self.views[state], count))
        return self._tallies[state, count]

    def all_categories(self, state: State) -> StateView:
        """Return the view with every staff category counted.

        People may be moved just into a category that the programme leaves out.
        """
        programme = copy.copy(self.programme)
        programme.counted_categories = list(StaffCategory.values)
        return replace(self.views[state], programme=programme)

    @cached_property
    def _set(self) -> dict[tuple[str, str], tuple[int, int]]:
        rows = SignalSetting.objects.filter(programme=self.programme)
        return {(row.signal, row.name): (row.numerator, row.denominator) for row in rows}

    def threshold(self, code: str, name: str) -> tuple[int, int]:
        """Return a threshold as numerator and denominator: the programme's, or the default."""
        default: Threshold = next(t for t in KINDS[code].thresholds if t.name == name)
        return self._set.get((code, name), (default.numerator, default.denominator))

    def number(self, code: str, name: str) -> int:
        """Return a threshold that is a whole number."""
        return self.threshold(code, name)[0]

    def reaches(self, code: str, name: str, part: int, whole: int) -> bool:
        """Whether ``part`` of ``whole`` reaches a share, compared as integers; nothing of nothing does not."""
        numerator, denominator = self.threshold(code, name)
        return whole > 0 and part * denominator >= numerator * whole

    def is_on(self, code: str) -> bool:
        """Whether the programme looks for this kind."""
        return self.number(code, "on") > 0

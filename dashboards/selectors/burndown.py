"""The burn-down of a programme: how each count falls from the baseline to the deadline.

Planned by the plans' dates, in fact by what was confirmed; both on every day. On the day of the page
the actual number is that of the findings, and at its end the planned one is.
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from consolidation.checks.base import least_for
from consolidation.selectors.counts import COUNTERS
from consolidation.selectors.state import State, state_views
from dashboards.selectors.carried_out import CarriedOut
from dashboards.selectors.forecast import Forecast, Known, forecast_of
from dashboards.selectors.foreseen import foreseen_bodies, foreseen_platforms, foreseen_staff
from dashboards.selectors.steps import windows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from consolidation.models import Programme
    from consolidation.selectors.counts import Counter
    from consolidation.selectors.home import Card, Overview
    from consolidation.selectors.state import StateView
    from dashboards.selectors.keeping import Kept

BURNING = ("platforms", "bodies", "people")
"""The counts that fall towards a target."""

MONTHS = 12

MONTHS_SHOWN = 60
"""The table has a line for each end of a month, of the last so many months."""


class Point(NamedTuple):
    """The count on one day: by the plans' dates, and in fact (``None``: later, or not known)."""

    day: datetime.date
    planned: int
    actual: int | None
    is_over: bool

    @property
    def is_unknown(self) -> bool:
        """Whether the day is over and figures are lacking for it."""
        return self.is_over and self.actual is None


@dataclass(frozen=True)
class BurnDown:
    """One count from the baseline to the deadline. ``points`` are all days on which it changes."""

    programme: Programme
    card: Card
    as_of: datetime.date
    deadline: datetime.date | None
    target: int | None
    points: list[Point]
    forecast: Forecast

    @property
    def counter(self) -> Counter:
        """What is counted."""
        return self.card.counter

    @property
    def today(self) -> Point:
        """The point of the page's day."""
        return next(point for point in self.points if point.day == self.as_of)

    @property
    def lines(self) -> list[Point]:
        """The ends of months, the page's day and the deadline, for the table."""
        return [
            point
            for point in self.points
            if point.day in (self.points[0].day, self.as_of, self.deadline)
            or _ends_month(point.day)
        ][-MONTHS_SHOWN:]


def burn_downs(overview: Overview, keep: Kept) -> list[BurnDown]:
    """Return the burn-down of each count that falls, as ``overview`` has judged its day."""
    deadline = overview.deadline.due_on if overview.deadline is not None else None
    day = overview.as_of
    planned = state_views(overview.programme, day, handed_in=overview.handed_in)[State.PLANNED]
    series = keep.get(
        planned, ("burn-down", deadline), lambda: _series(overview, planned, deadline)
    )
    cards = {card.counter.name: card for card in overview.cards}
    return [
        _burn_down(overview, cards[name], points, deadline)
        for name, points in zip(BURNING, series, strict=True)
        if name in cards
    ]


def _series(overview: Overview, planned: StateView, deadline: datetime.date | None) -> list[Any]:
    """Return the days and numbers of each count in ``BURNING``, in a form that can be kept."""
    programme, day = overview.programme, overview.as_of
    carried_out = CarriedOut(programme, day, windows_of(overview.handed_in))
    baselines = {name: overview.city[name].baseline for name in COUNTERS}
    platforms, bodies = (
        carried_out.platforms(baselines["platforms"]),
        carried_out.bodies(baselines["bodies"]),
    )
    staff = carried_out.staff()
    categories = len(programme.counted_categories)

    def is_known(on: datetime.date) -> bool:
        complete = staff.given.at(on) == bodies.at(on) * categories
        return complete and not staff.uncounted.at(on)

    everywhere = {
        "platforms": (foreseen_platforms, platforms, None),
        "bodies": (foreseen_bodies, bodies, None),
        "people": (foreseen_staff, staff.people, is_known),
    }
    series = []
    for name, (foresee, actual, known) in everywhere.items():
        foreseen = foresee(planned, baselines[name], deadline)
        further = (
            [*staff.given.days(), *staff.uncounted.days(), *bodies.days()]
            if name == "people"
            else []
        )
        days = _days(overview, deadline, [*foreseen.days(), *actual.days(), *further])
        series.append(
            [
                [
                    on.toordinal(),
                    foreseen.at(on),
                    actual.at(on) if on <= day and (known is None or known(on)) else None,
                ]
                for on in days
            ]
        )
    return series


def _days(
    overview: Overview, deadline: datetime.date | None, changes: list[datetime.date]
) -> list[datetime.date]:
    first, day = overview.programme.baseline_date, overview.as_of
    days = {first, day, *(change for change in changes if change > first)}
    if deadline is not None and deadline > first:
        days.add(deadline)
    last = max(days)
    days.update(end for end in _month_ends(first, last))
    return sorted(on for on in days if on >= min(first, day))


def _month_ends(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Return the last ends of months between the days: no more than the table shows."""
    months = range(first.year * MONTHS + first.month - 1, last.year * MONTHS + last.month)
    ends = [_last_of(*divmod(month, MONTHS)) for month in months[-MONTHS_SHOWN:]]
    return [end for end in ends if first <= end <= last]


def _last_of(year: int, month: int) -> datetime.date:
    """Return the last day of a month, counted from 0."""
    return datetime.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _ends_month(day: datetime.date) -> bool:
    return day == _last_of(day.year, day.month - 1)


def _burn_down(
    overview: Overview, card: Card, series: list[list[Any]], deadline: datetime.date | None
) -> BurnDown:
    as_of = overview.as_of
    points = [
        Point(on := datetime.date.fromordinal(ordinal), planned, actual, on <= as_of)
        for ordinal, planned, actual in series
    ]
    values = {point.day: point.actual for point in points}
    days = sorted(values)
    changed = [
        later
        for earlier, later in pairwise(days)
        if values[later] is not None and values[later] != values[earlier]
    ]
    target = target_of(card)
    tally = card.figures.planned
    return BurnDown(
        programme=overview.programme,
        card=card,
        as_of=as_of,
        deadline=deadline,
        target=target,
        points=points,
        forecast=forecast_of(
            Known(lambda on: _value_on(values, days, on), changed),
            baseline_date=overview.programme.baseline_date,
            as_of=as_of,
            deadline=deadline,
            target=target,
            floor=None if tally.missing_in_state else tally.in_state,
        ),
    )


def _value_on(
    values: Mapping[datetime.date, int | None], days: list[datetime.date], on: datetime.date
) -> int | None:
    """Return the value of the last day of change up to ``on``."""
    before = [day for day in days if day <= on]
    return values[before[-1]] if before else None


def target_of(card: Card) -> int | None:
    """Return the largest number that keeps the rule of ``card``: what its limit leaves."""
    limit = card.target
    if limit is None or limit.numerator is None:
        return None
    if not limit.is_share:
        return limit.numerator
    baseline = card.declared if card.judged_on_declared else card.figures.baseline
    if not baseline or card.figures.planned.missing_baseline:
        return None
    return baseline - least_for(limit, baseline)

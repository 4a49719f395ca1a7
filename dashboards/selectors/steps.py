"""Numbers that change on days, and which plan's decisions counted from when to when."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from consolidation.selectors.plans import carried_out_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from consolidation.models import MergePlan

NEVER = datetime.date.max
ALWAYS = datetime.date.min


class Span(NamedTuple):
    """The days from ``start`` up to, but without, ``end``."""

    start: datetime.date
    end: datetime.date


Windows = dict[int, list[Span]]
"""By plan, the spans in which its confirmed decisions make up the actual state."""


def windows_of(handed_in: Sequence[MergePlan]) -> Windows:
    """Return when each plan counts in fact: what ``carried_out_of`` says, for all days at once."""
    days = sorted({plan.submitted_on for plan in handed_in if plan.submitted_on is not None})
    windows: Windows = {}
    for start, end in pairwise([ALWAYS, *days, NEVER]):
        for plan in carried_out_of(handed_in, start).values():
            spans = windows.setdefault(plan.pk, [])
            if spans and spans[-1].end == start:
                spans[-1] = Span(spans[-1].start, end)
            else:
                spans.append(Span(start, end))
    return windows


class Steps:
    """A number that changes by whole steps on certain days."""

    def __init__(self, start: int = 0) -> None:
        """Begin with ``start``."""
        self._start = start
        self._changes: dict[datetime.date, int] = {}
        self._summed: tuple[list[datetime.date], list[int]] | None = None

    def add(self, number: int, *spans: Span) -> None:
        """Add ``number`` during what all of ``spans`` have in common."""
        start = max(span.start for span in spans)
        end = min(span.end for span in spans)
        if start < end and number:
            for day, change in ((start, number), (end, -number)):
                if day != NEVER:
                    self._changes[day] = self._changes.get(day, 0) + change
            self._summed = None

    def at(self, day: datetime.date) -> int:
        """Return the number on ``day``."""
        days, values = self._sums()
        place = bisect_right(days, day)
        return values[place - 1] if place else self._start

    def days(self) -> list[datetime.date]:
        """Return the days on which the number changes, in order."""
        return self._sums()[0]

    def _sums(self) -> tuple[list[datetime.date], list[int]]:
        if self._summed is None:
            days = sorted(day for day, change in self._changes.items() if change)
            values, number = [], self._start
            for day in days:
                number += self._changes[day]
                values.append(number)
            self._summed = days, values
        return self._summed


class Decided(NamedTuple):
    """One decision on a record: of which plan, what it does, and when it was confirmed."""

    plan_id: int
    moves: bool
    confirmed_on: datetime.date | None


def moved_in(
    decisions: Sequence[Decided], windows: Windows, *, all_of_them: bool
) -> Iterator[Span]:
    """Yield when a record that several owners decide on has gone (``all_of_them``) or has come.

    It goes once every decision that counts is confirmed and takes it away, and comes with the
    first that brings it: how the rows of the state are counted.
    """
    spans = {one.plan_id: windows.get(one.plan_id, []) for one in decisions}
    for part in pairwise(_bounds(decisions, spans)):
        day = part[0]
        counting = [
            one.moves and one.confirmed_on is not None and one.confirmed_on <= day
            for one in decisions
            if any(span.start <= day < span.end for span in spans[one.plan_id])
        ]
        if counting and (all(counting) if all_of_them else any(counting)):
            yield Span(*part)


def _bounds(decisions: Iterable[Decided], spans: Mapping[int, list[Span]]) -> list[datetime.date]:
    days = {ALWAYS, NEVER}
    days.update(one.confirmed_on for one in decisions if one.confirmed_on is not None)
    days.update(day for some in spans.values() for span in some for day in span)
    return sorted(days)

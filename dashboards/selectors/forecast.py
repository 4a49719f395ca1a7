"""What a count will be at the deadline if the pace of the last months lasts.

As precise as the data bears: whole records, and a range between the pace of the last three and of
the last six months. Where fewer days than ``DAYS_NEEDED`` brought a change there is no pace, and
where figures are lacking there is none either; the reason is told instead.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_stubs_ext import StrOrPromise

PACES = (90, 180)
"""The last so many days give a pace each."""

DAYS_NEEDED = 3
"""On so many days at least the count must have changed within a pace's days."""


class Outlook(models.TextChoices):
    """What a forecast says of the target."""

    ON_COURSE = "met", _("On course")
    OPEN = "unknown", _("Uncertain")
    SHORT = "not_met", _("Falls short")


class Pace(NamedTuple):
    """How much the count fell in the last ``days`` days, and what it comes to at the deadline."""

    since: datetime.date
    days: int
    before: int
    now: int
    expected: int

    @property
    def fell(self) -> int:
        """By how much it fell; negative where it grew."""
        return self.before - self.now


@dataclass(frozen=True)
class Forecast:
    """A count at the deadline by the pace so far, between ``low`` and ``high``; or why not.

    ``floor`` is what the plans leave: what no plan foresees to go is not expected to.
    """

    paces: tuple[Pace, ...] = ()
    days_left: int = 0
    floor: int | None = None
    target: int | None = None
    deadline: datetime.date | None = None
    reason: StrOrPromise = ""

    @property
    def is_made(self) -> bool:
        """Whether there is a forecast."""
        return bool(self.paces)

    @property
    def low(self) -> int:
        """The lower end."""
        return min(pace.expected for pace in self.paces)

    @property
    def high(self) -> int:
        """The upper end."""
        return max(pace.expected for pace in self.paces)

    @property
    def outlook(self) -> Outlook | None:
        """Whether both ends reach the target, neither, or only the lower."""
        if self.target is None or not self.paces:
            return None
        if self.high <= self.target:
            return Outlook.ON_COURSE
        return Outlook.SHORT if self.low > self.target else Outlook.OPEN


class Known(NamedTuple):
    """A count over time: its value on a day (``None``: not known), and the days of change."""

    at: Callable[[datetime.date], int | None]
    changed: Sequence[datetime.date]


def forecast_of(
    count: Known,
    *,
    baseline_date: datetime.date,
    as_of: datetime.date,
    deadline: datetime.date | None,
    target: int | None,
    floor: int | None,
) -> Forecast:
    """Return what ``count`` comes to at ``deadline``, or why that cannot be said."""
    if deadline is None:
        return Forecast(reason=_("the programme sets no day by which all is to be carried out"))
    if as_of >= deadline:
        return Forecast(reason=_("the deadline has passed"))
    now = count.at(as_of)
    if now is None:
        return Forecast(reason=_("figures are missing, so the count is not known"))
    left = (deadline - as_of).days
    before = max(0, (as_of - baseline_date).days)
    paces = [
        pace
        for days in PACES
        if (pace := _pace(count, now, as_of - datetime.timedelta(min(days, before)), as_of))
    ]
    if not paces:
        return Forecast(
            reason=text(
                _("it changed on fewer than {needed} days in the last {days} days"),
                needed=DAYS_NEEDED,
                days=max(PACES),
            )
        )
    expected = tuple(pace._replace(expected=_expected(pace, left, floor)) for pace in paces)
    return Forecast(expected, left, floor, target, deadline)


def _pace(count: Known, now: int, since: datetime.date, as_of: datetime.date) -> Pace | None:
    changes = sum(since < day <= as_of for day in count.changed)
    before = count.at(since)
    if changes < DAYS_NEEDED or before is None:
        return None
    return Pace(since, (as_of - since).days, before, now, 0)


def _expected(pace: Pace, left: int, floor: int | None) -> int:
    """Return the count at the deadline; a fraction of a record is not taken for gone."""
    expected = pace.now - pace.fell * left // pace.days
    least = 0 if floor is None else min(floor, pace.now)
    return max(expected, least)

"""Whether departments answer in time: taken up (领办), and reported on each month (上报)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.models import Task
from followup.selectors.lights import days_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from followup.selectors.lights import Clock
    from zones.models import Department


@dataclass(frozen=True)
class Answering:
    """How a task is answered on a day.

    ``accept_late`` are the days by which taking it up is late; ``unreported`` the departments
    that have not reported on ``period``, the last month whose report is due.
    """

    accept_late: int
    period: datetime.date | None
    unreported: tuple[Department, ...]


def period_due(day: datetime.date, report_day: int | None) -> datetime.date | None:
    """Return the first day of the last month whose report is due before ``day``; none if never.

    A month is reported on by its own ``report_day``; from the day after, a missing report is late.
    """
    if report_day is None:
        return None
    first = day.replace(day=1)
    if day.day > report_day:
        return first
    return days_after(first, -1).replace(day=1)


def answering_of(task: Task, departments: Sequence[Department], clock: Clock) -> Answering:
    """Return how ``task`` is answered on the clock's day; its notes are read already."""
    settings = clock.settings
    if task.handed_out_on is None:
        return Answering(0, None, ())
    accept_late = 0
    if task.state == Task.State.HANDED_OUT:
        accept_late = max(0, (clock.day - task.handed_out_on).days - settings.accept_days)
    period = period_due(clock.day, settings.report_day)
    if (
        task.state not in {Task.State.UNDER_WAY, Task.State.RETURNED}
        or period is None
        or settings.report_day is None
        # Handed out after the report of that month was due: the first one is the next.
        or task.handed_out_on > period.replace(day=settings.report_day)
    ):
        return Answering(accept_late, None, ())
    told = {
        note.department_id
        for note in task.notes.all()
        if note.period is not None and note.period >= period
    }
    return Answering(accept_late, period, tuple(one for one in departments if one.pk not in told))

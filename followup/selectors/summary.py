"""How many items there are: by light, and by who is responsible."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from consolidation.checks.base import Scope as Owner
from consolidation.models import Task
from consolidation.selectors.plans import owners_of
from followup.selectors.lights import Light
from followup.selectors.parts import DEPARTMENT, by_department, parts, tallied
from followup.selectors.shape import Wanted, reach_of
from followup.selectors.sources import tasks_within
from zones.models import Department

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import Programme
    from followup.selectors.lights import Clock
    from followup.selectors.shape import Reach
    from zones.models import Division


@dataclass
class Numbers:
    """How many items have each light, and how many of the red ones are overdue."""

    by_light: Counter[str] = field(default_factory=Counter)
    overdue: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row of a tally."""
        self.by_light[row["light"]] += row["n"]
        self.overdue += row["n"] if row["overdue"] else 0

    def of(self, lights: Iterable[str]) -> int:
        """Return how many items have one of ``lights``."""
        return sum(self.by_light[light] for light in lights)

    @property
    def total(self) -> int:
        """All of them."""
        return self.by_light.total()

    @property
    def presses(self) -> bool:
        """Whether anything is red or amber."""
        return bool(self.by_light[Light.RED] or self.by_light[Light.AMBER])

    def cells(self) -> list[tuple[Light, int]]:
        """Return each light with its number, in their order."""
        return [(light, self.by_light[light]) for light in Light]


@dataclass
class Line:
    """One responsible party: its name, how the address names it, its numbers."""

    name: str
    parameter: str
    value: str
    numbers: Numbers = field(default_factory=Numbers)


@dataclass
class Summary:
    """What is due, counted: all of it, by division, by department."""

    numbers: Numbers
    divisions: list[Line]
    departments: list[Line]


def summarised(
    programme: Programme,
    clock: Clock,
    reach: Reach,
    wanted: Wanted,
    *,
    owners: Sequence[Division],
    departments: Sequence[Department],
) -> Summary:
    """Return the numbers of what ``wanted`` asks for, in one query over all of it."""
    numbers = Numbers()
    lines = {
        (False, owner.pk): Line(str(Owner(owner).label), "division", owner.code) for owner in owners
    } | {(True, one.pk): Line(str(one), "department", str(one.pk)) for one in departments}
    found = parts(programme, clock, reach, wanted)
    for row in tallied(found, by_department(programme, clock, reach, wanted)):
        is_department = row["item_kind"] == DEPARTMENT
        if not is_department:
            numbers.add(row)
        line = lines.get((is_department, row["owner"]))
        if line is not None:
            line.numbers.add(row)
    counted = [(key, line) for key, line in lines.items() if line.numbers.total]
    return Summary(
        numbers,
        _pressing_first(line for (is_department, _pk), line in counted if not is_department),
        _pressing_first(line for (is_department, _pk), line in counted if is_department),
    )


def _pressing_first(lines: Iterable[Line]) -> list[Line]:
    return sorted(
        lines,
        key=lambda line: (
            -line.numbers.overdue,
            -line.numbers.by_light[Light.RED],
            -line.numbers.by_light[Light.AMBER],
        ),
    )


def owners_in(programme: Programme, reach: Reach) -> list[Division]:
    """Return the owners whose items ``reach`` covers."""
    if reach.only_tasks:
        return []
    return [owner for owner in owners_of(programme) if reach.scope.covers(owner.pk)]


def departments_in(programme: Programme, reach: Reach) -> list[Department]:
    """Return the departments that have a task in ``reach``; a department sees only itself."""
    own = {"pk": reach.department_id} if reach.only_tasks else {}
    tasks = tasks_within(programme, reach)
    through = Task.departments.through.objects.filter(task__in=tasks.values("pk"))
    return list(Department.objects.filter(pk__in=through.values("department"), **own))


def overdue_for(user: User, programme: Programme, clock: Clock) -> int:
    """Return how many items that ``user`` sees are overdue, in one query."""
    wanted = Wanted(lights=(Light.RED.value,), overdue_only=True)
    found = tallied(parts(programme, clock, reach_of(user), wanted))
    return sum(row["n"] for row in found)


def reminders_visible_to(programme: Programme, reach: Reach, log: QuerySet[Any]) -> QuerySet[Any]:
    """Return the reminders of ``log`` about items in ``reach``."""
    found = log.filter(programme=programme)
    if reach.scope.nothing:
        return found.none()
    if reach.scope.is_city and not reach.only_tasks:
        return found
    tasks = tasks_within(programme, reach).values("pk")
    if reach.only_tasks:
        return found.filter(kind="task", item__in=tasks)
    return found.filter(division=reach.scope.division_id)

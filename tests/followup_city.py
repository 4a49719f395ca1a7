"""A small city with something of each kind that is due, for the tests of follow-up."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from consolidation.models import ExecutionStep, MergePlan, Task
from platforms_portal.access import Role
from tests import factories as make

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.models import Programme
    from zones.models import Department, Division

DAY = make.AS_OF


def in_days(days: int) -> datetime.date:
    """Return the day that is ``days`` after the programme's day."""
    return DAY + datetime.timedelta(days=days)


@dataclass
class City:
    """A programme whose divisions carry out, and a department with tasks."""

    programme: Programme
    department: Department
    divisions: list[Division] = field(default_factory=list)
    plans: list[MergePlan] = field(default_factory=list)
    people: dict[str, User] = field(default_factory=dict)

    def url(self, name: str, *more: Any, **asked: str) -> str:
        """Return an address of the programme."""
        query = "&".join(f"{key}={value}" for key, value in asked.items())
        address = reverse(name, args=[self.programme.code, *more])
        return f"{address}?{query}" if query else address

    def step(self, days: int | None, *, of: int = 0, **fields: Any) -> ExecutionStep:
        """Return a new step of a new platform, planned ``days`` after the programme's day."""
        platform = make.make_platform(self.programme, self.divisions[of])
        decision = make.dispose(self.plans[of], platform, "abolish")
        planned = None if days is None else in_days(days)
        return ExecutionStep.objects.create(
            **{"disposition": decision, "title": "撤销批文", "planned_on": planned, **fields}
        )

    def task(self, days: int | None = None, **fields: Any) -> Task:
        """Return a new task of the department, due ``days`` after the programme's day."""
        number = Task.objects.count() + 1
        task = Task.objects.create(
            **{
                "programme": self.programme,
                "clause": f"方案({number})",
                "title": f"任务{number}",
                "due_on": None if days is None else in_days(days),
                **fields,
            }
        )
        task.departments.add(self.department)
        return task


def add_division(city: City, state: str = MergePlan.State.APPROVED) -> Division:
    """Add a division with a platform, a plan and its people."""
    division = make.make_division(city.programme)
    make.make_platform(city.programme, division)
    city.divisions.append(division)
    city.plans.append(make.make_plan(city.programme, division, state))
    return division


def build() -> City:
    """Return a city of one division that carries out and one other."""
    programme = make.make_programme()
    city = City(programme, make.make_department(programme))
    own, other = add_division(city), add_division(city)
    city.people = {
        "official": make.make_user(Role.DISTRICT_OFFICIAL, division=own),
        "leader": make.make_user(Role.DISTRICT_LEADER, division=own),
        "other": make.make_user(Role.DISTRICT_OFFICIAL, division=other),
        "reviewer": make.make_user(Role.COMMISSION_REVIEWER),
        "department": make.make_user(Role.COUNTERSIGNER, department=city.department),
        "analyst": make.make_user(Role.ANALYST),
    }
    return city

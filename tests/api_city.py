"""A small city for the tests of the API: two districts, each with one of everything."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rest_framework.test import APIClient

from accounts.models import User
from consolidation.models import MergePlan, Programme, RetainedPlatform, Task
from platforms_portal.access import Countersigns, Role
from tests import factories as make
from zones.models import Division, ManagementBody, Plate, Platform

API = "/api/v1/"

_numbers = itertools.count(1)


def _code() -> str:
    """Return the next code; of equal length, so that the order of the codes is that of making."""
    return f"A{next(_numbers):06}"


@dataclass
class District:
    """A district with platforms, a plan that counts, and a later draft."""

    division: Division
    retained: RetainedPlatform
    stays: Platform
    goes: Platform
    body: ManagementBody
    body_goes: ManagementBody
    plate: Plate
    plan: MergePlan
    draft: MergePlan
    keys: dict[str, int] = field(default_factory=dict)
    draft_keys: dict[str, int] = field(default_factory=dict)


@dataclass
class City:
    """The programme and its two districts."""

    programme: Programme
    own: District
    other: District
    task: Task
    foreign_task: Task


def build() -> City:
    """Make the city."""
    programme = make.make_programme()
    own, other = add_district(programme), add_district(programme)
    department = make.make_department(programme, countersigns=Countersigns.BODIES)
    task = Task.objects.create(
        programme=programme, clause="三", title="精简数量", due_on=datetime.date(2021, 1, 31)
    )
    task.departments.add(department)
    foreign_task = Task.objects.create(programme=programme, clause="四", title="精简编制", order=2)
    foreign_task.departments.add(make.make_department(programme))
    return City(programme, own, other, task, foreign_task)


def add_district(programme: Programme) -> District:
    """Add a district that keeps one platform and body, and merges the others into them."""
    division = make.make_division(programme)
    stays = make.make_platform(programme, division, code=_code(), approved_area=Decimal("12.3400"))
    goes = make.make_platform(programme, division, code=_code(), is_placeholder=True)
    body = make.make_body(programme, division, stays)
    body_goes = make.make_body(programme, division, goes)
    plate = make.make_plate(programme, stays)
    retained = make.make_retained(programme, stays)
    plan = make.make_plan(programme, division, MergePlan.State.APPROVED)
    draft = make.make_plan(programme, division, MergePlan.State.DRAFT, version=2)
    district = District(division, retained, stays, goes, body, body_goes, plate, plan, draft)
    heads = [*make.count_heads(body, 10, 5, 2), *make.count_heads(body_goes, 4, 0, 1)]
    district.keys = {"staffing/head-counts": heads[0].pk, **_decide(district, plan)}
    district.draft_keys = _decide(district, draft)
    district.keys |= {
        "platforms": stays.pk,
        "bodies": body.pk,
        "plates": plate.pk,
        "retained-platforms": retained.pk,
        "plans": plan.pk,
    }
    district.draft_keys["plans"] = draft.pk
    return district


def _decide(district: District, plan: MergePlan) -> dict[str, int]:
    """Fill a plan; return the key of one record of each kind."""
    make.dispose(plan, district.stays, "upgrade")
    merged = make.dispose(plan, district.goes, "merge", target=district.stays)
    kept = make.dispose_body(plan, district.body, "keep", serves=district.stays)
    make.dispose_body(plan, district.body_goes, "abolish")
    plate = make.dispose_plate(plan, district.plate, "keep", carrier=district.stays)
    planned = make.plan_heads(plan, district.body, 12, 5, 2)
    moved = make.move(plan, district.body_goes, "administrative", 2, to_body=district.body)
    return {
        "dispositions": merged.pk,
        "body-dispositions": kept.pk,
        "plate-dispositions": plate.pk,
        "staffing/staff-plans": planned[0].pk,
        "staffing/redeployments": moved.pk,
    }


def people(city: City) -> dict[str, User]:
    """Make an account of every kind."""
    departments = {
        part: make.make_department(city.programme, countersigns=part) for part in Countersigns
    }
    return {
        "official": make.make_user(Role.DISTRICT_OFFICIAL, division=city.own.division),
        "leader": make.make_user(Role.DISTRICT_LEADER, division=city.own.division),
        "reviewer": make.make_user(Role.COMMISSION_REVIEWER),
        "signs nothing": make.make_user(
            Role.COUNTERSIGNER, department=departments[Countersigns.NOTHING]
        ),
        "signs bodies": make.make_user(
            Role.COUNTERSIGNER, department=departments[Countersigns.BODIES]
        ),
        "signs people": make.make_user(
            Role.COUNTERSIGNER, department=departments[Countersigns.PEOPLE]
        ),
        "analyst": make.make_user(Role.ANALYST),
        "auditor": make.make_user(Role.AUDITOR),
        "administrator": make.make_user(Role.ADMINISTRATOR),
        "without a role": make.make_user("retired"),
    }


def client_of(user: User | None = None) -> APIClient:
    """Return a client of ``user``, or of a stranger."""
    client = APIClient()
    if user is not None:
        client.force_authenticate(user)
    return client


def answer_to(user: User | None, path: str, **parameters: Any) -> Any:
    """Return the body of a successful answer."""
    response = client_of(user).get(API + path, parameters)
    assert response.status_code == 200, response.content.decode()
    return response.json()

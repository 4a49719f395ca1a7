"""Builders for tests: a small city in a few lines. Each call makes one valid record.

Names are numbered, so that records are told apart; every argument can be given by the test.
"""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from accounts.models import User
from consolidation.models import (
    BodyDisposition,
    Deadline,
    Disposition,
    MergePlan,
    PlateDisposition,
    Programme,
    Quota,
    RetainedPlatform,
    Target,
)
from consolidation.models.programmes import StaffCategory
from platforms_portal.access import Role
from staffing.models import HeadCount, Redeployment, StaffPlan
from zones.models import (
    Adjacency,
    BodyPlatform,
    Department,
    Division,
    Ledger,
    Level,
    ManagementBody,
    Origin,
    Plate,
    Platform,
)

BASELINE = datetime.date(2018, 12, 31)
AS_OF = datetime.date(2021, 3, 31)
SUBMITTED = datetime.date(2020, 12, 1)
PASSWORD = "correct-horse-battery"

_numbers = itertools.count(1)

RULE_LINES: dict[tuple[str, str], tuple[int | None, int]] = {
    ("R01", "retained_max"): (17, 1),
    ("R01", "ceiling"): (19, 1),
    ("R02", "bodies_cut_min"): (60, 100),
    ("R03", "staff_cut_min"): (30, 100),
    ("R04", ""): (None, 1),
    ("R05", "sub_areas_max"): (2, 1),
    ("R05", "parcels_max"): (1, 1),
    **{(f"R{number:02}", ""): (None, 1) for number in (6, 7, 8, 9, 10, 11, 13, 14, 15)},
    ("R12", "industries_max"): (3, 1),
    **{(f"R{number:02}", ""): (None, 1) for number in (16, 17, 18, 19)},
    ("R20", "high_level_min"): (6, 1),
}


def make_programme(*, targets: bool = True, **fields: Any) -> Programme:
    """A city without divisions and with every rule on, at Hangzhou's thresholds."""
    number = next(_numbers)
    city = fields.pop("division", None) or Division.objects.create(
        code=f"{900000 + number}",
        name=f"示例市{number}",
        name_en=f"Sample City {number}",
        level=Division.Level.MUNICIPAL,
    )
    ledger = fields.pop("ledger", None) or Ledger.objects.create(
        code=f"ledger-{number}", name=f"台账{number}", division=city
    )
    programme = Programme.objects.create(
        **{
            "code": f"city-{number}",
            "name": f"示例行动{number}",
            "name_en": f"Sample programme {number}",
            "division": city,
            "ledger": ledger,
            "baseline_date": BASELINE,
            "as_of_default": AS_OF,
            "exempt_titles": ["党工委书记", "主任", "纪工委书记"],
            **fields,
        }
    )
    if targets:
        for (rule, name), (numerator, denominator) in RULE_LINES.items():
            Target.objects.create(
                programme=programme,
                rule=rule,
                name=name,
                numerator=numerator,
                denominator=denominator,
                clause="三",
            )
        for kind, day in (
            (Deadline.Kind.MUNICIPAL_PLAN, datetime.date(2020, 9, 30)),
            (Deadline.Kind.DIVISION_PLAN, datetime.date(2020, 12, 31)),
            (Deadline.Kind.COMPLETION, datetime.date(2021, 6, 30)),
        ):
            Deadline.objects.create(programme=programme, kind=kind, due_on=day)
    return programme


def make_division(programme: Programme, *, quota: int | None = 1, **fields: Any) -> Division:
    """A district of the programme's city, with a quota."""
    number = next(_numbers)
    division = Division.objects.create(
        **{
            "code": f"{910000 + number}",
            "name": f"示例区{number}",
            "name_en": f"Sample District {number}",
            "parent": programme.division,
            **fields,
        }
    )
    if quota is not None:
        Quota.objects.create(programme=programme, division=division, base=quota)
    return division


def make_adjacent(one: Division, other: Division) -> None:
    """Two divisions that border on each other."""
    Adjacency.objects.create(division=one, neighbour=other)
    Adjacency.objects.create(division=other, neighbour=one)


def make_platform(programme: Programme, division: Division, **fields: Any) -> Platform:
    """A district-level platform of the ledger."""
    number = next(_numbers)
    return Platform.objects.create(
        **{
            "ledger": programme.ledger,
            "code": f"P{number}",
            "name": f"示例平台{number}",
            "level": Level.DISTRICT,
            "division": division,
            **fields,
        }
    )


def make_body(
    programme: Programme, division: Division, *platforms: Platform, **fields: Any
) -> ManagementBody:
    """A management body of the ledger, with one team, that manages ``platforms``."""
    number = next(_numbers)
    body = ManagementBody.objects.create(
        **{
            "ledger": programme.ledger,
            "code": f"B{number}",
            "name": f"示例管委会{number}",
            "division": division,
            "leadership_teams": 1,
            **fields,
        }
    )
    for platform in platforms:
        BodyPlatform.objects.create(body=body, platform=platform)
    return body


def make_plate(programme: Programme, platform: Platform, **fields: Any) -> Plate:
    """A national plate on ``platform``."""
    number = next(_numbers)
    return Plate.objects.create(
        **{
            "ledger": programme.ledger,
            "code": f"G{number}",
            "title": f"示例牌子{number}",
            "level": Level.NATIONAL,
            "platform": platform,
            **fields,
        }
    )


def make_retained(programme: Programme, platform: Platform, **fields: Any) -> RetainedPlatform:
    """An entry on the programme's list of retained platforms."""
    return RetainedPlatform.objects.create(
        **{"programme": programme, "platform": platform, "sequence": next(_numbers), **fields}
    )


def make_founded(programme: Programme, division: Division, **fields: Any) -> Platform:
    """A platform that the programme founds; not in the baseline."""
    return make_platform(programme, division, origin=Origin.FOUNDED, **fields)


def make_plan(
    programme: Programme,
    division: Division,
    state: str = MergePlan.State.SUBMITTED,
    **fields: Any,
) -> MergePlan:
    """A plan of ``division``, submitted in time unless it is a draft."""
    submitted = None if state == MergePlan.State.DRAFT else SUBMITTED
    return MergePlan.objects.create(
        **{
            "programme": programme,
            "division": division,
            "state": state,
            "submitted_on": submitted,
            "first_submitted_on": submitted,
            **fields,
        }
    )


def dispose(plan: MergePlan, platform: Platform, kind: str, **fields: Any) -> Disposition:
    """What the plan makes of a platform; a transformation is named unless the test says not."""
    if kind == Disposition.Kind.TRANSFORM:
        fields.setdefault("transform_into", "特色小镇")
    return Disposition.objects.create(plan=plan, platform=platform, kind=kind, **fields)


def dispose_body(
    plan: MergePlan, body: ManagementBody, fate: str, **fields: Any
) -> BodyDisposition:
    """What the plan makes of a body; a body that goes on has one team."""
    if fate != BodyDisposition.Fate.ABOLISH:
        fields.setdefault("leadership_teams", 1)
    return BodyDisposition.objects.create(plan=plan, body=body, fate=fate, **fields)


def dispose_plate(plan: MergePlan, plate: Plate, fate: str, **fields: Any) -> PlateDisposition:
    """What the plan makes of a plate."""
    return PlateDisposition.objects.create(plan=plan, plate=plate, fate=fate, **fields)


def count_heads(
    body: ManagementBody, *numbers: int | None, day: datetime.date = BASELINE, **fields: Any
) -> list[HeadCount]:
    """Staff on post in the three categories; fewer numbers leave the last categories out."""
    return [
        HeadCount.objects.create(
            body=body, category=category, counted_on=day, on_post=number, **fields
        )
        for category, number in zip(StaffCategory.values, numbers, strict=False)
    ]


def plan_heads(plan: MergePlan, body: ManagementBody, *numbers: int | None) -> list[StaffPlan]:
    """Planned staff on post in the three categories."""
    return [
        StaffPlan.objects.create(plan=plan, body=body, category=category, on_post=number)
        for category, number in zip(StaffCategory.values, numbers, strict=False)
    ]


def move(
    plan: MergePlan, body: ManagementBody, category: str, people: int, **fields: Any
) -> Redeployment:
    """People who leave a body; to the departments of the district unless the test says else."""
    to_body = fields.get("to_body")
    default = Redeployment.Destination.BODY if to_body else Redeployment.Destination.DEPARTMENT
    return Redeployment.objects.create(
        **{
            "plan": plan,
            "body": body,
            "category": category,
            "people": people,
            "destination": default,
            **fields,
        }
    )


def make_department(programme: Programme, **fields: Any) -> Department:
    """A department of the programme's city."""
    return Department.objects.create(
        **{"division": programme.division, "name": f"示例部门{next(_numbers)}", **fields}
    )


def make_user(role: str = Role.COMMISSION_REVIEWER, **fields: Any) -> User:
    """An account that can sign in with ``PASSWORD``."""
    username = fields.pop("username", f"user{next(_numbers)}")
    return User.objects.create_user(username=username, password=PASSWORD, role=role, **fields)

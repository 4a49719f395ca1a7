"""Where a number comes from: every record of the baseline is either counted or left out, with a reason."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consolidation.models import Disposition, MergePlan, Programme
from platforms_portal.access import Role
from tests import factories as make

pytestmark = pytest.mark.django_db

CONFIRMED = datetime.date(2021, 3, 1)
KIND = Disposition.Kind


@pytest.fixture
def programme() -> Programme:
    """Two owners: one whose plan merges, transforms, abolishes and forgets; one without a plan."""
    programme = make.make_programme()
    division = make.make_division(programme)
    stays, merged, transformed, abolished, _forgotten = (
        make.make_platform(programme, division) for _ in range(5)
    )
    make.make_retained(programme, stays)
    make.make_retained(programme, make.make_founded(programme, division))
    plan = make.make_plan(programme, division, MergePlan.State.IN_EXECUTION)
    make.dispose(plan, stays, KIND.UPGRADE)
    make.dispose(plan, merged, KIND.MERGE, target=stays, confirmed_on=CONFIRMED)
    make.dispose(plan, transformed, KIND.TRANSFORM)
    make.dispose(plan, abolished, KIND.ABOLISH, confirmed_on=CONFIRMED)
    bodies = [make.make_body(programme, division, one) for one in (stays, merged, abolished)]
    make.dispose_body(plan, bodies[0], "keep")
    make.dispose_body(plan, bodies[1], "abolish", confirmed_on=CONFIRMED)
    make.make_plate(programme, stays)
    other = make.make_division(programme)
    make.make_platform(programme, other)
    return programme


def proof(client: Client, programme: Programme, name: str, **asked: str) -> Any:
    page = client.get(reverse(name, args=[programme.code]), {"counted": "state", **asked})
    assert page.status_code == 200
    return page.context["proof"]


def told(reasons: list[Any]) -> dict[str, int]:
    return {str(reason.label): reason.number for reason in reasons}


@pytest.mark.parametrize("state", ["baseline", "planned", "actual"])
@pytest.mark.parametrize("name", ["platforms", "bodies", "plates"])
def test_every_record_is_counted_or_left_out(
    programme: Programme, client: Client, name: str, state: str
) -> None:
    client.force_login(make.make_user())
    found = proof(client, programme, name, state=state)
    counted = sum(reason.number for reason in found.counted)
    went = sum(reason.number for reason in found.left_out if reason.in_baseline)
    came = sum(reason.number for reason in found.counted if not reason.in_baseline)
    assert counted == found.tally.in_state
    assert (went, came) == (found.tally.went, found.tally.came)
    assert found.tally.baseline - went + came == found.tally.in_state
    assert "其他" not in told(found.reasons)


def test_the_reasons_as_planned(programme: Programme, client: Client) -> None:
    client.force_login(make.make_user())
    found = proof(client, programme, "platforms", state="planned")
    # 保留 one, 新设 one, and the other owner's, whose plan is not in.
    assert told(found.counted) == {
        "本次行动新设（已确认或方案中）": 1,
        "已列入保留平台名单": 1,
        "没有生效的处置决定": 1,
    }
    assert told(found.left_out) == {
        "方案已提交但未作安排": 1,
        "淘汰撤销": 1,
        "转型提升": 1,
        "整合优化": 1,
    }


def test_in_fact_only_what_is_confirmed_is_left_out(programme: Programme, client: Client) -> None:
    client.force_login(make.make_user())
    before = CONFIRMED - datetime.timedelta(days=1)
    found = proof(client, programme, "platforms", state="actual", as_of=before.isoformat())
    assert [reason for reason in found.left_out if reason.in_baseline] == []
    found = proof(client, programme, "platforms", state="actual", as_of=CONFIRMED.isoformat())
    assert found.tally.went == 2


def test_a_district_is_told_of_its_own(programme: Programme, client: Client) -> None:
    other = programme.division.children.exclude(plans__programme=programme).get()
    client.force_login(make.make_user(Role.DISTRICT_OFFICIAL, division=other))
    found = proof(client, programme, "platforms", state="planned")
    assert (found.tally.baseline, found.tally.in_state, found.declared) == (1, 1, None)


def test_people_that_are_not_known_are_told_so(programme: Programme, client: Client) -> None:
    client.force_login(make.make_user())
    page = client.get(reverse("people", args=[programme.code]), {"counted": "state"})
    assert not page.context["proof"].is_known
    assert "未知：缺少基准数据9项" in page.content.decode()


def test_whoever_only_looks_up_a_name_does_not_wait_for_the_count(
    programme: Programme, client: Client
) -> None:
    client.force_login(make.make_user())
    page = client.get(reverse("platforms", args=[programme.code]), {"q": "示"})
    assert "proof" not in page.context
    opened = client.get(page.request["PATH_INFO"] + page.context["proof_url"])
    assert opened.context["proof"].tally.baseline == 6

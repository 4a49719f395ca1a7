"""The dashboards' pages as CSV: the lines of the page, in the reader's language, safe to open."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consolidation.models import Correction, MergePlan, Programme
from platforms_portal.access import Role
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = datetime.date(2021, 3, 31)


@pytest.fixture
def plan() -> MergePlan:
    programme = make.make_programme()
    division = make.make_division(programme, name="=cmd|' /C calc'!A0")
    stays, goes = (make.make_platform(programme, division) for _ in range(2))
    make.make_retained(programme, stays)
    plan = make.make_plan(programme, division, "submitted", submitted_on=DAY)
    make.dispose(plan, stays, "upgrade")
    make.dispose(plan, goes, "merge", target=stays)
    make.make_division(programme)
    return plan


@pytest.fixture
def reviewer(plan: MergePlan) -> Client:
    client = Client()
    client.force_login(make.make_user(Role.COMMISSION_REVIEWER))
    return client


def read(
    client: Client, programme: Programme, name: str, *more: int, **asked: str
) -> list[list[str]]:
    url = reverse(name, args=[programme.code, *more])
    answer = client.get(url, {"export": "csv", "as_of": DAY.isoformat(), **asked})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert ".csv" in answer["Content-Disposition"]
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_queue(reviewer: Client, plan: MergePlan) -> None:
    title, about, headings, line = read(reviewer, plan.programme, "review")
    assert title == [plan.programme.label]
    assert about[1] == "2021-03-31"
    assert headings[0] == "方案"
    # A name that looks like a formula is text.
    assert line[0] == "'=cmd|' /C calc'!A0"
    assert line[3:5] == ["2021-03-31", "0"]


def test_three_columns(reviewer: Client, plan: MergePlan) -> None:
    rows = read(reviewer, plan.programme, "plan-sides", plan.pk)
    merged = next(row for row in rows if "整合优化" in "".join(row))
    target = plan.dispositions.get(kind="merge").target
    assert target is not None
    assert target.name in merged[5]
    assert merged[4] == ""


def test_two_plans_abreast(reviewer: Client, plan: MergePlan) -> None:
    rows = read(reviewer, plan.programme, "plans-abreast")
    (platforms,) = [row for row in rows if row[:1] == ["数量"] and row[1].startswith("平台")]
    assert platforms[2] == "2 → 1"


def test_what_changed(reviewer: Client, plan: MergePlan) -> None:
    merge = plan.dispositions.get(kind="merge")
    merge.confirmed_on = DAY
    merge.save()
    rows = read(reviewer, plan.programme, "changes", state="actual", since="2021-03-01")
    figures = [row for row in rows if row[2:3] == ["平台"] and row[1] == "全市"]
    assert figures[0][3:6] == ["2", "1", "-1"]
    (act,) = [row for row in rows if row[2:3] == [merge.platform.name]]
    assert act[1] == "2021-03-31"
    assert act[5] == "-1"


def test_a_correction_stands_on_its_day_here(reviewer: Client, plan: MergePlan) -> None:
    decided = datetime.datetime(2021, 3, 30, 1, 0, tzinfo=timezone.get_default_timezone())
    user = make.make_user(Role.COMMISSION_REVIEWER)
    correction = Correction.objects.create(
        programme=plan.programme,
        division=plan.division,
        kind="change",
        subject="platform",
        subject_id=plan.dispositions.get(kind="merge").platform_id,
        label="更正",
        reason="核实",
        requested_by=user,
        state=Correction.State.CONFIRMED,
        decided_by=user,
        decided_at=decided,
    )
    rows = read(reviewer, plan.programme, "changes", state="actual", since="2021-03-01")
    (act,) = [row for row in rows if row[2:3] == [correction.label]]
    assert act[1] == "2021-03-30"


def test_a_district_gets_its_own_plan_alone(plan: MergePlan) -> None:
    client = Client()
    other = make.make_division(plan.programme)
    client.force_login(make.make_user(Role.DISTRICT_OFFICIAL, division=other))
    code = plan.programme.code
    assert (
        client.get(reverse("plan-sides", args=[code, plan.pk]), {"export": "csv"}).status_code
        == 404
    )
    assert client.get(reverse("review", args=[code]), {"export": "csv"}).status_code == 403
    assert client.get(reverse("plans-abreast", args=[code]), {"export": "csv"}).status_code == 403

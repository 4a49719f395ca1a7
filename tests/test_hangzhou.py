"""The shipped programme: what the plan says, found by the portal itself, and exact to the last unit."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from consolidation.checks.base import Ratio, Status
from consolidation.models import Disposition, MergePlan, Programme, RetainedPlatform
from consolidation.selectors.counts import COUNTERS, Tally, by_owner, by_today, tallies, total
from consolidation.selectors.plans import effective_plans, owners_of
from consolidation.selectors.state import State, platform_rows, state_view
from platforms_portal.access import Role
from solver.engine.proposal import Proposal
from solver.engine.search import Search
from solver.selectors.reading import Asked, read_situation
from solver.services.solving import disagreements
from solver.services.verifying import findings_with
from staffing.models import HeadCount
from tests.checks.helpers import ask, broken_names
from tests.factories import make_user
from zones.models import Division, Platform

HANGZHOU = Path(__file__).parents[1] / "fixtures" / "hangzhou"

pytestmark = pytest.mark.django_db


@pytest.fixture
def hangzhou() -> Programme:
    call_command("load_programme", str(HANGZHOU), verbosity=0)
    return Programme.objects.get(code="hangzhou")


def test_the_plan_is_in_it_whole(hangzhou: Programme) -> None:
    baseline = total(tallies(state_view(hangzhou, State.BASELINE), "platforms"))
    assert baseline.baseline == hangzhou.declared_platforms == 142
    assert RetainedPlatform.objects.filter(programme=hangzhou).count() == 17
    assert RetainedPlatform.objects.filter(programme=hangzhou, is_provisional=True).count() == 2
    assert not RetainedPlatform.objects.filter(programme=hangzhou, is_sub_area=True).exists()
    assert sum(quota.base + quota.extra for quota in hangzhou.quotas.all()) == 19
    assert len(owners_of(hangzhou)) == 14
    assert hangzhou.tasks.count() == 14
    real = Platform.objects.filter(ledger=hangzhou.ledger, is_placeholder=False)
    assert not real.filter(source="").exists()


def test_the_retained_platforms_are_those_of_the_plan_by_owner(hangzhou: Programme) -> None:
    listed = {
        (entry.platform.division.name, entry.listed_name)
        for entry in hangzhou.retained.select_related("platform__division")
    }
    assert {name for owner, name in listed if owner == "余杭区"} == {
        "余杭经开区",
        "未来科技城",
        "钱江经开区",
    }
    assert {name for owner, name in listed if owner == "建德市"} == {"建德经开区", "建德高新区"}
    assert {name for owner, name in listed if owner == "杭州市"} == {"钱塘新区", "城西科创大走廊"}


def test_it_finds_the_two_broken_quotas_and_names_what_is_open(hangzhou: Programme) -> None:
    assert ask(hangzhou, "R01", aspect="retained_max").actual == Ratio(17)
    assert ask(hangzhou, "R01", aspect="retained_max").status == Status.MET
    owners = {owner.name: owner for owner in owners_of(hangzhou)}
    over = {
        name: (finding.actual.numerator, finding.limit.numerator)
        for name, owner in owners.items()
        if (finding := ask(hangzhou, "R04", owner=owner)).status == Status.NOT_MET
    }
    assert over == {"余杭区": (3, 2), "建德市": (2, 1)}
    city = ask(hangzhou, "R04")
    assert city.actual == Ratio(2)
    assert "正好等于" in str(city.message)
    assert broken_names(city) == {
        "余杭经开区",
        "未来科技城",
        "钱江经开区",
        "建德经开区",
        "建德高新区",
    }


def test_after_the_two_sub_areas_are_designated_no_quota_is_broken(hangzhou: Programme) -> None:
    for name in ("钱江经开区", "建德高新区"):
        entry = hangzhou.retained.get(listed_name=name)
        entry.is_sub_area, entry.designated_on = True, datetime.date(2021, 3, 1)
        entry.save()
    assert ask(hangzhou, "R04").status == Status.MET
    assert ask(hangzhou, "R05", aspect="sub_areas_max").actual == Ratio(2)
    assert ask(hangzhou, "R01", aspect="retained_max").actual == Ratio(17)


def test_bodies_and_staff_of_the_illustration(hangzhou: Programme) -> None:
    """The shipped head counts are placeholders; their sums are recomputed from the files here."""
    day = hangzhou.baseline_date.isoformat()
    staff = sum(
        int(row["on_post"])
        for row in _rows("staff")
        if (row["counted_on"] or day) == day and row["on_post"]
    )
    # 拱墅区 has an open second version, which does not count before it is submitted.
    submitted = [row for row in _rows("staff_plans") if not row["plan"].endswith("#2")]
    planned = sum(int(row["on_post"]) for row in submitted)
    assert ask(hangzhou, "R03").actual == Ratio(staff - planned, staff)
    bodies = [row for row in _rows("bodies") if row["origin"] != "founded"]
    kept = [
        row
        for row in _rows("body_dispositions")
        if row["fate"] in ("keep", "found") and not row["plan"].endswith("#2")
    ]
    assert ask(hangzhou, "R02").actual == Ratio(len(bodies) - len(kept), len(bodies))
    assert ask(hangzhou, "R14").status == Status.MET
    assert all(ask(hangzhou, rule).placeholders for rule in ("R02", "R03"))


def _rows(name: str) -> list[dict[str, str]]:
    with (HANGZHOU / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return [row for row in csv.DictReader(file) if not next(iter(row.values())).startswith("#")]


@pytest.mark.parametrize("rule", ["R06", "R07", "R08", "R09", "R10", "R11", "R13"])
def test_the_illustrated_plans_keep_the_rules_of_structure(hangzhou: Programme, rule: str) -> None:
    assert ask(hangzhou, rule).status == Status.MET


@pytest.mark.parametrize("rule", ["R12", "R16", "R18", "R19"])
def test_what_the_plan_does_not_say_is_unknown(hangzhou: Programme, rule: str) -> None:
    assert ask(hangzhou, rule).status == Status.UNKNOWN


def test_the_known_merges_of_2019_and_the_three_plates_of_qiantang(hangzhou: Programme) -> None:
    qiantang = hangzhou.retained.get(listed_name="钱塘新区").platform
    for name in ("杭州经济技术开发区", "大江东产业集聚区"):
        merged = Disposition.objects.get(platform__name=name, plan__programme=hangzhou)
        assert (merged.kind, merged.target, merged.is_placeholder) == ("merge", qiantang, False)
    summer = state_view(hangzhou, State.ACTUAL, datetime.date(2019, 6, 30))
    rows = {row.name: row.in_state for row in platform_rows(summer)}
    assert not rows["杭州经济技术开发区"]
    assert rows["钱塘新区"]
    national = qiantang.carried_plates.filter(plate__level="national", fate="keep")
    assert national.count() == 3


def test_the_demonstration_shows_plans_in_every_state_and_work_half_done(
    hangzhou: Programme,
) -> None:
    states = set(MergePlan.objects.filter(programme=hangzhou).values_list("state", flat=True))
    # Hangzhou's programme asks for no approval by a division's leader.
    assert states == set(MergePlan.State.values) - {MergePlan.State.LEADER_REVIEW}
    assert len(effective_plans(hangzhou, hangzhou.opens_as_of)) == 14
    for count in COUNTERS:
        planned = total(tallies(state_view(hangzhou, State.PLANNED), count))
        actual = total(tallies(state_view(hangzhou, State.ACTUAL), count))
        assert planned.in_state <= actual.in_state <= actual.baseline + actual.came


def test_no_total_changes_when_the_map_does(hangzhou: Programme) -> None:
    redrawn = datetime.date(2021, 4, 30)
    new: dict[int, Tally] = {}
    for state in State.values:
        for count in COUNTERS:
            counted = tallies(state_view(hangzhou, state), count)
            old, new = by_owner(counted), by_today(counted, redrawn)
            assert sum(t.in_state for t in old.values()) == sum(t.in_state for t in new.values())
    names = set(Division.objects.filter(pk__in=new).values_list("name", flat=True))
    assert {"钱塘区", "临平区"} <= names
    assert not {"江干区", "下城区"} & names


def test_the_solver_names_the_two_sub_areas_and_the_rules_agree(hangzhou: Programme) -> None:
    read = read_situation(Asked(hangzhou, hangzhou.opens_as_of))
    answer = Search(read.situation, seconds=60).run()
    assert (answer.reached["changes"], answer.proven["changes"]) == (2, True)
    assert answer.chosen is not None
    changes = Proposal(read.situation, answer.chosen).changes()
    marked = [change for change in changes if change.subject == "sub_area"]
    names = {owner.pk: owner.name for owner in owners_of(hangzhou)}
    assert {names[change.owner] for change in marked} == {"余杭区", "建德市"}
    # A sub-area keeps no body of its own (R10), so each takes its body with it.
    assert [change.subject for change in changes] == ["sub_area"] * 2 + ["body"] * 2
    after = findings_with(read, changes)
    assert disagreements(read, [], after, changes) == []
    quota = next(finding for finding in after if finding.rule == "R04" and finding.scope.is_city)
    assert (quota.status, quota.actual) == (Status.MET, Ratio(0))
    assert not RetainedPlatform.objects.filter(programme=hangzhou, is_sub_area=True).exists()


def test_the_solver_tells_whose_going_nobody_has_decided(
    hangzhou: Programme, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    """R03 turns to met because two bodies go with their people: the page says so beside it."""
    client.force_login(make_user(Role.COMMISSION_REVIEWER))
    address = reverse("solver", args=[hangzhou.code])
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(address, sent | {"owner": "city"})
    page = client.get(asked["Location"])
    # Those on post at the baseline in the bodies of both platforms that become sub-areas.
    bodies = ["仁和先进制造业基地管理委员会", "建德高新区管理委员会"]
    counts = HeadCount.objects.filter(body__name__in=bodies, counted_on=hangzhou.baseline_date)
    number = counts.aggregate(people=Sum("on_post"))["people"]
    assert page.context["result"]["people"] == number
    assert f"{number}人" in page.content.decode()

"""The city on one screen: its numbers, its links, its tables, and who sees what."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consolidation.checks.base import Status
from consolidation.models import Disposition, MergePlan, Programme, RetainedPlatform
from consolidation.selectors import findings as findings_module
from consolidation.selectors.outcome import Outcome
from dashboards.selectors import flows as flows_module
from platforms_portal.access import Countersigns, Role
from tests import factories as make
from zones.models import DivisionSuccession, Platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from zones.models import Division

pytestmark = pytest.mark.django_db

CONFIRMED = datetime.date(2021, 3, 1)
KIND = Disposition.Kind


@dataclass
class City:
    programme: Programme
    plan: MergePlan
    stays: Platform
    other: Division

    def page(self, client: Client, **asked: str) -> Any:
        return client.get(reverse("city", args=[self.programme.code]), asked)


def add_division(programme: Programme, *, code: str = "") -> tuple[MergePlan, Platform]:
    """A district that keeps one platform, merges two, transforms one, abolishes one, forgets one."""
    division = make.make_division(programme)
    if code:
        division.code = code
        division.save()
    stays, *goes, transformed, abolished, _forgotten = (
        make.make_platform(programme, division) for _ in range(6)
    )
    make.make_retained(programme, stays, listed_name=f"保留{stays.pk}")
    plan = make.make_plan(programme, division, MergePlan.State.IN_EXECUTION)
    make.dispose(plan, stays, KIND.UPGRADE)
    for platform in goes:
        make.dispose(plan, platform, KIND.MERGE, target=stays, confirmed_on=CONFIRMED)
    make.dispose(plan, transformed, KIND.TRANSFORM)
    make.dispose(plan, abolished, KIND.ABOLISH)
    for platform in (stays, *goes):
        body = make.make_body(programme, division, platform)
        make.count_heads(body, 5, 5, 5)
        if platform == stays:
            make.dispose_body(plan, body, "keep", serves=stays)
            make.plan_heads(plan, body, 5, 5, 5)
        else:
            make.dispose_body(plan, body, "abolish", confirmed_on=CONFIRMED)
    return plan, stays


@pytest.fixture
def city() -> City:
    programme = make.make_programme()
    plan, stays = add_division(programme)
    other = make.make_division(programme)
    make.make_platform(programme, other)
    return City(programme, plan, stays, other)


@pytest.fixture
def reviewer(client: Client) -> Client:
    client.force_login(make.make_user())
    return client


def sums(page: Any, key: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in page.context["flows"]:
        found[str(row[key])] = found.get(str(row[key]), 0) + row["number"]
    return found


def listed(client: Client, url: str) -> int:
    """Return how many records the list at ``url`` has."""
    page = client.get(url)
    assert page.status_code == 200, url
    total: int = page.context["total"]
    return total


# --- Flows ----------------------------------------------------------------------------------------


def test_every_platform_of_the_baseline_is_in_one_flow(city: City, reviewer: Client) -> None:
    page = city.page(reviewer, state="planned")
    assert sums(page, "outcome") == {
        str(Outcome.UPGRADE.label): 1,
        str(Outcome.MERGE.label): 2,
        str(Outcome.TRANSFORM.label): 1,
        str(Outcome.ABOLISH.label): 1,
        str(Outcome.UNDECIDED.label): 1,
        str(Outcome.NO_PLAN.label): 1,
    }
    assert page.context["flows_number"] == 7
    page = city.page(reviewer, state="actual")
    assert sums(page, "outcome") == {
        str(Outcome.MERGE.label): 2,
        str(Outcome.NOT_CONFIRMED.label): 3,
        str(Outcome.UNDECIDED.label): 1,
        str(Outcome.NO_PLAN.label): 1,
    }


@pytest.mark.parametrize("state", ["planned", "actual"])
def test_a_flow_opens_exactly_its_platforms(
    city: City, reviewer: Client, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows_module, "RESULTS_SHOWN", 1)
    monkeypatch.setattr(flows_module, "KINDS_SHOWN", 1)
    plan, _stays = add_division(city.programme)
    plan.dispositions.filter(kind=KIND.TRANSFORM).update(transform_into="小微企业园")
    loose = make.make_platform(city.programme, plan.division)
    make.dispose(plan, loose, KIND.TRANSFORM, transform_into="", confirmed_on=CONFIRMED)
    lost = make.make_platform(city.programme, plan.division)
    make.dispose(plan, lost, KIND.MERGE, confirmed_on=CONFIRMED)
    page = city.page(reviewer, state=state)
    for row in page.context["flows"]:
        assert listed(reviewer, row["url"]) == row["number"], row
    chart = page.context["flows_chart"]
    for node in chart["nodes"]:
        assert listed(reviewer, node["url"]) == node["number"], node
    for ribbon in chart["ribbons"]:
        assert listed(reviewer, ribbon["url"]) == ribbon["value"], ribbon
    ends = {node["label"] for node in chart["nodes"]}
    assert {"其他平台", "方案未写明"} <= ends


def test_a_platform_decided_twice_is_counted_once_and_told_so(city: City, reviewer: Client) -> None:
    twice = city.plan.dispositions.get(kind=KIND.ABOLISH).platform
    second = make.make_plan(city.programme, city.other)
    make.dispose(second, twice, KIND.MERGE, target=city.stays)
    page = city.page(reviewer, state="planned")
    assert sums(page, "outcome")[str(Outcome.TWICE.label)] == 1
    assert page.context["flows_number"] == 7
    for row in page.context["flows"]:
        assert listed(reviewer, row["url"]) == row["number"], row


def test_many_owners_are_one_node(
    city: City, reviewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows_module, "OWNERS_SHOWN", 1)
    page = city.page(reviewer)
    assert set(sums(page, "owner")) == {"各归属单位合计"}
    for row in page.context["flows"]:
        assert listed(reviewer, row["url"]) == row["number"]


def test_a_retained_platform_bears_its_name_in_the_list(city: City, reviewer: Client) -> None:
    page = city.page(reviewer)
    name = RetainedPlatform.objects.get(platform=city.stays).listed_name
    assert sums(page, "result")[name] == 3


# --- What the page says ---------------------------------------------------------------------------


def test_the_cards_and_the_strip_are_those_of_the_findings(city: City, reviewer: Client) -> None:
    page = city.page(reviewer, state="actual")
    overview = page.context["overview"]
    for card, burn in page.context["cards"]:
        if burn is not None:
            assert burn.today.actual == card.figures.actual.in_state
            assert burn.points[-1].planned == card.figures.planned.in_state
    strip = {cell.rule: cell for cell in page.context["strip"]}
    assert len(strip) == 20
    for code, cell in strip.items():
        answers = [
            row.cells[2].finding
            for row in overview.board
            if row.rule == code and row.cells[2].finding
        ]
        met = [finding.status == Status.MET for finding in answers]
        assert (cell.status == Status.MET) == (bool(met) and all(met))


def test_a_rule_that_the_programme_leaves_out_is_not_taken_for_kept(client: Client) -> None:
    programme = make.make_programme(targets=False)
    make.make_platform(programme, make.make_division(programme))
    client.force_login(make.make_user())
    page = client.get(reverse("city", args=[programme.code]))
    assert page.status_code == 200
    assert {cell.status for cell in page.context["strip"]} == {None}
    assert "本次行动未设完成时限" in page.content.decode()


@pytest.mark.parametrize("count", ["platforms", "bodies", "plates", "people"])
@pytest.mark.parametrize("of", ["baseline", "today"])
def test_the_divisions_add_up_to_the_city(
    city: City, reviewer: Client, count: str, of: str
) -> None:
    after = make.make_division(city.programme, quota=None, valid_from=CONFIRMED)
    DivisionSuccession.objects.create(
        predecessor=city.other, successor=after, effective_on=CONFIRMED
    )
    page = city.page(reviewer, state="actual", count=count, map=of)
    rows = [bar.row for bar in page.context["bars"]]
    figures = page.context["overview"].city[count]
    assert sum(row.baseline for row in rows) == figures.baseline
    assert sum(row.in_state for row in rows) == figures.actual.in_state


@pytest.mark.parametrize("sort", ["share", "-share", "cut", "-cut", "state", "baseline", "-name"])
def test_the_ranking_is_sorted_as_asked(city: City, reviewer: Client, sort: str) -> None:
    add_division(city.programme)
    page = city.page(reviewer, state="actual", sort=sort)
    rows = [bar.row for bar in page.context["bars"] if bar.row.baseline]
    key: dict[str, Callable[[Any], Any]] = {
        "share": lambda row: Fraction(row.cut, row.baseline),
        "cut": lambda row: row.cut,
        "state": lambda row: row.in_state,
        "baseline": lambda row: row.baseline,
        "name": lambda row: (row.code != city.programme.division.code, row.code),
    }
    shown = [key[sort.removeprefix("-")](row) for row in rows]
    assert shown == sorted(shown, reverse=sort.startswith("-"))


def test_every_number_of_the_page_opens_its_records(city: City, reviewer: Client) -> None:
    page = city.page(reviewer, state="actual", count="platforms")
    text = page.content.decode()
    opened = 0
    for url, shown in re.findall(r'<a href="([^"]*/platforms/\?[^"]*)">\s*([\d,]+)\s*</a>', text):
        assert listed(reviewer, url.replace("&amp;", "&")) == int(shown.replace(",", "")), url
        opened += 1
    assert opened > 10


# --- The map --------------------------------------------------------------------------------------


def hangzhou(client: Client, **asked: str) -> tuple[Any, City]:
    """A city with two of Hangzhou's codes, whatever its own name."""
    programme = make.make_programme(as_of_default=datetime.date(2021, 3, 31))
    plan, stays = add_division(programme, code="330110")
    other = make.make_division(programme, code="330102")
    make.make_platform(programme, other)
    client.force_login(make.make_user())
    city = City(programme, plan, stays, other)
    return city.page(client, **asked), city


def test_the_map_is_found_by_the_codes_of_the_divisions(client: Client) -> None:
    page, city = hangzhou(client, state="actual")
    drawn = page.context["picture"]
    assert drawn.drawing.name == "hangzhou_divisions_2018"
    before, after = drawn.pictures
    numbers = [
        {area.shape.code: area.number for area in one.areas if area.row} for one in (before, after)
    ]
    assert numbers == [{"330110": 6, "330102": 1}, {"330110": 4, "330102": 1}]
    for one in (before, after):
        for area in one.areas:
            if area.row:
                assert listed(client, area.url) == area.number
    assert "示意图" in page.content.decode()
    # The municipal level has no shape, and the page says so.
    assert [row.code for row in drawn.undrawn] == [city.programme.division.code]


def test_todays_map_is_that_of_the_day(client: Client) -> None:
    page, city = hangzhou(client, map="today", as_of="2021-04-09")
    assert page.context["picture"].drawing.name == "hangzhou_divisions_2021"
    assert (
        city.page(client, map="today", as_of="2021-04-08").context["picture"].drawing.name
        == "hangzhou_divisions_2018"
    )


def test_another_city_has_no_map_and_is_told_so(city: City, reviewer: Client) -> None:
    page = city.page(reviewer)
    assert page.context["picture"] is None
    assert "没有这些区县的示意图" in page.content.decode()


# --- Parameters, export, scope --------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "baseline"},
        {"map": "moon"},
        {"count": "cats"},
        {"sort": "luck"},
        {"export": "xlsx"},
        {"as_of": "gestern"},
    ],
)
def test_what_cannot_be_asked_is_told(city: City, reviewer: Client, asked: dict[str, str]) -> None:
    assert city.page(reviewer, **asked).status_code == 400


@pytest.mark.parametrize("day", ["1900-01-01", "2018-12-31", "2019-01-01", "2999-12-31"])
def test_any_day_that_there_is_can_be_asked_for(city: City, reviewer: Client, day: str) -> None:
    page = city.page(reviewer, as_of=day)
    assert page.status_code == 200
    for burn, _id, _summary in page.context["burns"]:
        tally = burn.card.figures.actual
        assert burn.today.actual == (None if tally.missing_in_state else tally.in_state)
        assert len(burn.points) < 100


@pytest.mark.parametrize("name", ["rules", "flows", "divisions", "burn-down"])
def test_each_table_is_exported_as_it_is_shown(city: City, reviewer: Client, name: str) -> None:
    city.programme.name = "=1+1"
    city.programme.save()
    answer = city.page(reviewer, export=name)
    assert answer["Content-Type"].startswith("text/csv")
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    assert "'=1+1" in text
    assert len(text.splitlines()) > 2


def test_the_export_of_the_flows_adds_up(city: City, reviewer: Client) -> None:
    lines = city.page(reviewer, export="flows").getvalue().decode().splitlines()[2:]
    assert sum(int(line.rsplit(",", 1)[1]) for line in lines) == 7


def test_a_district_sees_the_city_and_its_own_division(city: City, client: Client) -> None:
    client.force_login(make.make_user(Role.DISTRICT_OFFICIAL, division=city.plan.division))
    page = city.page(client)
    assert page.context["flows_number"] == 6
    assert [bar.row.code for bar in page.context["bars"]] == [city.plan.division.code]
    cards = {card.counter.name: card.figures.baseline for card, _burn in page.context["cards"]}
    assert cards["platforms"] == 7
    text = page.content.decode()
    assert city.other.name not in text
    # The city's numbers lead to no list, for the list would hold the division's records only.
    assert "on_schedule" not in text


def test_who_may_not_see_bodies_is_not_offered_their_divisions(city: City, client: Client) -> None:
    department = make.make_department(city.programme, countersigns=Countersigns.NOTHING)
    client.force_login(make.make_user(Role.COUNTERSIGNER, department=department))
    page = city.page(client)
    assert [counter.name for counter in page.context["counters"]] == ["platforms", "plates"]
    assert city.page(client, count="bodies").status_code == 400
    for burn in page.context["burn_charts"]:
        assert bool(burn["url"]) == (burn["name"] == "platforms")


@pytest.mark.parametrize("of", ["baseline", "today"])
@pytest.mark.parametrize("more", [0, 2])
def test_few_queries(
    city: City, reviewer: Client, monkeypatch: pytest.MonkeyPatch, more: int, of: str
) -> None:
    monkeypatch.setattr(findings_module, "may_keep", lambda *_: True)
    for _ in range(more):
        add_division(city.programme)
    city.page(reviewer, map=of)
    with CaptureQueriesContext(connection) as captured:
        city.page(reviewer, map=of)
    assert len(captured) == (8 if of == "baseline" else 11)


# --- The API --------------------------------------------------------------------------------------


def test_the_api_gives_the_same_flows(city: City, reviewer: Client) -> None:
    page = city.page(reviewer, state="actual")
    address = reverse("api-programme-flows", args=[city.programme.code])
    answer = reviewer.get(address, {"state": "actual"}).json()
    assert answer["total"] == page.context["flows_number"]
    assert [flow["platforms"] for flow in answer["flows"]] == [
        row["number"] for row in page.context["flows"]
    ]
    assert reviewer.get(address, {"state": "baseline"}).status_code == 400


def test_the_api_gives_the_same_burn_down(city: City, reviewer: Client) -> None:
    page = city.page(reviewer)
    address = reverse("api-programme-burn-down", args=[city.programme.code])
    answer = json.loads(reviewer.get(address).content)
    for count, burn in zip(answer["counts"], page.context["burns"], strict=True):
        assert count["count"] == burn[0].counter.name
        assert count["target"] == burn[0].target
        assert [(point["day"], point["planned"], point["actual"]) for point in count["points"]] == [
            (point.day.isoformat(), point.planned, point.actual) for point in burn[0].points
        ]


@pytest.mark.parametrize("name", ["api-programme-flows", "api-programme-burn-down"])
def test_few_queries_of_the_api(
    city: City, reviewer: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(findings_module, "may_keep", lambda *_: True)
    address = reverse(name, args=[city.programme.code])
    numbers = []
    for _ in range(2):
        reviewer.get(address)
        with CaptureQueriesContext(connection) as captured:
            reviewer.get(address)
        numbers.append(len(captured))
        for _ in range(2):
            add_division(city.programme)
    assert numbers[0] == numbers[1] <= 15


def test_the_api_narrows_a_district_to_its_own(city: City, client: Client) -> None:
    client.force_login(make.make_user(Role.DISTRICT_OFFICIAL, division=city.plan.division))
    answer = client.get(reverse("api-programme-flows", args=[city.programme.code])).json()
    assert answer["narrowed_to"]["code"] == city.plan.division.code
    assert answer["total"] == 6

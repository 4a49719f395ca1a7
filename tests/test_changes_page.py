"""What changed between two days: figures, rules and the acts that moved them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consolidation.models import Disposition, MergePlan
from consolidation.selectors import findings as findings_module
from platforms_portal.access import Countersigns, Role
from tests import factories as make

if TYPE_CHECKING:
    from consolidation.models import Programme

pytestmark = pytest.mark.django_db

DAY_BEFORE = datetime.date(2021, 2, 28)
CONFIRMED = datetime.date(2021, 3, 1)
LATER = datetime.date(2021, 3, 2)


@dataclass
class City:
    programme: Programme
    plan: MergePlan
    gone: Disposition

    def page(self, client: Client, since: datetime.date, as_of: datetime.date, **more: str) -> Any:
        asked = {"since": since.isoformat(), "as_of": as_of.isoformat(), **more}
        return client.get(reverse("changes", args=[self.programme.code]), asked)


def add_division(
    programme: Programme, confirmed_on: datetime.date
) -> tuple[MergePlan, Disposition]:
    division = make.make_division(programme)
    stays, goes = (make.make_platform(programme, division) for _ in range(2))
    make.make_retained(programme, stays)
    body = make.make_body(programme, division, goes)
    plan = make.make_plan(programme, division, MergePlan.State.IN_EXECUTION)
    make.dispose(plan, stays, "upgrade")
    gone = make.dispose(plan, goes, "merge", target=stays, confirmed_on=confirmed_on)
    make.dispose_body(plan, body, "abolish", confirmed_on=confirmed_on)
    return plan, gone


@pytest.fixture
def city() -> City:
    programme = make.make_programme()
    plan, gone = add_division(programme, CONFIRMED)
    return City(programme, plan, gone)


def figures(page: Any) -> dict[str, tuple[int, int]]:
    return {
        figure.counter.name: (figure.before.in_state, figure.after.in_state)
        for figure in page.context["figures"]
    }


@pytest.mark.parametrize(
    ("since", "as_of", "platforms", "acts"),
    [
        (DAY_BEFORE - datetime.timedelta(days=9), DAY_BEFORE, (2, 2), 0),
        # An act of the first day belongs to the state before, one of the last day counts.
        (DAY_BEFORE, CONFIRMED, (2, 1), 1),
        (CONFIRMED, LATER, (1, 1), 0),
    ],
)
def test_an_act_counts_after_the_first_day_up_to_the_last(
    city: City,
    client: Client,
    since: datetime.date,
    as_of: datetime.date,
    platforms: tuple[int, int],
    acts: int,
) -> None:
    client.force_login(make.make_user())
    page = city.page(client, since, as_of)
    assert figures(page)["platforms"] == platforms
    assert page.context["dispositions_total"] == page.context["bodies_total"] == acts
    assert len(page.context["owners"]) == acts


def test_it_tells_who_wrote_the_confirmation_down(city: City, client: Client) -> None:
    records = apps.get_model("consolidation", "HistoricalDisposition")
    records.objects.filter(id=city.gone.pk).update(actor="leitender")
    city.gone.reason = "later"
    city.gone.save()
    client.force_login(make.make_user())
    page = city.page(client, DAY_BEFORE, CONFIRMED)
    assert page.context["dispositions"] == [(city.gone, True, "leitender")]
    client.force_login(make.make_user(Role.ANALYST))
    assert "leitender" not in city.page(client, DAY_BEFORE, CONFIRMED).content.decode()


def test_rules_that_turned_are_told_apart_from_figures_that_moved(
    city: City, client: Client
) -> None:
    client.force_login(make.make_user())
    page = city.page(client, DAY_BEFORE, CONFIRMED)
    for rule in page.context["turned"]:
        assert rule.before is None or rule.before.status != rule.now.status
    for rule in page.context["moved"]:
        assert rule.before.status == rule.now.status
    assert "R02" in {rule.now.rule for rule in page.context["turned"]}


def test_as_planned_a_submission_moves_the_figures(city: City, client: Client) -> None:
    client.force_login(make.make_user())
    submitted = city.plan.submitted_on
    assert submitted is not None
    before = submitted - datetime.timedelta(days=1)
    page = city.page(client, before, submitted, state="planned")
    assert figures(page)["platforms"] == (2, 1)
    assert [(act.day, act.plan) for act in page.context["plan_acts"]] == [(submitted, city.plan)]


def test_a_district_reads_its_own_acts_alone(city: City, client: Client) -> None:
    other, _ = add_division(city.programme, CONFIRMED)
    client.force_login(make.make_user(Role.DISTRICT_OFFICIAL, division=city.plan.division))
    page = city.page(client, DAY_BEFORE, CONFIRMED)
    assert [act.plan for act, _removes, _who in page.context["dispositions"]] == [city.plan]
    assert figures(page)["platforms"] == (4, 2)
    assert other.division.name not in page.content.decode()


def test_bodies_are_for_those_who_may_see_them(city: City, client: Client) -> None:
    department = make.make_department(city.programme, countersigns=Countersigns.NOTHING)
    client.force_login(make.make_user(Role.COUNTERSIGNER, department=department))
    assert city.page(client, DAY_BEFORE, CONFIRMED).context["bodies"] is None


@pytest.mark.parametrize("since", ["2021-03-01", "2021-03-02", "gestern"])
def test_days_the_wrong_way_round_are_told(city: City, client: Client, since: str) -> None:
    client.force_login(make.make_user())
    asked = {"since": since, "as_of": "2021-03-01"}
    assert client.get(reverse("changes", args=[city.programme.code]), asked).status_code == 400


@pytest.mark.parametrize("more", [0, 2])
def test_few_queries(
    city: City, client: Client, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    monkeypatch.setattr(findings_module, "may_keep", lambda *_: True)
    for _ in range(more):
        add_division(city.programme, CONFIRMED)
    client.force_login(make.make_user())
    city.page(client, DAY_BEFORE, CONFIRMED)
    with CaptureQueriesContext(connection) as captured:
        city.page(client, DAY_BEFORE, CONFIRMED)
    assert len(captured) <= 15

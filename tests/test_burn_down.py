"""The burn-down against the counts of each day, and the forecast at its limits."""

from __future__ import annotations

import datetime
import random
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from consolidation.models import Disposition, ExecutionStep, MergePlan, Programme, Target
from consolidation.selectors.counts import tallies, total
from consolidation.selectors.findings import judged
from consolidation.selectors.home import Overview
from consolidation.selectors.state import State, state_view
from dashboards.selectors.burndown import BurnDown, burn_downs
from dashboards.selectors.forecast import Forecast, Known, Outlook, forecast_of
from dashboards.selectors.keeping import Kept
from dashboards.selectors.steps import NEVER, Span, Steps
from platforms_portal.access import Right, Scope
from tests import factories as make

if TYPE_CHECKING:
    from zones.models import Division

DAY = datetime.date
KIND = Disposition.Kind
DEADLINE = DAY(2021, 6, 30)
SEEN = DAY(2021, 3, 31)


def burns(programme: Programme, day: datetime.date = SEEN) -> dict[str, BurnDown]:
    overview = Overview(programme, State.ACTUAL, day, Scope(), frozenset(Right))
    return {burn.counter.name: burn for burn in burn_downs(overview, Kept())}


def counted(programme: Programme, name: str, day: datetime.date) -> int | None:
    """Return what the counts say of the day; nothing where figures are lacking."""
    tally = total(tallies(state_view(programme, State.ACTUAL, day), name))
    return None if tally.missing_in_state else tally.in_state


def agree_on_every_day(programme: Programme, days: int = 24) -> None:
    """Compare the lines with the counts on the days of change, the days before, and the last."""
    for name, burn in burns(programme).items():
        over = [point for point in burn.points if point.is_over]
        known = {point.day: point.actual for point in over}
        assert known[SEEN] == counted(programme, name, SEEN), name
        for point in over[-days:]:
            assert point.actual == counted(programme, name, point.day), (name, point)
            eve = point.day - datetime.timedelta(days=1)
            if eve > burn.points[0].day:
                before = known[max(day for day in known if day <= eve)]
                assert before == counted(programme, name, eve), (name, eve)
        planned = total(tallies(state_view(programme, State.PLANNED, SEEN), name))
        assert burn.points[-1].planned == planned.in_state, name


@pytest.fixture
def programme(db: None) -> Programme:
    return make.make_programme(targets=False, as_of_default=SEEN)


def some_day(chance: random.Random) -> datetime.date:
    return DAY(2020, 9, 1) + datetime.timedelta(days=chance.randrange(230))


def maybe(chance: random.Random) -> datetime.date | None:
    return some_day(chance) if chance.random() < 0.7 else None


def decide(
    programme: Programme, plan: MergePlan, division: Division, chance: random.Random
) -> None:
    """Let a plan say something of most platforms and bodies of a division."""
    platforms = list(division.platforms.filter(origin="ledger"))
    for platform in platforms[1:]:
        if chance.random() < 0.8:
            kind = chance.choice([KIND.MERGE, KIND.ABOLISH, KIND.UPGRADE])
            target = platforms[0] if kind == KIND.MERGE else None
            make.dispose(plan, platform, kind, target=target, confirmed_on=maybe(chance))
    bodies = list(division.bodies.all())
    for body in bodies[1:]:
        if chance.random() < 0.8:
            fate = "found" if body.origin == "founded" else chance.choice(["abolish", "keep"])
            make.dispose_body(plan, body, fate, confirmed_on=maybe(chance))
            if fate == "abolish":
                make.move(plan, body, "contract", 2, to_body=bodies[0])
            else:
                make.plan_heads(plan, body, 1, 2, 3)


def settle(programme: Programme, chance: random.Random) -> Division:
    """A division with platforms, bodies of which one is founded, and head counts of some months."""
    division = make.make_division(programme)
    for _ in range(4):
        platform = make.make_platform(programme, division)
        body = make.make_body(programme, division, platform)
        make.count_heads(body, 5, 4, 3)
        for month in (DAY(2020, 12, 31), DAY(2021, 1, 31), DAY(2021, 3, 31)):
            if chance.random() < 0.6:
                numbers = [chance.choice([0, 2, 6, None]) for _ in range(3)]
                make.count_heads(body, *numbers, day=month)
    founded = make.make_body(programme, division, origin="founded")
    make.count_heads(founded, 3, 3, 3, day=DAY(2020, 12, 31))
    listed = make.make_founded(programme, division)
    make.make_retained(programme, listed, founding_confirmed_on=maybe(chance))
    make.make_retained(programme, division.platforms.filter(origin="ledger")[0])
    return division


@pytest.mark.parametrize("seed", range(6))
def test_the_line_is_the_count_of_every_day(programme: Programme, seed: int) -> None:
    """Versions that replace each other, plans that decide on others' records, heads not counted."""
    programme.deadlines.create(kind="completion", due_on=DEADLINE)
    chance = random.Random(seed)  # noqa: S311 - an example, no secret
    divisions = [settle(programme, chance) for _ in range(2)]
    for division in divisions:
        for version in range(1, chance.choice([2, 3])):
            submitted = DAY(2020, 10, 1) + datetime.timedelta(days=70 * version)
            plan = make.make_plan(
                programme, division, "in_execution", version=version, submitted_on=submitted
            )
            decide(programme, plan, division, chance)
    other = divisions[1].plans.order_by("version").last()
    assert other is not None
    # What both owners decide on goes only when both have carried it out.
    platform = divisions[0].platforms.filter(origin="ledger").last()
    body = divisions[0].bodies.filter(origin="ledger").last()
    assert platform is not None
    assert body is not None
    make.dispose(other, platform, KIND.ABOLISH, confirmed_on=maybe(chance))
    make.dispose_body(other, body, "abolish", confirmed_on=maybe(chance))
    agree_on_every_day(programme)


def test_the_number_of_the_day_is_that_of_the_findings(programme: Programme) -> None:
    for rule, name in (("R02", "bodies_cut_min"), ("R03", "staff_cut_min")):
        Target.objects.create(
            programme=programme, rule=rule, name=name, numerator=60, denominator=100
        )
    division = make.make_division(programme)
    plan = make.make_plan(programme, division, "in_execution")
    for date in (1, 8, 15, 22, 29):
        body = make.make_body(programme, division, make.make_platform(programme, division))
        make.count_heads(body, 10, 10, 10)
        make.dispose_body(plan, body, "abolish", confirmed_on=DAY(2021, 3, date))
    for day in (DAY(2021, 2, 28), DAY(2021, 3, 1), DAY(2021, 3, 14), DAY(2021, 3, 15), SEEN):
        found = judged(state_view(programme, State.ACTUAL, day)).findings
        for name, rule in (("bodies", "R02"), ("people", "R03")):
            finding = next(one for one in found if one.rule == rule and one.scope.is_city)
            burn = burns(programme, day)[name]
            baseline = burn.card.figures.baseline
            assert burn.today.actual == baseline - (finding.actual.numerator or 0)
            # The target leaves exactly what the margin says.
            assert finding.margin is not None
            assert burn.target == burn.today.actual + finding.margin


def test_what_the_baseline_lacks_is_not_known(programme: Programme) -> None:
    division = make.make_division(programme)
    make.count_heads(make.make_body(programme, division), 10, 10)
    assert all(point.actual is None for point in burns(programme)["people"].points)
    assert burns(programme)["people"].forecast.reason


# --- By the plans' dates --------------------------------------------------------------------------


@pytest.fixture
def planned(programme: Programme) -> Programme:
    """Dates of dispositions and steps, some lacking; a founding; a body with two steps."""
    programme.deadlines.create(kind="completion", due_on=DEADLINE)
    division = make.make_division(programme)
    plan = make.make_plan(programme, division, "approved")
    stays, *goes = (make.make_platform(programme, division) for _ in range(4))
    make.make_retained(programme, stays)
    for platform, day in zip(goes, (DAY(2021, 2, 1), DAY(2021, 4, 1), None), strict=True):
        make.dispose(plan, platform, KIND.MERGE, target=stays, planned_on=day)
    founded = make.make_retained(programme, make.make_founded(programme, division))
    ExecutionStep.objects.create(retained=founded, title="批复", planned_on=DAY(2021, 3, 1))
    for platform, days in zip(goes, ((1, 20), (5,), ()), strict=True):
        body = make.make_body(programme, division, platform)
        make.count_heads(body, 10, 10, 10)
        gone = make.dispose_body(plan, body, "abolish")
        for number, date in enumerate(days):
            ExecutionStep.objects.create(
                body_disposition=gone, title=f"步骤{number}", planned_on=DAY(2021, 4, date)
            )
    kept = make.make_body(programme, division, stays)
    make.count_heads(kept, 10, 10, 10)
    make.plan_heads(plan, kept, 8, 8, 8)
    make.dispose_body(plan, kept, "keep", serves=stays)
    return programme


def on(burn: BurnDown, day: datetime.date) -> int:
    return [point.planned for point in burn.points if point.day <= day][-1]


def test_each_goes_on_the_day_planned_for_it(planned: Programme) -> None:
    found = burns(planned)
    platforms = [
        on(found["platforms"], DAY(2021, m, d))
        for m, d in ((1, 31), (2, 1), (3, 1), (4, 1), (6, 29), (6, 30))
    ]
    assert platforms == [4, 3, 4, 3, 3, 2]
    bodies = [
        on(found["bodies"], DAY(2021, m, d)) for m, d in ((4, 4), (4, 5), (4, 19), (4, 20), (6, 30))
    ]
    assert bodies == [4, 3, 3, 2, 1]
    people = [on(found["people"], DAY(2021, m, d)) for m, d in ((4, 4), (4, 5), (4, 20), (6, 30))]
    assert people == [120, 90, 60, 24]


def test_a_planned_number_opens_the_records_that_are_left(
    planned: Programme, client: Client
) -> None:
    client.force_login(make.make_user())
    for name in ("platforms", "bodies"):
        for point in burns(planned)[name].lines[-5:]:
            asked = {"state": "planned", "on_schedule": point.day.isoformat()}
            page: Any = client.get(reverse(name, args=[planned.code]), asked)
            assert page.context["total"] == point.planned, (name, point)
            assert point.day.isoformat() in page.content.decode()


def test_planned_people_open_the_bodies_with_those_who_are_left(
    planned: Programme, client: Client
) -> None:
    client.force_login(make.make_user())
    for day in (DAY(2021, 4, 4), DAY(2021, 4, 5), DAY(2021, 4, 20), DEADLINE):
        asked = {"state": "planned", "on_schedule": day.isoformat()}
        page: Any = client.get(reverse("people", args=[planned.code]), asked)
        sums = page.context["summary"]["sums"]
        assert sums.people_after == on(burns(planned)["people"], day)
        assert sum(row.record.after for row in page.context["table"].rows) == sums.people_after
        assert not sums.missing_after


def test_without_a_deadline_what_has_no_day_stays(planned: Programme) -> None:
    planned.deadlines.all().delete()
    found = burns(planned)
    assert (found["platforms"].points[-1].planned, found["bodies"].points[-1].planned) == (3, 2)
    assert "完成时限" in str(found["platforms"].forecast.reason)


# --- Forecast -------------------------------------------------------------------------------------


def forecast(
    falls: list[tuple[int, int]],
    *,
    start: int = 100,
    as_of: datetime.date = SEEN,
    deadline: datetime.date | None = DEADLINE,
    target: int | None = 52,
    floor: int | None = 0,
) -> Forecast:
    """A count that falls by so many, so many days before the day."""
    steps = Steps(start)
    for days, number in falls:
        steps.add(-number, Span(as_of - datetime.timedelta(days=days), NEVER))
    return forecast_of(
        Known(steps.at, steps.days()),
        baseline_date=DAY(2018, 12, 31),
        as_of=as_of,
        deadline=deadline,
        target=target,
        floor=floor,
    )


def test_the_pace_is_carried_on_in_whole_records() -> None:
    # 30 in 90 days; 91 days are left: 30 × 91 / 90 = 30.33, and a fraction is not taken for gone.
    made = forecast([(80, 10), (40, 10), (10, 10)])
    assert [(pace.days, pace.before, pace.now, pace.expected) for pace in made.paces] == [
        (90, 100, 70, 40),
        (180, 100, 70, 55),
    ]
    assert (made.low, made.high, made.outlook) == (40, 55, Outlook.OPEN)


@pytest.mark.parametrize(
    ("target", "outlook"),
    [
        (55, Outlook.ON_COURSE),
        (54, Outlook.OPEN),
        (40, Outlook.OPEN),
        (39, Outlook.SHORT),
        (None, None),
    ],
)
def test_the_outlook_at_its_limits(target: int | None, outlook: Outlook | None) -> None:
    assert forecast([(80, 10), (40, 10), (10, 10)], target=target).outlook == outlook


def test_what_no_plan_foresees_to_go_is_not_expected_to() -> None:
    assert forecast([(80, 30), (40, 30), (10, 30)], floor=8).low == 8
    # Where more is gone already than plans foresee, it does not come back.
    assert forecast([(80, 30), (40, 30), (10, 30)], floor=50).low == 10


def test_two_days_of_change_are_no_pace_and_three_are() -> None:
    assert not forecast([(80, 10), (40, 10)]).is_made
    assert "3" in str(forecast([(80, 10), (40, 10)]).reason)
    assert [pace.days for pace in forecast([(170, 5), (40, 10), (10, 10)]).paces] == [180]


def test_a_count_that_grows_is_forecast_to_grow() -> None:
    made = forecast([(80, -10), (40, -10), (10, -10)])
    assert made.high == 130 + 31


@pytest.mark.parametrize("deadline", [None, SEEN, DAY(2021, 1, 1)])
def test_no_forecast_without_days_left(deadline: datetime.date | None) -> None:
    made = forecast([(80, 10), (40, 10), (10, 10)], deadline=deadline)
    assert not made.is_made
    assert made.reason


def test_no_forecast_of_what_is_not_known() -> None:
    made = forecast_of(
        Known(lambda _day: None, []),
        baseline_date=DAY(2018, 12, 31),
        as_of=SEEN,
        deadline=DEADLINE,
        target=1,
        floor=None,
    )
    assert not made.is_made
    assert made.reason

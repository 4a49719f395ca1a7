"""The states: what counts when, and that the city is always the sum of its owners."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition
from consolidation.selectors.counts import COUNTERS, by_owner, by_today, tallies, total
from consolidation.selectors.state import State, platform_rows, state_view
from tests import factories as make
from zones.models import Division, DivisionSuccession

if TYPE_CHECKING:
    from consolidation.models import Programme

pytestmark = pytest.mark.django_db
REDRAWN = datetime.date(2021, 4, 9)


def _number(
    programme: Programme, count: str, state: str, as_of: datetime.date | None = None
) -> int:
    return total(tallies(state_view(programme, state, as_of), count)).in_state


def test_a_platform_counts_until_it_is_confirmed_gone_and_a_founded_one_from_its_founding() -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    plan = make.make_plan(programme, division)
    gone = make.make_platform(programme, division)
    founded = make.make_founded(programme, division)
    make.make_retained(programme, founded, founding_confirmed_on=datetime.date(2021, 2, 2))
    make.dispose(
        plan,
        gone,
        Disposition.Kind.MERGE,
        target=founded,
        confirmed_on=datetime.date(2021, 3, 3),
    )
    days = {"2021-02-01": 1, "2021-02-02": 2, "2021-03-02": 2, "2021-03-03": 1}
    assert {
        day: _number(programme, "platforms", State.ACTUAL, datetime.date.fromisoformat(day))
        for day in days
    } == days
    assert _number(programme, "platforms", State.BASELINE) == 1
    assert _number(programme, "platforms", State.PLANNED) == 1


def test_what_was_carried_out_before_the_plan_came_in_counts_in_fact() -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    plan = make.make_plan(programme, division)
    gone = make.make_platform(programme, division)
    early = datetime.date(2019, 4, 2)
    make.dispose(plan, gone, Disposition.Kind.ABOLISH, confirmed_on=early)
    body = make.make_body(programme, division, gone)
    make.dispose_body(plan, body, BodyDisposition.Fate.ABOLISH, confirmed_on=early)
    assert early < make.SUBMITTED
    for count in ("platforms", "bodies"):
        assert _number(programme, count, State.ACTUAL, early) == 0
        assert _number(programme, count, State.ACTUAL, early - datetime.timedelta(days=1)) == 1
        assert _number(programme, count, State.PLANNED, early) == 1


def test_a_draft_counts_only_for_its_owner_and_a_returned_plan_until_a_new_one_is_in() -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    kept, gone = (make.make_platform(programme, division) for _ in range(2))
    make.make_retained(programme, kept)
    returned = make.make_plan(programme, division, MergePlan.State.RETURNED)
    make.dispose(returned, kept, Disposition.Kind.UPGRADE)
    make.dispose(returned, gone, Disposition.Kind.ABOLISH)
    draft = make.make_plan(programme, division, MergePlan.State.DRAFT, version=2)
    make.dispose(draft, kept, Disposition.Kind.UPGRADE)
    make.dispose(draft, gone, Disposition.Kind.TRANSFORM)
    view = state_view(programme, State.PLANNED)
    assert platform_rows(view).get(pk=gone.pk).fate == Disposition.Kind.ABOLISH
    own = state_view(programme, State.PLANNED, draft_of=division)
    assert platform_rows(own).get(pk=gone.pk).fate == Disposition.Kind.TRANSFORM


def test_a_platform_closed_by_the_baseline_date_does_not_count_and_a_younger_one_neither() -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    day = datetime.timedelta(days=1)
    make.make_platform(programme, division, closed_on=make.BASELINE)
    make.make_platform(programme, division, established_on=make.BASELINE + day)
    make.make_platform(programme, division, closed_on=make.BASELINE + day)
    make.make_platform(programme, division, established_on=make.BASELINE)
    assert _number(programme, "platforms", State.BASELINE) == 2


def test_plates_stay_until_dropped_and_in_fact_until_their_platform_is_carried_out() -> None:
    programme = make.make_programme()
    division = make.make_division(programme)
    plan = make.make_plan(programme, division)
    gone = make.make_platform(programme, division)
    plate = make.make_plate(programme, gone)
    disposition = make.dispose(plan, gone, Disposition.Kind.ABOLISH)
    make.dispose_plate(plan, plate, PlateDisposition.Fate.DROP)
    assert _number(programme, "plates", State.PLANNED) == 0
    assert _number(programme, "plates", State.ACTUAL) == 1
    disposition.confirmed_on = make.AS_OF
    disposition.save()
    assert _number(programme, "plates", State.ACTUAL) == 0


@pytest.mark.parametrize("state", State.values)
def test_the_city_is_the_sum_of_its_owners_by_either_map(state: str) -> None:
    programme = make.make_programme()
    old, other = (make.make_division(programme) for _ in range(2))
    new = Division.objects.create(
        code=old.code, name="新区", parent=programme.division, valid_from=REDRAWN
    )
    split = Division.objects.create(
        code="919999", name="分区", parent=programme.division, valid_from=REDRAWN
    )
    for successor, default in ((new, True), (split, False)):
        DivisionSuccession.objects.create(
            predecessor=old, successor=successor, effective_on=REDRAWN, is_default=default
        )
    plan = make.make_plan(programme, old)
    for division in (old, old, other, programme.division):
        platform = make.make_platform(programme, division)
        make.make_plate(programme, platform)
        body = make.make_body(programme, division, platform)
        make.count_heads(body, 3, 2, 1)
    named = make.make_platform(programme, old, current_division=split)
    make.dispose(plan, named, Disposition.Kind.ABOLISH, confirmed_on=make.SUBMITTED)
    view = state_view(programme, state)
    for count in COUNTERS:
        counted = tallies(view, count)
        city = total(counted)
        assert sum(tally.in_state for tally in by_owner(counted).values()) == city.in_state
        for day in (make.AS_OF, REDRAWN):
            by_map = by_today(counted, day)
            assert sum(tally.in_state for tally in by_map.values()) == city.in_state
            assert sum(tally.baseline for tally in by_map.values()) == city.baseline
    platforms = tallies(view, "platforms")
    assert split.pk not in by_today(platforms, make.AS_OF)
    assert by_today(platforms, REDRAWN)[split.pk].baseline == 1
    assert by_today(platforms, REDRAWN)[new.pk].baseline == 2

"""R17: in time on the day, late the day after, and unknown while the date is to come."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from consolidation.checks.base import Ratio, Status
from consolidation.models import Deadline, Disposition, MergePlan
from consolidation.selectors.state import State
from tests import factories as make
from tests.checks.helpers import ask

if TYPE_CHECKING:
    from consolidation.models import Programme
    from zones.models import Division, Platform

pytestmark = pytest.mark.django_db
DUE = datetime.date(2020, 12, 31)
COMPLETION = datetime.date(2021, 6, 30)
DAY = datetime.timedelta(days=1)


def _city() -> tuple[Programme, Division, Platform]:
    programme = make.make_programme()
    division = make.make_division(programme)
    platform = make.make_platform(programme, division)
    return programme, division, platform


@pytest.mark.parametrize(("submitted", "status"), [(DUE, Status.MET), (DUE + DAY, Status.NOT_MET)])
def test_a_plan_is_in_time_on_its_last_day(submitted: datetime.date, status: str) -> None:
    programme, division, _ = _city()
    plan = make.make_plan(programme, division, submitted_on=submitted, first_submitted_on=submitted)
    finding = ask(programme, "R17", aspect="plans")
    assert finding.status == status
    assert [(r.type, r.id) for r in finding.breaking] == (
        [("plan", plan.pk)] if status == Status.NOT_MET else []
    )


def test_the_first_submission_counts_through_resubmissions() -> None:
    programme, division, _ = _city()
    make.make_plan(programme, division, MergePlan.State.RETURNED)
    make.make_plan(
        programme,
        division,
        version=2,
        submitted_on=DUE + 30 * DAY,
        first_submitted_on=make.SUBMITTED,
    )
    assert ask(programme, "R17", aspect="plans", owner=division).status == Status.MET


@pytest.mark.parametrize(("day", "status"), [(DUE, Status.UNKNOWN), (DUE + DAY, Status.NOT_MET)])
def test_a_plan_that_is_not_in_is_late_once_the_date_has_passed(
    day: datetime.date, status: str
) -> None:
    programme, division, _ = _city()
    make.make_plan(programme, division, MergePlan.State.DRAFT)
    finding = ask(programme, "R17", aspect="plans", as_of=day)
    assert finding.status == status


def test_an_owner_without_platforms_owes_no_plan() -> None:
    programme = make.make_programme()
    make.make_division(programme)
    finding = ask(programme, "R17", aspect="plans")
    assert (finding.status, finding.counted) == (Status.MET, 0)


@pytest.mark.parametrize(
    ("confirmed", "as_of", "status"),
    [
        (COMPLETION, COMPLETION, Status.MET),
        (COMPLETION + DAY, COMPLETION + DAY, Status.NOT_MET),
        (None, COMPLETION, Status.UNKNOWN),
        (None, COMPLETION + DAY, Status.NOT_MET),
        (COMPLETION + DAY, COMPLETION, Status.UNKNOWN),
    ],
)
def test_in_fact_everything_is_carried_out_by_the_last_day(
    confirmed: datetime.date | None, as_of: datetime.date, status: str
) -> None:
    programme, division, platform = _city()
    plan = make.make_plan(programme, division)
    make.dispose(plan, platform, Disposition.Kind.ABOLISH, confirmed_on=confirmed)
    finding = ask(programme, "R17", aspect="completion", state=State.ACTUAL, as_of=as_of)
    assert finding.status == status


@pytest.mark.parametrize(
    ("planned", "status"),
    [(COMPLETION, Status.MET), (COMPLETION + DAY, Status.NOT_MET), (None, Status.UNKNOWN)],
)
def test_as_planned_every_date_lies_before_the_last_day(
    planned: datetime.date | None, status: str
) -> None:
    programme, division, platform = _city()
    plan = make.make_plan(programme, division)
    make.dispose(plan, platform, Disposition.Kind.ABOLISH, planned_on=planned)
    assert ask(programme, "R17", aspect="completion").status == status


def test_a_programme_without_dates_has_no_finding() -> None:
    programme, _, _ = _city()
    Deadline.objects.filter(programme=programme).delete()
    with pytest.raises(AssertionError, match="R17"):
        ask(programme, "R17")


def test_late_counts_are_integers() -> None:
    programme, _, _ = _city()
    assert ask(programme, "R17", aspect="plans").actual == Ratio(1)


def test_a_made_up_date_of_submission_is_told() -> None:
    programme, division, _ = _city()
    plan = make.make_plan(programme, division)
    assert not ask(programme, "R17", aspect="plans").placeholders
    plan.is_placeholder = True
    plan.save()
    assert ask(programme, "R17", aspect="plans").placeholders


@pytest.mark.parametrize("late_too", [False, True])
def test_a_plan_whose_day_of_submission_is_not_known_is_not_in_time(late_too: bool) -> None:
    programme, division, _ = _city()
    make.make_plan(programme, division, first_submitted_on=None)
    if late_too:
        make.make_platform(programme, make.make_division(programme))
    finding = ask(programme, "R17", aspect="plans", owner=division)
    assert (finding.status, finding.actual, finding.margin) == (Status.UNKNOWN, Ratio(None), None)
    city = ask(programme, "R17", aspect="plans")
    assert city.status == (Status.NOT_MET if late_too else Status.UNKNOWN)
    assert city.actual == Ratio(1 if late_too else None)


def test_an_owner_without_a_date_has_no_finding() -> None:
    programme, division, _ = _city()
    make.make_plan(programme, division)
    make.make_platform(programme, programme.division)
    Deadline.objects.filter(kind=Deadline.Kind.MUNICIPAL_PLAN).delete()
    assert ask(programme, "R17", aspect="plans").counted == 1
    with pytest.raises(AssertionError, match="R17"):
        ask(programme, "R17", aspect="plans", owner=programme.division)

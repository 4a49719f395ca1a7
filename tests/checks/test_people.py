"""R03 and R14: right to the last person, and unknown as soon as a figure is missing."""

from __future__ import annotations

import datetime

import pytest

from consolidation.checks.base import Ratio, Status
from consolidation.models import BodyDisposition, Disposition
from consolidation.selectors.state import State
from staffing.models import HeadCount, StaffPlan
from tests import factories as make
from tests.checks.helpers import ask, broken_names
from zones.models import Origin

pytestmark = pytest.mark.django_db
Fate = BodyDisposition.Fate


class City:
    """Body one keeps 70 of its 80 people, body two (20 people) is abolished: 30 of 100 go."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.plan = make.make_plan(self.programme, self.division)
        self.kept = make.make_platform(self.programme, self.division)
        gone = make.make_platform(self.programme, self.division)
        make.make_retained(self.programme, self.kept)
        make.dispose(self.plan, self.kept, Disposition.Kind.UPGRADE)
        make.dispose(self.plan, gone, Disposition.Kind.MERGE, target=self.kept)
        self.one = make.make_body(self.programme, self.division, self.kept)
        self.two = make.make_body(self.programme, self.division, gone)
        make.count_heads(self.one, 50, 20, 10)
        make.count_heads(self.two, 10, 5, 5)
        make.dispose_body(self.plan, self.one, Fate.KEEP, serves=self.kept)
        self.abolition = make.dispose_body(self.plan, self.two, Fate.ABOLISH)
        make.plan_heads(self.plan, self.one, 45, 20, 5)
        make.move(self.plan, self.one, "administrative", 15)
        make.move(self.plan, self.two, "administrative", 10, to_body=self.one)
        make.move(self.plan, self.one, "contract", 5, destination="contract_end")
        make.move(self.plan, self.two, "public", 5, destination="company")
        make.move(self.plan, self.two, "contract", 5, destination="retirement")


@pytest.fixture
def city() -> City:
    return City()


def test_r03_thirty_of_a_hundred_is_enough_and_twenty_nine_is_not(city: City) -> None:
    finding = ask(city.programme, "R03")
    assert (finding.status, finding.actual, finding.margin) == (Status.MET, Ratio(30, 100), 0)
    StaffPlan.objects.filter(category="contract").update(on_post=6)
    finding = ask(city.programme, "R03")
    assert (finding.status, finding.actual, finding.margin) == (
        Status.NOT_MET,
        Ratio(29, 100),
        -1,
    )


def test_r03_counts_only_the_categories_that_the_programme_names(city: City) -> None:
    city.programme.counted_categories = ["administrative"]
    city.programme.save()
    assert ask(city.programme, "R03").actual == Ratio(15, 60)


def test_r03_a_figure_that_is_missing_or_empty_makes_it_unknown(city: City) -> None:
    planned = StaffPlan.objects.filter(category="public")
    planned.update(on_post=None)
    assert ask(city.programme, "R03").status == Status.UNKNOWN
    planned.delete()
    assert ask(city.programme, "R03").actual.numerator is None
    HeadCount.objects.filter(body=city.two, category="public").delete()
    finding = ask(city.programme, "R03", state=State.BASELINE)
    assert (finding.status, finding.actual) == (Status.UNKNOWN, Ratio(None, None))


def test_r03_a_missing_figure_does_not_save_what_fails_anyway(city: City) -> None:
    StaffPlan.objects.filter(category="administrative").update(on_post=60)
    StaffPlan.objects.filter(category="public").update(on_post=None)
    StaffPlan.objects.filter(category="contract").update(on_post=11)
    assert ask(city.programme, "R03").status == Status.NOT_MET


def test_r03_in_fact_people_go_when_the_abolition_is_confirmed_and_are_counted_again(
    city: City,
) -> None:
    assert ask(city.programme, "R03", state=State.ACTUAL).actual == Ratio(0, 100)
    city.abolition.confirmed_on = datetime.date(2021, 2, 1)
    city.abolition.save()
    # Ten people moved to body one, which has not been counted since: the sum is not known, but
    # the 80 who were counted are already too many.
    finding = ask(city.programme, "R03", state=State.ACTUAL)
    assert (finding.status, finding.actual.numerator) == (Status.NOT_MET, None)
    make.count_heads(city.one, 55, 20, 8, day=datetime.date(2021, 2, 28))
    finding = ask(city.programme, "R03", state=State.ACTUAL)
    assert (finding.status, finding.actual) == (Status.NOT_MET, Ratio(17, 100))
    january = datetime.date(2021, 1, 31)
    assert ask(city.programme, "R03", state=State.ACTUAL, as_of=january).actual == Ratio(0, 100)


def test_r03_an_owner_without_a_plan_keeps_its_people(city: City) -> None:
    other = make.make_division(city.programme)
    body = make.make_body(city.programme, other)
    make.count_heads(body, 100, 0, 0)
    assert ask(city.programme, "R03").actual == Ratio(30, 200)
    assert ask(city.programme, "R03", owner=other).actual == Ratio(0, 100)


def test_r03_undecided_bodies_leave_it_open(city: City) -> None:
    open_body = make.make_body(city.programme, city.division)
    make.count_heads(open_body, 10, 0, 0)
    finding = ask(city.programme, "R03")
    assert (finding.status, finding.actual) == (Status.UNKNOWN, Ratio(30, 110))


def test_r14_everybody_is_accounted_for(city: City) -> None:
    assert ask(city.programme, "R14").status == Status.MET


def test_r14_one_person_too_few_is_found_in_body_and_number(city: City) -> None:
    StaffPlan.objects.filter(category="administrative").update(on_post=44)
    finding = ask(city.programme, "R14")
    assert (finding.status, finding.actual) == (Status.NOT_MET, Ratio(1))
    assert broken_names(finding) == {city.one.name}


def test_r14_categories_do_not_make_up_for_one_another(city: City) -> None:
    StaffPlan.objects.filter(category="administrative").update(on_post=44)
    StaffPlan.objects.filter(category="public").update(on_post=21)
    assert ask(city.programme, "R14").actual == Ratio(2)


def test_r14_a_founded_body_starts_from_nobody(city: City) -> None:
    founded = make.make_body(city.programme, city.division, origin=Origin.FOUNDED)
    make.dispose_body(city.plan, founded, Fate.FOUND, serves=city.kept)
    make.plan_heads(city.plan, founded, 1, 0, 0)
    assert ask(city.programme, "R14").actual == Ratio(1)


def test_r14_a_figure_that_is_not_given_is_unknown(city: City) -> None:
    StaffPlan.objects.filter(category="public").update(on_post=None)
    assert ask(city.programme, "R14").status == Status.UNKNOWN

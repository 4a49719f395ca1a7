"""Monthly head counts out of a workbook: the report's own rules, each at its cell."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.services.writers import StaleError, writer_for
from platforms_portal.access import Role
from staffing.models import HeadCount
from tests import factories as make
from tests.uploads import Checked, check, commit, make_run

pytestmark = pytest.mark.django_db

FEBRUARY, MARCH = datetime.date(2021, 2, 28), datetime.date(2021, 3, 31)


class Office:
    """A district with two bodies, counted at the baseline; the programme's day is 2021-03-31."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.body = make.make_body(self.programme, self.division, code="B1", name="甲管委会")
        self.second = make.make_body(self.programme, self.division, code="B2", name="乙管委会")
        make.count_heads(self.body, 10, 5, 0)
        make.count_heads(self.second, 4, 3, 2)
        self.user = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)

    def check(self, *rows: dict[str, Any], columns: Any = None, user: Any = None) -> Checked:
        run = make_run(self.programme, self.division, "head_counts", user or self.user)
        return check(run, {"head_counts": rows}, {"head_counts": columns} if columns else None)


@pytest.fixture
def office() -> Office:
    return Office()


def row(
    body: str = "B1", category: str = "public", day: Any = MARCH, **more: Any
) -> dict[str, Any]:
    return {"body": body, "category": category, "counted_on": day, **more}


def test_figures_are_reported_with_their_history(office: Office) -> None:
    checked = office.check(
        row(on_post="5", authorised="6"), row("乙管委会", "contract", FEBRUARY, on_post="2")
    )
    assert checked.errors == []
    assert checked.actions == ["add", "add"]
    assert checked.outcomes[0].after == {"authorised": "6", "on_post": "5"}
    assert checked.outcomes[1].label == "乙管委会 · Contract staff · 2021-02"
    assert not HeadCount.objects.filter(counted_on=MARCH).exists()
    commit(checked.run, office.user)
    count = HeadCount.objects.get(counted_on=MARCH)
    assert (count.body, count.authorised, count.on_post) == (office.body, 6, 5)
    entry = HeadCount.history.filter(counted_on=MARCH).get()  # type: ignore[attr-defined]
    assert (entry.actor, entry.history_change_reason) == (office.user.username, "年度核对")
    again = office.check(row(on_post="5", authorised="6"))
    assert again.actions == ["same"]
    assert again.absent == {"head_counts": 5}


def test_empty_is_not_reported_and_zero_is(office: Office) -> None:
    zero = office.check(row(on_post="0"), row(category="contract"))
    assert zero.actions == ["add", "same"]
    assert zero.outcomes[0].after == {"on_post": "0"}
    commit(zero.run, office.user)
    assert HeadCount.objects.get(counted_on=MARCH).on_post == 0
    emptied = office.check(row())
    assert emptied.outcomes[0].before == {"on_post": "0"}
    assert emptied.outcomes[0].after == {"on_post": ""}
    commit(emptied.run, office.user)
    assert not HeadCount.objects.filter(counted_on=MARCH).exists()


def test_a_column_that_is_not_in_the_file_stays(office: Office) -> None:
    HeadCount.objects.create(
        body=office.body, category="public", counted_on=MARCH, authorised=6, on_post=5
    )
    columns = ["body", "category", "counted_on", "on_post"]
    checked = office.check(row(on_post="4"), columns=columns)
    assert checked.outcomes[0].before == {"on_post": "5"}
    commit(checked.run, office.user)
    assert HeadCount.objects.get(counted_on=MARCH).authorised == 6


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (make.BASELINE, "month_closed"),
        (datetime.date(2018, 11, 30), "month_closed"),
        (datetime.date(2021, 3, 30), "not_month_end"),
        (datetime.date(2021, 4, 30), "month_to_come"),
    ],
)
def test_a_day_that_is_not_counted_on(office: Office, day: datetime.date, code: str) -> None:
    checked = office.check(row(day=day, on_post="5"))
    assert checked.errors == [("C2", code)]
    assert checked.problems[0].remedy


def test_every_error_at_its_cell_and_the_rest_is_shown(office: Office) -> None:
    foreign = make.make_division(office.programme)
    make.make_body(office.programme, foreign, code="B9")
    make.make_body(office.programme, office.division, code="B3", abolished_on=make.BASELINE)
    office.programme.counted_categories = ["public", "contract"]
    office.programme.save()
    checked = office.check(
        row(on_post="-1"),
        row("B2", on_post="100001"),
        row("B9", on_post="1"),
        row("B3", on_post="1"),
        row(category="administrative", on_post="1"),
        row("甲管委会", on_post="5"),
        row(category="contract", on_post="0"),
        row("", on_post="5"),
    )
    assert checked.errors == [
        ("E2", "refused"),
        ("E3", "refused"),
        ("A4", "unknown"),
        ("A5", "not_in_being"),
        ("B6", "not_counted"),
        ("A7", "twice"),
        ("A9", "no_key"),
    ]
    assert checked.actions[6] == "add"


@pytest.mark.parametrize(("number", "told"), [("6", []), ("7", [("E2", "jump")])])
def test_a_jump_is_asked_about(office: Office, number: str, told: list[Any]) -> None:
    checked = office.check(row(on_post=number))
    assert (checked.errors, checked.warnings) == ([], told)


def test_an_earlier_month_of_the_file_is_what_a_later_one_is_compared_with(office: Office) -> None:
    checked = office.check(row(on_post="7"), row(day=FEBRUARY, on_post="6"))
    assert checked.warnings == []


def test_exactly_as_before_is_told_once(office: Office) -> None:
    rows = [
        row(category=name, on_post=number)
        for name, number in (("administrative", "10"), ("public", "5"), ("contract", "0"))
    ]
    assert office.check(*rows).warnings == [("2", "identical")]


def test_it_moved_since_and_nothing_is_written(office: Office) -> None:
    run = office.check(row(on_post="5"), row("B2", on_post="3")).run
    count = HeadCount(body=office.body, category="public", counted_on=MARCH, on_post=4)
    count.save()
    assert writer_for(run).digest() != run.data_digest
    count.delete()
    assert writer_for(run).digest() == run.data_digest
    office.programme.as_of_default = FEBRUARY
    office.programme.save()
    run.refresh_from_db()
    with pytest.raises(StaleError):
        commit(run, office.user)
    assert not HeadCount.objects.filter(counted_on=MARCH).exists()


def test_only_the_divisions_own_officials(office: Office) -> None:
    other = make.make_user(Role.DISTRICT_OFFICIAL, division=make.make_division(office.programme))
    with pytest.raises(PermissionDenied):
        office.check(row(on_post="5"), user=other)


def test_the_queries_do_not_grow_with_the_rows() -> None:
    counted = []
    for number in (2, 10):
        office = Office()
        rows = []
        for n in range(number):
            make.make_body(office.programme, office.division, code=f"X{n}")
            rows += [row(f"X{n}", name, on_post="1") for name in ("administrative", "public")]
        run = make_run(office.programme, office.division, "head_counts", office.user)
        with CaptureQueriesContext(connection) as queries:
            checked = check(run, {"head_counts": rows})
        with CaptureQueriesContext(connection) as written:
            commit(run, office.user)
        counted.append((len(queries) - len(checked.outcomes), len(written)))
    assert counted[0] == counted[1]

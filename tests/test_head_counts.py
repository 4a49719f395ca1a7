"""Monthly head counts: reported by a division, beside the count before, doubted but not refused."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from consolidation.models import BodyDisposition, Programme
from consolidation.services.seen import ConflictError
from platforms_portal.access import Role
from staffing.counting import save_head_counts
from staffing.models import HeadCount
from staffing.reporting import count_rows, doubts_about, months_to_report
from tests import factories as f
from zones.models import Division, ManagementBody

MARCH = datetime.date(2021, 3, 31)
FEBRUARY = datetime.date(2021, 2, 28)


@dataclass
class Case:
    """A district with one body, counted at the baseline."""

    programme: Programme
    division: Division
    body: ManagementBody
    official: User
    other: User

    def url(self, month: str = "2021-03") -> str:
        """Return the address of a month."""
        return reverse("head-counts", args=[self.programme.code]) + (f"?month={month}")

    def name(self, category: str = "administrative", figure: str = "on_post") -> str:
        """Return the name of a field of the body."""
        return f"{self.body.pk}-{category}-{figure}"

    def save(self, day: datetime.date = MARCH, **more: Any) -> int:
        """Save figures by category, having seen what is stored."""
        rows = count_rows(self.programme, self.division.pk, day)
        seen = more.pop("seen", {row.body.pk: row.seen for row in rows})
        user = more.pop("user", self.official)
        given = {self.name(category): value for category, value in more.items()}
        return save_head_counts(
            programme=self.programme,
            division=self.division,
            day=day,
            given=given,
            seen=seen,
            user=user,
        )


@pytest.fixture
def case(db: None) -> Case:
    programme = f.make_programme()
    own, other = f.make_division(programme), f.make_division(programme)
    body = f.make_body(programme, own)
    f.count_heads(body, 10, 20, 30)
    return Case(
        programme,
        own,
        body,
        f.make_user(Role.DISTRICT_OFFICIAL, division=own),
        f.make_user(Role.DISTRICT_OFFICIAL, division=other),
    )


def test_the_months_between_baseline_and_the_programmes_day(case: Case) -> None:
    months = months_to_report(case.programme)
    assert (months[0], months[1], months[-1]) == (MARCH, FEBRUARY, datetime.date(2019, 1, 31))
    case.programme.as_of_default = datetime.date(2019, 1, 30)
    assert months_to_report(case.programme) == []


def test_saved_with_history_and_beside_the_count_before(case: Case) -> None:
    assert case.save(FEBRUARY, administrative="9", public="20") == 2
    row = HeadCount.objects.get(counted_on=FEBRUARY, category="administrative")
    assert (row.on_post, row.authorised) == (9, None)
    assert row.history.latest().actor == case.official.username  # type: ignore[attr-defined]  # the history manager
    cells = {c.name: c for c in count_rows(case.programme, case.division.pk, MARCH)[0].cells}
    assert cells[case.name()].before == 9
    assert cells[case.name("contract")].before == 30
    assert cells[case.name("contract")].counted_before == f.BASELINE
    assert cells[case.name()].value is None


def test_saved_twice_changes_nothing_more(case: Case) -> None:
    rows = count_rows(case.programme, case.division.pk, MARCH)
    seen = {row.body.pk: row.seen for row in rows}
    assert case.save(administrative="9", seen=seen) == 1
    assert case.save(administrative="9", seen=seen) == 0
    assert HeadCount.objects.get(counted_on=MARCH).history.count() == 1  # type: ignore[attr-defined]  # the history manager


def test_empty_is_not_reported_and_never_zero(case: Case) -> None:
    assert case.save(administrative="") == 0
    assert case.save(administrative="0") == 1
    assert HeadCount.objects.get(counted_on=MARCH).on_post == 0
    assert case.save(administrative=" ") == 1
    assert not HeadCount.objects.filter(counted_on=MARCH).exists()


def test_a_placeholder_becomes_real(case: Case) -> None:
    f.count_heads(case.body, 8, day=MARCH, is_placeholder=True, note="示意")
    case.save(administrative="7")
    row = HeadCount.objects.get(counted_on=MARCH)
    assert (row.on_post, row.is_placeholder, row.note) == (7, False, "")


def test_every_error_at_once_and_nothing_saved(case: Case) -> None:
    with pytest.raises(ValidationError) as refused:
        case.save(administrative="-1", public="1.5", contract="9999999")
    assert len(refused.value.error_dict) == 3
    with pytest.raises(ValidationError):
        case.save(administrative="100001", public="5")
    assert not HeadCount.objects.filter(counted_on=MARCH).exists()


@pytest.mark.parametrize(
    "day", [f.BASELINE, datetime.date(2021, 3, 30), datetime.date(2021, 4, 30)]
)
def test_only_month_ends_after_the_baseline(case: Case, day: datetime.date) -> None:
    with pytest.raises(ValidationError):
        case.save(day, administrative="9")
    assert HeadCount.objects.count() == 3


def test_only_the_divisions_officials(case: Case) -> None:
    leader = f.make_user(Role.DISTRICT_LEADER, division=case.division)
    for user in (case.other, leader, f.make_user(Role.COMMISSION_REVIEWER)):
        with pytest.raises(PermissionDenied):
            case.save(administrative="9", user=user)


def test_nothing_is_overwritten_unseen(case: Case) -> None:
    seen = {row.body.pk: row.seen for row in count_rows(case.programme, case.division.pk, MARCH)}
    case.save(administrative="9")
    with pytest.raises(ConflictError) as conflict:
        case.save(administrative="8", seen=seen)
    assert [(x.theirs, x.mine) for x in conflict.value.fields] == [("9", "8")]
    assert HeadCount.objects.get(counted_on=MARCH).on_post == 9


def test_only_bodies_in_being(case: Case) -> None:
    plan = f.make_plan(case.programme, case.division)
    f.dispose_body(
        plan, case.body, BodyDisposition.Fate.ABOLISH, confirmed_on=datetime.date(2021, 3, 1)
    )
    assert count_rows(case.programme, case.division.pk, MARCH) == []
    assert len(count_rows(case.programme, case.division.pk, FEBRUARY)) == 1


@pytest.mark.parametrize(
    ("figures", "number"),
    [
        ({}, 0),
        ({"administrative": "10", "public": "20", "contract": "30"}, 1),
        ({"administrative": "12", "public": "24", "contract": "36"}, 0),
        ({"administrative": "13", "public": "15"}, 2),
        ({"administrative": "0"}, 1),
    ],
)
def test_doubts(case: Case, figures: dict[str, str], number: int) -> None:
    case.save(**dict[str, Any](figures))
    rows = count_rows(case.programme, case.division.pk, MARCH)
    assert len(doubts_about(rows)) == number


def test_somebody_where_nobody_was_is_a_jump(case: Case) -> None:
    case.save(FEBRUARY, administrative="0")
    case.save(administrative="1")
    assert len(doubts_about(count_rows(case.programme, case.division.pk, MARCH))) == 1


class TestPage:
    def test_save_and_see_the_doubts(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        page = client.get(case.url())
        (row, _cells) = page.context["rows"][0]
        form = {case.name(): "5", f"seen-{case.body.pk}": row.seen}
        response = client.post(case.url(), form)
        assert response["Location"] == case.url()
        page = client.get(case.url())
        assert len(page.context["doubts"]) == 1
        assert 'value="5"' in page.content.decode()
        response = client.post(case.url(), form, follow=True)
        assert len(list(response.context["messages"])) == 1

    def test_what_was_typed_is_not_lost(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        (row, _cells) = client.get(case.url()).context["rows"][0]
        form = {f"seen-{case.body.pk}": row.seen, case.name(): "五", case.name("public"): "7"}
        response = client.post(case.url(), form)
        assert response.status_code == 422
        assert set(response.context["errors"]) == {case.name()}
        shown = response.content.decode()
        assert 'value="五"' in shown
        assert 'value="7"' in shown
        assert f'href="#c-{case.name()}"' in shown
        assert not HeadCount.objects.filter(counted_on=MARCH).exists()

    def test_a_conflict_shows_both_and_can_be_sent_again(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        (row, _cells) = client.get(case.url()).context["rows"][0]
        form = {case.name(): "5", f"seen-{case.body.pk}": row.seen}
        case.save(administrative="9")
        response = client.post(case.url(), form)
        assert response.status_code == 422
        assert [x[1:] for x in response.context["conflicts"]] == [("9", "5")]
        (row, _cells) = response.context["rows"][0]
        assert (
            client.post(case.url(), {**form, f"seen-{case.body.pk}": row.seen}).status_code == 302
        )
        assert HeadCount.objects.get(counted_on=MARCH).on_post == 5

    def test_months(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        assert client.get(case.url("2018-12")).status_code == 400
        assert client.get(case.url("2021-04")).status_code == 400
        plain = case.url().partition("?")[0]
        assert client.get(plain).context["day"] == MARCH
        Programme.objects.update(as_of_default=f.BASELINE)
        assert client.get(plain).context["day"] is None
        assert client.post(plain).status_code == 422

    def test_only_the_own_division(self, case: Case, client: Client) -> None:
        client.force_login(case.other)
        page = client.get(case.url())
        assert page.context["rows"] == []
        client.post(case.url(), {case.name(): "5"})
        assert not HeadCount.objects.filter(counted_on=MARCH).exists()

    def test_access(self, case: Case, client: Client) -> None:
        assert client.get(case.url()).status_code == 302
        for role in (Role.COMMISSION_REVIEWER, Role.ANALYST, Role.AUDITOR):
            client.force_login(f.make_user(role))
            assert client.get(case.url()).status_code == 403
        client.force_login(f.make_user(Role.DISTRICT_LEADER, division=case.division))
        assert client.post(case.url(), {case.name(): "5"}).status_code == 403

    def test_a_constant_number_of_queries(self, case: Case, client: Client) -> None:
        client.force_login(case.official)
        client.get(case.url())
        with CaptureQueriesContext(connection) as one:
            client.get(case.url())
        for _ in range(2):
            f.count_heads(f.make_body(case.programme, case.division), 1, 2, 3)
        with CaptureQueriesContext(connection) as three:
            client.get(case.url())
        assert len(one) == len(three)

"""The staff of a draft: before → after per body and category, moves, and R14's balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from consolidation.checks.base import Status
from consolidation.models import BodyDisposition, MergePlan
from consolidation.selectors.readiness import view_with
from consolidation.services.seen import ConflictError
from platforms_portal.access import Role
from staffing.drafting import draft_of
from staffing.models import Redeployment, StaffPlan
from staffing.selectors import balance_rows
from staffing.services import place_rest, remove_planned, save_staff, save_staff_of_many
from tests import factories as make

if TYPE_CHECKING:
    from django.test import Client

    from staffing.drafting import StaffRow
    from zones.models import ManagementBody

CATEGORIES = ("administrative", "public", "contract")


class Desk:
    """A draft that keeps one body of 10, 5, 0 people and abolishes another of 4, 3, 2."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.plan = make.make_plan(self.programme, self.division, MergePlan.State.DRAFT)
        self.kept = make.make_body(self.programme, self.division)
        self.gone = make.make_body(self.programme, self.division)
        make.count_heads(self.kept, 10, 5, 0)
        make.count_heads(self.gone, 4, 3, 2)
        make.dispose_body(self.plan, self.kept, "keep")
        make.dispose_body(self.plan, self.gone, "abolish")
        self.official = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)

    def row(self, body: ManagementBody) -> StaffRow:
        row = draft_of(self.plan).row(body.pk)
        assert row is not None
        return row

    def save(self, body: ManagementBody, seen: str | None = None, **given: str) -> StaffRow:
        return save_staff(
            plan=self.plan,
            body_id=body.pk,
            given={name.replace("__", "-"): text for name, text in given.items()},
            seen=self.row(body).seen if seen is None else seen,
            user=self.official,
        )

    def url(self, name: str, *more: int, plan: MergePlan | None = None) -> str:
        return reverse(name, args=[self.programme.code, (plan or self.plan).pk, *more])


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


@pytest.fixture
def browser(desk: Desk, client: Client) -> Client:
    client.force_login(desk.official)
    client.cookies["django_language"] = "en"
    return client


# --- The service ----------------------------------------------------------------------------------


def test_people_are_saved_and_add_up(desk: Desk) -> None:
    to_kept = f"to__{desk.kept.pk}__"
    row = desk.save(
        desk.gone,
        **{f"{to_kept}administrative": "３", "retirement__administrative": "1"},
        department__public="3",
        contract_end__contract="2",
    )
    assert row.status == Status.MET
    assert [category.difference for category in desk.row(desk.kept).categories] == [None] * 3
    row = desk.save(
        desk.kept,
        after__administrative="13",
        after__public="4",
        after__contract="0",
        authorised__administrative="15",
    )
    assert [category.difference for category in row.categories] == [0, 1, 0]
    assert row.status == Status.NOT_MET
    assert StaffPlan.objects.get(category="administrative").authorised == 15
    assert Redeployment.history.first().history_user == desk.official  # type: ignore[attr-defined]


def test_many_bodies_are_saved_as_one_is_and_what_is_refused_is_left(desk: Desk) -> None:
    make.move(desk.plan, desk.gone, "public", 3, to_body=desk.kept)
    given = {
        desk.kept.pk: {"after-administrative": "12", "authorised-public": "０６"},
        desk.gone.pk: {"retirement-administrative": "4", "department-public": "x"},
        0: {"after-public": "1"},
    }
    seen = {row.body.pk: row.seen for row in draft_of(desk.plan).rows}
    with pytest.raises(ConflictError):
        save_staff_of_many(plan=desk.plan, given=given, seen={}, user=desk.official)
    refused = save_staff_of_many(plan=desk.plan, given=given, seen=seen, user=desk.official)
    assert set(refused) == {desk.gone.pk, 0}
    assert set(refused[desk.gone.pk].message_dict) == {"department-public"}
    assert StaffPlan.objects.get(category="administrative").on_post == 12
    assert StaffPlan.objects.get(category="public").authorised == 6
    assert Redeployment.objects.get().people == 3
    del given[desk.gone.pk]["department-public"], given[0]
    seen = {row.body.pk: row.seen for row in draft_of(desk.plan).rows}
    assert not save_staff_of_many(plan=desk.plan, given=given, seen=seen, user=desk.official)
    assert Redeployment.objects.get().destination == "retirement"
    entry = Redeployment.history.first()  # type: ignore[attr-defined]
    assert {entry.actor, entry.history_type} <= {desk.official.username, "-", "+"}


def test_empty_is_unknown_for_staff_after_and_nobody_for_moves(desk: Desk) -> None:
    desk.save(desk.kept, after__public="5", department__public="0")
    assert not Redeployment.objects.exists()
    desk.save(desk.kept, after__public="")
    assert not StaffPlan.objects.exists()
    assert desk.row(desk.kept).status == Status.UNKNOWN


def test_a_move_that_is_not_named_any_more_is_taken_away(desk: Desk) -> None:
    make.move(desk.plan, desk.gone, "public", 3, to_body=desk.kept, is_placeholder=True)
    desk.save(desk.gone, department__public="3")
    move = Redeployment.objects.get()
    assert (move.destination, move.people, move.is_placeholder) == ("department", 3, False)


def test_all_who_have_no_place_are_placed_at_once_and_the_others_stay(desk: Desk) -> None:
    other = make.make_body(desk.programme, desk.division)
    undecided = make.make_body(desk.programme, desk.division)
    make.count_heads(other, 1, 0, 6)
    make.count_heads(undecided, 9, 9, 9)
    make.dispose_body(desk.plan, other, "abolish")
    desk.save(desk.gone, department__administrative="1", company__contract="1")
    assert draft_of(desk.plan).without_place == 3 + 3 + 1 + 1 + 6

    def place(where: str, category: str = "") -> tuple[int, int]:
        return place_rest(plan=desk.plan, where=where, category=category, user=desk.official)

    assert place("contract_end", "contract") == (7, 2)
    assert place(f"to-{desk.kept.pk}", "public") == (3, 1)
    assert place("department") == (4, 2)
    assert place("department") == (0, 0)
    gone, left = desk.row(desk.gone), desk.row(other)
    assert gone.values["department-administrative"] == "4"
    assert gone.values["company-contract"] == "1"
    assert gone.values["contract_end-contract"] == "1"
    assert (gone.status, left.status) == (Status.MET, Status.MET)
    assert [category.arriving for category in desk.row(desk.kept).categories] == [0, 3, 0]
    assert not Redeployment.objects.filter(body__in=[desk.kept, undecided]).exists()
    for where, category in (("", ""), (f"to-{desk.gone.pk}", ""), ("department", "x")):
        with pytest.raises(ValidationError):
            place(where, category)


def test_nobody_is_said_to_be_left_in_a_body_of_which_nothing_is_decided(desk: Desk) -> None:
    open_body = make.make_body(desk.programme, desk.division)
    make.count_heads(open_body, 4, 3, 2)
    assert (desk.row(open_body).before, desk.row(open_body).after) == (9, None)
    assert desk.row(desk.gone).after == 0


def test_the_page_places_all_and_tells_what_is_missing(desk: Desk, browser: Client) -> None:
    url = desk.url("plan-staff-place")
    refused = browser.post(url, {"where": "nowhere"}, follow=True).content.decode()
    assert "Choose where they go." in refused
    assert "9 people of abolished bodies" in refused
    done = browser.post(url, {"where": "department"}, follow=True).content.decode()
    assert "9 people have a place now." in done
    assert "of abolished bodies" not in done
    MergePlan.objects.update(state="submitted", submitted_on=make.SUBMITTED)
    Redeployment.objects.all().delete()
    browser.post(url, {"where": "department"})
    assert not Redeployment.objects.exists()


def test_every_error_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(ValidationError) as caught:
        desk.save(
            desk.gone,
            department__public="-1",
            company__public="1.5",
            retirement__public="1000000",
            **{f"to__{desk.gone.pk}__public": "1"},
        )
    assert set(caught.value.message_dict) == {
        "department-public",
        "company-public",
        "retirement-public",
        f"to-{desk.gone.pk}",
    }
    assert not Redeployment.objects.exists()


def test_an_abolished_body_has_no_staff_after(desk: Desk) -> None:
    desk.save(desk.gone, after__public="3")
    assert not StaffPlan.objects.exists()


def test_a_body_of_which_nothing_is_decided_waits(desk: Desk) -> None:
    body = make.make_body(desk.programme, desk.division)
    with pytest.raises(ValidationError):
        desk.save(body, department__public="1")
    with pytest.raises(ValidationError):
        save_staff(plan=desk.plan, body_id=0, given={}, seen="", user=desk.official)


def test_nothing_is_overwritten_unseen_and_a_double_post_does_nothing_twice(desk: Desk) -> None:
    seen = desk.row(desk.gone).seen
    for _time in range(2):
        desk.save(desk.gone, seen, department__public="3")
    assert Redeployment.history.count() == 1  # type: ignore[attr-defined]
    with pytest.raises(ConflictError) as conflict:
        desk.save(desk.gone, seen, department__public="2")
    assert conflict.value.fields == [("department-public", "3", "2")]
    desk.save(desk.gone, conflict.value.seen, department__public="2")
    assert Redeployment.objects.get().people == 2


def test_people_move_to_neighbours_that_go_on_and_to_nobody_else(desk: Desk) -> None:
    near = make.make_division(desk.programme)
    far = make.make_division(desk.programme)
    make.make_adjacent(desk.division, near)
    offered = {}
    for division in (near, far, desk.programme.division):
        plan = make.make_plan(desk.programme, division)
        stays = make.make_body(desk.programme, division)
        goes = make.make_body(desk.programme, division)
        make.dispose_body(plan, stays, "keep")
        make.dispose_body(plan, goes, "abolish")
        offered[division.pk] = stays.pk
    choices = {choice.pk for choice in draft_of(desk.plan).choices}
    assert choices == {desk.kept.pk, offered[near.pk], offered[desk.programme.division_id]}


def test_planned_staff_of_a_body_that_goes_is_offered_for_removal(
    desk: Desk, browser: Client
) -> None:
    desk.save(desk.kept, after__public="4", after__administrative="10")
    BodyDisposition.objects.filter(body=desk.kept).update(fate="abolish")
    row = desk.row(desk.kept)
    assert len(row.leftover) == 2
    assert row.status == Status.NOT_MET
    address = desk.url("plan-staff-remove", desk.kept.pk)
    assert address in browser.get(desk.url("plan-staff")).content.decode()
    assert browser.post(address).status_code == 302
    assert not StaffPlan.objects.exists()


def test_the_planned_staff_of_a_body_that_stays_is_not_taken_away(desk: Desk) -> None:
    desk.save(desk.kept, after__public="5")
    assert remove_planned(plan=desk.plan, body_id=desk.kept.pk, user=desk.official) == 0
    assert StaffPlan.objects.exists()


def test_who_may_not_and_a_frozen_plan(desk: Desk) -> None:
    MergePlan.objects.update(state="submitted", submitted_on=make.SUBMITTED)
    with pytest.raises(ValidationError) as caught:
        desk.save(desk.gone, department__public="1")
    assert caught.value.code == "frozen"
    desk.official = make.make_user()
    with pytest.raises(PermissionDenied):
        desk.save(desk.gone, department__public="1")


# --- R14 is the truth -----------------------------------------------------------------------------

number = st.integers(0, 3)
triple = st.tuples(number, number, number)


class TestBalance(TestCase):
    """The balance of the page is that of the rule."""

    @settings(max_examples=40)
    @given(
        before=triple,
        after=triple,
        leaving=triple,
        moving=triple,
        arriving=triple,
        stays=st.booleans(),
    )
    def test_a_body_adds_up_exactly_where_the_rule_says_so(
        self, before: Any, after: Any, leaving: Any, moving: Any, arriving: Any, stays: bool
    ) -> None:
        programme = make.make_programme()
        division, other = make.make_division(programme), make.make_division(programme)
        plan = make.make_plan(programme, division, MergePlan.State.DRAFT)
        elsewhere = make.make_plan(programme, other)
        body, kept, sender = (
            make.make_body(programme, owner) for owner in (division, division, other)
        )
        make.dispose_body(plan, body, "keep" if stays else "abolish")
        make.dispose_body(plan, kept, "keep")
        make.count_heads(body, *before)
        # What is left from when the body was kept counts in the rule too.
        make.plan_heads(plan, body, *after)
        for n, category in enumerate(CATEGORIES):
            make.move(plan, body, category, leaving[n])
            make.move(plan, body, category, moving[n], to_body=kept)
            make.move(elsewhere, sender, category, arriving[n], to_body=body)
        row = draft_of(plan).row(body.pk)
        rule = balance_rows(view_with(plan)).get(pk=body.pk)
        assert row is not None
        off = rule.unbalanced and not rule.unclear
        assert any(category.difference for category in row.categories) == off
        assert (row.status == Status.NOT_MET) == off


# --- The page -------------------------------------------------------------------------------------


def sent(desk: Desk, body: ManagementBody, **given: str) -> dict[str, str]:
    return {"seen": desk.row(body).seen} | {k.replace("__", "-"): v for k, v in given.items()}


def test_the_page_shows_the_cut_and_each_body(desk: Desk, browser: Client) -> None:
    desk.save(desk.kept, after__administrative="10", after__public="5", after__contract="0")
    answer = browser.get(desk.url("plan-staff"))
    text = answer.content.decode()
    assert "9/24 (37.50%)" in text
    assert desk.kept.name in text
    assert desk.gone.name in text
    assert answer.context["off"] == 1


def test_people_are_posted_and_the_reader_comes_back(desk: Desk, browser: Client) -> None:
    answer = browser.post(
        desk.url("plan-staff-save", desk.gone.pk),
        sent(
            desk,
            desk.gone,
            retirement__public="1",
            **{"line-0-body": str(desk.kept.pk), "line-0-public": "2", "line-1-body": ""},
        ),
    )
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?body={desk.gone.pk}#body-{desk.gone.pk}")
    assert Redeployment.objects.get(to_body=desk.kept).people == 2
    opened = [
        one.row.body for one in browser.get(answer["Location"]).context["bodies"] if one.is_open
    ]
    assert opened == [desk.gone]


def test_what_is_refused_is_told_at_the_field_and_kept(desk: Desk, browser: Client) -> None:
    address = desk.url("plan-staff-save", desk.gone.pk)
    answer = browser.post(address, sent(desk, desk.gone, retirement__public="some"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="some"' in text
    assert f'id="b{desk.gone.pk}-retirement-public_error"' in text
    kept = str(desk.kept.pk)
    lines = {"line-0-body": "", "line-0-public": "1", "line-1-body": kept, "line-1-public": "1"}
    answer = browser.post(
        address, sent(desk, desk.gone, **lines, **{"line-2-body": kept, "line-2-public": "2"})
    )
    assert answer.status_code == 422
    for name in ("line-0-body", "line-2-body"):
        assert f'id="b{desk.gone.pk}-{name}_error"' in answer.content.decode()
    assert not Redeployment.objects.exists()


def test_a_conflict_shows_both_values_and_lets_the_user_choose(desk: Desk, browser: Client) -> None:
    address = desk.url("plan-staff-save", desk.gone.pk)
    mine = sent(desk, desk.gone, retirement__public="1")
    desk.save(desk.gone, **{f"to__{desk.kept.pk}__public": "3"})
    answer = browser.post(address, mine)
    assert answer.status_code == 409
    shown = next(one for one in answer.context["bodies"] if one.conflict)
    assert {(one.theirs, one.mine) for one in shown.conflict} == {("empty", "1"), ("3", "empty")}
    assert browser.post(address, mine | {"seen": shown.form.seen}).status_code == 302
    assert Redeployment.objects.get().destination == "retirement"


def test_who_may_not_and_what_is_not_there(desk: Desk, browser: Client) -> None:
    other = Desk()
    assert browser.get(desk.url("plan-staff", plan=other.plan)).status_code == 404
    assert browser.post(desk.url("plan-staff-save", other.kept.pk)).status_code == 404
    save_at = desk.url("plan-staff-save", desk.gone.pk)
    MergePlan.objects.filter(pk=desk.plan.pk).update(state="submitted", submitted_on=make.SUBMITTED)
    assert browser.get(desk.url("plan-staff")).status_code == 302
    assert browser.post(save_at, {"retirement-public": "1"})["Location"] == desk.url("plan")
    assert not Redeployment.objects.exists()
    browser.force_login(make.make_user())
    assert browser.get(desk.url("plan-staff")).status_code == 403
    assert browser.post(save_at).status_code == 403


def test_the_queries_do_not_grow_with_the_bodies(desk: Desk, browser: Client) -> None:
    numbers = []
    for more in (1, 2):
        for _body in range(more):
            body = make.make_body(desk.programme, desk.division)
            make.count_heads(body, 1, 1, 1)
            make.dispose_body(desk.plan, body, "keep")
            make.plan_heads(desk.plan, body, 1, 1, 1)
            make.move(desk.plan, desk.gone, "public", 1, to_body=body)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(desk.url("plan-staff")).status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]

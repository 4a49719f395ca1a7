"""A plan out of a workbook: every rule of the desk at its cell, and the preview is what is written."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition
from exchange.models import ImportRun
from exchange.problems import RefusedError
from exchange.selectors.plan_records import stored_in
from exchange.services.writers import StaleError
from platforms_portal.access import Role
from staffing.models import Redeployment, StaffPlan
from tests import factories as make
from tests.uploads import Checked, check, commit, make_run

pytestmark = pytest.mark.django_db

State = MergePlan.State


class Desk:
    """A district that retains one platform and gives one up: a body and a plate at each."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        self.other = make.make_division(self.programme)
        self.stays = make.make_platform(self.programme, self.division, code="P1", name="甲开发区")
        self.goes = make.make_platform(self.programme, self.division, code="P2", name="乙园区")
        self.foreign = make.make_platform(self.programme, self.other, code="P9", name="外区园区")
        make.make_retained(self.programme, self.stays)
        self.kept = make.make_body(
            self.programme, self.division, self.stays, code="B1", name="甲管委会"
        )
        self.gone = make.make_body(
            self.programme, self.division, self.goes, code="B2", name="乙管委会"
        )
        self.beside = make.make_body(self.programme, self.division, code="B3", name="办公室")
        self.plate = make.make_plate(self.programme, self.goes, code="G1", title="乙牌子")
        make.count_heads(self.kept, 10, 5, 0)
        make.count_heads(self.gone, 4, 3, 2)
        self.plan = make.make_plan(self.programme, self.division, State.DRAFT)
        self.user = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)

    def run(self, user: Any = "", **more: Any) -> ImportRun:
        actor = self.user if user == "" else user
        return make_run(self.programme, self.division, "plan", actor, **more)

    def check(self, columns: Any = None, **sheets: Any) -> Checked:
        return check(self.run(), sheets, columns)

    def decided(self) -> None:
        make.dispose(self.plan, self.stays, "upgrade")
        make.dispose(self.plan, self.goes, "merge", target=self.stays)
        make.dispose_body(self.plan, self.kept, "keep", serves=self.stays)
        make.dispose_body(self.plan, self.gone, "abolish")


@pytest.fixture
def desk() -> Desk:
    return Desk()


WHOLE: dict[str, list[dict[str, Any]]] = {
    "dispositions": [
        {"platform": "P1", "kind": "upgrade"},
        {
            "platform": "乙园区",
            "kind": "merge",
            "target": "甲开发区",
            "planned_on": "2021-05-01",
            "reason": "相邻",
        },
    ],
    "body_dispositions": [
        {"body": "B1", "fate": "keep"},
        {"body": "B2", "fate": "abolish"},
        {"body": "B3", "fate": "keep"},
    ],
    "plate_dispositions": [{"plate": "G1", "fate": "keep", "carrier": "P1"}],
    "staff_plans": [
        {"body": "B1", "category": "administrative", "authorised": "15", "on_post": "13"},
        {"body": "B1", "category": "public", "on_post": "5"},
        {"body": "B1", "category": "contract", "on_post": "0"},
    ],
    "redeployments": [
        {
            "body": "B2",
            "category": "administrative",
            "destination": "body",
            "to_body": "B1",
            "people": "3",
        },
        {"body": "B2", "category": "administrative", "destination": "retirement", "people": "1"},
        {"body": "B2", "category": "public", "destination": "department", "people": "3"},
        {"body": "B2", "category": "contract", "destination": "contract_end", "people": "2"},
    ],
}


class TestAWholePlan:
    def test_is_written_as_it_was_shown(self, desk: Desk) -> None:
        checked = desk.check(**WHOLE)
        assert checked.errors == []
        assert checked.warnings == []
        assert set(checked.actions) == {"add"}
        assert stored_in(desk.plan) == {}, "a check changes nothing"
        merged = checked.of("dispositions")[1]
        assert (merged.key, merged.label) == ("P2", "乙园区")
        assert merged.after == {
            "kind": "Merge",
            "target": "甲开发区",
            "planned_on": "2021-05-01",
            "reason": "相邻",
        }
        commit(checked.run, desk.user)
        decision = Disposition.objects.get(platform=desk.goes)
        assert (decision.kind, decision.target, decision.reason) == ("merge", desk.stays, "相邻")
        assert BodyDisposition.objects.get(body=desk.kept).serves == desk.stays
        assert PlateDisposition.objects.get(plate=desk.plate).carrier == desk.stays
        assert StaffPlan.objects.get(body=desk.kept, category="administrative").authorised == 15
        assert Redeployment.objects.get(destination="body").to_body == desk.kept

    def test_has_its_history(self, desk: Desk) -> None:
        checked = desk.check(**WHOLE)
        commit(checked.run, desk.user)
        for model in (Disposition, BodyDisposition, PlateDisposition, StaffPlan, Redeployment):
            entries = model.history.all()  # type: ignore[attr-defined]
            assert entries.count() == model._default_manager.count()
            assert {entry.actor for entry in entries} == {desk.user.username}
            assert {entry.history_change_reason for entry in entries} == {"年度核对"}
            assert {entry.history_user for entry in entries} == {desk.user}

    def test_uploaded_twice_changes_nothing(self, desk: Desk) -> None:
        commit(desk.check(**WHOLE).run, desk.user)
        stored, entries = stored_in(desk.plan), Disposition.history.count()  # type: ignore[attr-defined]
        again = desk.check(**WHOLE)
        assert set(again.actions) == {"same"}
        assert again.absent == {}
        commit(again.run, desk.user)
        assert stored_in(desk.plan) == stored
        assert Disposition.history.count() == entries  # type: ignore[attr-defined]

    def test_by_the_command_acts_under_its_name_alone(self, desk: Desk) -> None:
        checked = check(desk.run(None), WHOLE)
        assert checked.errors == []
        commit(checked.run, None)
        entry = Disposition.history.first()  # type: ignore[attr-defined]
        assert (entry.actor, entry.history_user) == ("import_workbook", None)


class TestWhichPlan:
    def test_one_that_was_not_begun_is_begun_with_the_commit(self, desk: Desk) -> None:
        desk.plan.delete()
        checked = desk.check(**WHOLE)
        assert ("", "draft_begun") in checked.warnings
        assert not MergePlan.objects.exists()
        commit(checked.run, desk.user)
        plan = MergePlan.objects.get()
        assert (plan.state, plan.version) == (State.DRAFT, 1)
        assert Disposition.objects.filter(plan=plan).count() == 2

    def test_a_returned_one_is_taken_up_again(self, desk: Desk) -> None:
        desk.decided()
        MergePlan.objects.update(state=State.RETURNED, submitted_on=make.SUBMITTED)
        checked = desk.check(dispositions=[{"platform": "P2", "kind": "abolish"}])
        assert checked.outcomes[0].before == {"kind": "Merge", "target": "甲开发区"}
        assert checked.outcomes[0].after == {"kind": "Abolish", "target": ""}
        commit(checked.run, desk.user)
        newest = MergePlan.objects.get(version=2)
        assert Disposition.objects.get(plan=newest, platform=desk.goes).kind == "abolish"
        assert Disposition.objects.get(plan=desk.plan, platform=desk.goes).kind == "merge"

    @pytest.mark.parametrize(
        ("state", "word"),
        [
            (State.LEADER_REVIEW, "Withdraw"),
            (State.SUBMITTED, "Ask the commission"),
            (State.COUNTERSIGNED, "Ask the commission"),
            (State.APPROVED, "carried out"),
        ],
    )
    def test_one_on_its_way_is_refused_with_what_to_do(
        self, desk: Desk, state: str, word: str
    ) -> None:
        MergePlan.objects.update(state=state, submitted_on=make.SUBMITTED)
        with pytest.raises(RefusedError) as refused:
            desk.check(**WHOLE)
        assert refused.value.code == "plan_frozen"
        assert word in refused.value.remedy

    def test_a_command_takes_no_returned_plan_up_again(self, desk: Desk) -> None:
        MergePlan.objects.update(state=State.RETURNED, submitted_on=make.SUBMITTED)
        with pytest.raises(RefusedError) as refused:
            check(desk.run(None), WHOLE)
        assert refused.value.code == "plan_returned"

    @pytest.mark.parametrize("role", [Role.DISTRICT_LEADER, Role.DISTRICT_OFFICIAL])
    def test_nobody_but_its_own_officials(self, desk: Desk, role: str) -> None:
        own = desk.division if role == Role.DISTRICT_LEADER else desk.other
        with pytest.raises(PermissionDenied):
            check(desk.run(make.make_user(role, division=own)), WHOLE)

    def test_it_moved_since_it_was_checked(self, desk: Desk) -> None:
        checked = desk.check(**WHOLE)
        make.dispose(desk.plan, desk.goes, "abolish")
        with pytest.raises(StaleError):
            commit(checked.run, desk.user)
        assert Disposition.objects.count() == 1
        assert not BodyDisposition.objects.exists()

    def test_it_was_submitted_since(self, desk: Desk) -> None:
        checked = desk.check(**WHOLE)
        MergePlan.objects.update(state=State.SUBMITTED, submitted_on=make.SUBMITTED)
        with pytest.raises(StaleError):
            commit(checked.run, desk.user)
        assert not Disposition.objects.exists()


class TestErrorsAtTheirCells:
    def test_all_at_once(self, desk: Desk) -> None:
        checked = desk.check(
            dispositions=[
                {"platform": "P2", "kind": "merge", "target": "P2"},
                {"platform": "P9", "kind": "abolish"},
                {"platform": "P1", "kind": "abolish", "target": "P1"},
            ],
            body_dispositions=[
                {"body": "B1", "fate": "found"},
                {"body": "B3", "fate": "found"},
                {"body": "新管委会", "fate": "found"},
            ],
            plate_dispositions=[{"plate": "G1", "fate": "drop", "carrier": "P1"}],
            staff_plans=[
                {"body": "B2", "category": "public", "on_post": "3"},
                {"body": "B1", "category": "public", "on_post": "-3"},
            ],
            redeployments=[
                {"body": "B2", "category": "public", "destination": "body", "people": "3"},
                {
                    "body": "B2",
                    "category": "public",
                    "destination": "company",
                    "to_body": "B1",
                    "people": "3",
                },
                {"body": "B2", "category": "public", "destination": "company"},
                {"body": "B2", "category": "contract", "destination": "company", "people": "2"},
            ],
        )
        assert checked.errors == [
            ("C2", "refused"),
            ("A3", "unknown"),
            ("B2", "refused"),
            ("B3", "refused"),
            ("A4", "unknown"),
            ("D2", "undecided"),
            ("D3", "undecided"),
            ("D2", "to_body_missing"),
            ("D3", "to_body_not_due"),
            ("E4", "people_missing"),
            ("A5", "refused"),
        ]
        assert all(problem.message and problem.remedy for problem in checked.problems)
        assert checked.warnings[:2] == [("C4", "not_due"), ("C2", "not_due")]
        assert checked.problems[0].value == "P2"
        assert "Result" in checked.problems[5].remedy

    def test_what_is_right_beside_an_error_is_shown(self, desk: Desk) -> None:
        checked = desk.check(
            dispositions=[
                {"platform": "P2", "kind": "abolish", "planned_on": "2018-12-31"},
                {"platform": "P1", "kind": "upgrade", "planned_on": "2019-01-01"},
            ],
            body_dispositions=[{"body": "B2", "fate": "abolish"}],
        )
        assert checked.errors == [("E2", "refused")]
        assert checked.actions == ["error", "add", "add"]

    def test_a_target_must_be_retained(self, desk: Desk) -> None:
        third = make.make_platform(desk.programme, desk.division, code="P3")
        rows = [{"platform": "P2", "kind": "merge", "target": "P3"}]
        assert desk.check(dispositions=rows).errors == [("C2", "refused")]
        make.make_retained(desk.programme, third)
        assert desk.check(dispositions=rows).errors == []

    def test_a_record_stands_once(self, desk: Desk) -> None:
        checked = desk.check(
            dispositions=[
                {"platform": "P2", "kind": "abolish"},
                {"platform": "乙园区", "kind": "merge", "target": "P1"},
            ]
        )
        assert checked.errors == [("A3", "twice")]

    def test_a_name_of_two_needs_the_code(self, desk: Desk) -> None:
        make.make_platform(desk.programme, desk.division, code="P3", name="乙园区")
        checked = desk.check(dispositions=[{"platform": "乙园区", "kind": "abolish"}])
        assert checked.errors == [("A2", "ambiguous")]
        assert "P2, P3" in checked.problems[0].message

    def test_what_was_confirmed_stays(self, desk: Desk) -> None:
        make.dispose(desk.plan, desk.goes, "abolish", confirmed_on=make.AS_OF)
        make.dispose_body(desk.plan, desk.gone, "abolish", confirmed_on=make.AS_OF)
        checked = desk.check(
            dispositions=[{"platform": "P2", "kind": "merge", "target": "P1"}],
            body_dispositions=[{"body": "B2", "fate": "keep"}],
        )
        assert checked.errors == [("B2", "refused"), ("B2", "refused")]

    def test_a_body_that_the_plan_founds_is_founded_on_its_page(self, desk: Desk) -> None:
        new = make.make_body(
            desk.programme, desk.division, code="N1", origin="founded", leadership_teams=None
        )
        make.dispose_body(desk.plan, new, "found", serves=desk.stays)
        same = desk.check(body_dispositions=[{"body": "N1", "fate": "found"}])
        assert same.actions == ["same"]
        other = desk.check(body_dispositions=[{"body": "N1", "fate": "keep"}])
        assert other.errors == [("B2", "founded")]
        staffed = desk.check(
            staff_plans=[{"body": "N1", "category": "public", "on_post": "3"}],
        )
        assert staffed.errors == []

    def test_a_category_that_does_not_count(self, desk: Desk) -> None:
        desk.decided()
        desk.programme.counted_categories = ["administrative"]
        desk.programme.save()
        rows = [{"body": "B1", "category": "public", "on_post": "3"}]
        assert desk.check(staff_plans=rows).errors == [("B2", "not_counted")]
        assert desk.check(staff_plans=[{"body": "B1", "category": "public"}]).actions == ["same"]


class TestWhatFollows:
    def test_a_target_left_standing_falls_away_and_is_told(self, desk: Desk) -> None:
        desk.decided()
        checked = desk.check(dispositions=[{"platform": "P2", "kind": "abolish", "target": "P1"}])
        assert checked.errors == []
        assert checked.warnings == [("C2", "not_due")]
        assert checked.outcomes[0].after == {"kind": "Abolish", "target": ""}
        commit(checked.run, desk.user)
        assert Disposition.objects.get(platform=desk.goes).target is None

    def test_a_plate_that_is_kept_goes_with_its_platform(self, desk: Desk) -> None:
        make.dispose_plate(desk.plan, desk.plate, "keep")
        rows = [{"platform": "P2", "kind": "merge", "target": "P1"}]
        checked = desk.check(dispositions=rows)
        assert checked.warnings == [("2", "follows")]
        commit(checked.run, desk.user)
        assert PlateDisposition.objects.get().carrier == desk.stays

    @pytest.mark.parametrize("named", ["plate", "body"])
    def test_it_is_told_at_whatever_stands_beside_it(self, desk: Desk, named: str) -> None:
        make.dispose(desk.plan, desk.goes, "merge", target=desk.stays)
        make.dispose_plate(desk.plan, desk.plate, "keep")
        make.make_plate(desk.programme, desk.goes, code="G2")
        sheets = {
            "plate": {"plate_dispositions": [{"plate": "G2", "fate": "drop"}]},
            "body": {"body_dispositions": [{"body": "B2", "fate": "abolish"}]},
        }[named]
        checked = desk.check(**sheets)
        assert checked.warnings == [("2", "follows")]
        commit(checked.run, desk.user)
        assert PlateDisposition.objects.get(plate=desk.plate).carrier == desk.stays

    def test_but_not_where_the_file_says_otherwise(self, desk: Desk) -> None:
        make.dispose_plate(desk.plan, desk.plate, "keep")
        checked = desk.check(
            dispositions=[{"platform": "P2", "kind": "merge", "target": "P1"}],
            plate_dispositions=[{"plate": "G1", "fate": "keep"}],
        )
        assert checked.warnings == []
        assert checked.actions == ["add", "same"]
        commit(checked.run, desk.user)
        assert PlateDisposition.objects.get().carrier is None

    def test_a_column_that_is_not_in_the_file_stays(self, desk: Desk) -> None:
        desk.decided()
        Disposition.objects.filter(platform=desk.goes).update(reason="相邻")
        rows = [{"platform": "P2", "kind": "merge"}]
        checked = desk.check({"dispositions": ["platform", "kind"]}, dispositions=rows)
        assert checked.actions == ["same"]
        emptied = desk.check(dispositions=[{**rows[0], "target": "P1"}])
        assert emptied.outcomes[0].before == {"reason": "相邻"}
        assert emptied.outcomes[0].after == {"reason": ""}

    def test_an_emptied_disposition_is_not_decided_any_more(self, desk: Desk) -> None:
        desk.decided()
        checked = desk.check(dispositions=[{"platform": "P1"}, {"platform": "P2"}])
        assert checked.actions == ["change", "change"]
        commit(checked.run, desk.user)
        assert not Disposition.objects.exists()

    def test_what_the_file_does_not_name_is_counted_and_stays(self, desk: Desk) -> None:
        desk.decided()
        checked = desk.check(
            dispositions=[{"platform": "P2", "kind": "abolish"}],
            body_dispositions=[{"body": "B2", "fate": "abolish"}],
        )
        assert checked.absent == {"dispositions": 1, "body_dispositions": 2}
        commit(checked.run, desk.user)
        assert Disposition.objects.get(platform=desk.stays).kind == "upgrade"

    def test_a_row_with_errors_names_its_record_too(self, desk: Desk) -> None:
        desk.decided()
        rows = [{"platform": "P1", "kind": "upgrade"}, {"platform": "P2", "kind": "merge"}]
        rows[1]["target"] = "不存在的园区"
        checked = desk.check(dispositions=rows)
        assert checked.errors == [("C3", "unknown")]
        assert checked.absent == {}


class TestPeople:
    @pytest.mark.parametrize(("people", "code"), [("3", []), ("4", ["unbalanced"])])
    def test_everybody_is_accounted_for_exactly(
        self, desk: Desk, people: str, code: list[str]
    ) -> None:
        desk.decided()
        rows = [{"body": "B2", "category": "public", "destination": "company", "people": people}]
        checked = desk.check(redeployments=rows)
        assert [found for _cell, found in checked.warnings] == code
        assert checked.errors == []

    def test_one_without_a_place_is_told(self, desk: Desk) -> None:
        desk.decided()
        rows = [{"body": "B2", "category": "public", "destination": "company", "people": "2"}]
        checked = desk.check(redeployments=rows)
        assert checked.warnings == [("E2", "unbalanced")]
        assert "1 person is not accounted for" in checked.problems[0].message

    def test_a_move_that_the_file_does_not_name_stays_and_is_told(self, desk: Desk) -> None:
        desk.decided()
        make.move(desk.plan, desk.gone, "public", 2, to_body=desk.kept)
        rows = [{"body": "B2", "category": "public", "destination": "company", "people": "1"}]
        checked = desk.check(redeployments=rows)
        assert checked.warnings == [("2", "moves_left")]
        assert checked.absent == {"redeployments": 1}
        commit(checked.run, desk.user)
        assert Redeployment.objects.count() == 2

    def test_nobody_takes_the_move_away(self, desk: Desk) -> None:
        desk.decided()
        make.move(desk.plan, desk.gone, "public", 2, to_body=desk.kept)
        rows = [
            {
                "body": "B2",
                "category": "public",
                "destination": "body",
                "to_body": "甲管委会",
                "people": "0",
            },
            {"body": "B2", "category": "public", "destination": "company", "people": "0"},
        ]
        checked = desk.check(redeployments=rows)
        assert checked.actions == ["change", "same"]
        assert checked.outcomes[0].before == {"people": "2"}
        commit(checked.run, desk.user)
        assert not Redeployment.objects.exists()

    def test_people_go_only_to_bodies_that_go_on(self, desk: Desk) -> None:
        desk.decided()
        rows = [
            {
                "body": "B1",
                "category": "public",
                "destination": "body",
                "to_body": "B2",
                "people": "1",
            }
        ]
        assert desk.check(redeployments=rows).errors == [("D2", "refused")]
        fates = [{"body": "B2", "fate": "keep"}]
        assert desk.check(body_dispositions=fates, redeployments=rows).errors == []

    def test_nobody_is_planned_for_a_body_that_goes(self, desk: Desk) -> None:
        desk.decided()
        rows = [{"body": "B2", "category": "public", "on_post": "1"}]
        assert desk.check(staff_plans=rows).errors == [("D2", "goes")]
        zero = [{"body": "B2", "category": "public", "on_post": "0", "authorised": "0"}]
        assert desk.check(staff_plans=zero).actions == ["same"]

    def test_what_is_left_planned_of_it_is_told_and_can_be_emptied(self, desk: Desk) -> None:
        desk.decided()
        make.plan_heads(desk.plan, desk.gone, 4, 3)
        rows = [
            {"body": "B2", "category": "administrative", "on_post": "4"},
            {"body": "B2", "category": "public", "on_post": "3"},
        ]
        left = desk.check(staff_plans=rows)
        assert left.actions == ["same", "same"]
        assert [code for _cell, code in left.warnings].count("leftover") == 2
        empty = [{"body": "B2", "category": name} for name in ("administrative", "public")]
        checked = desk.check(staff_plans=empty)
        assert checked.actions == ["change", "change"]
        commit(checked.run, desk.user)
        assert not StaffPlan.objects.exists()

    def test_empty_is_not_zero(self, desk: Desk) -> None:
        desk.decided()
        make.plan_heads(desk.plan, desk.kept, 4)
        zero = desk.check(
            staff_plans=[{"body": "B1", "category": "administrative", "on_post": "0"}]
        )
        assert zero.outcomes[0].after == {"on_post": "0"}
        empty = desk.check(staff_plans=[{"body": "B1", "category": "administrative"}])
        assert empty.outcomes[0].after == {"on_post": ""}
        commit(empty.run, desk.user)
        assert not StaffPlan.objects.exists()


def test_it_does_not_matter_how_a_file_is_cut(desk: Desk) -> None:
    make.dispose_plate(desk.plan, desk.plate, "keep")
    sheets = {**WHOLE, "plate_dispositions": [{"plate": "G1", "fate": "keep"}]}
    sheets["redeployments"] = [
        *WHOLE["redeployments"],
        {"body": "B3", "category": "public", "destination": "body", "to_body": "B2", "people": "1"},
    ]
    whole, cut = (check(desk.run(), sheets, chunk=size) for size in (2000, 1))
    assert whole.outcomes == cut.outcomes
    assert whole.problems == cut.problems
    assert whole.errors == [("D6", "refused")]


def rows_for(desk: Desk, number: int) -> dict[str, list[dict[str, Any]]]:
    """A plan of ``number`` more platforms, each with a body of three categories."""
    sheets: dict[str, list[dict[str, Any]]] = {name: [] for name in WHOLE}
    for n in range(number):
        platform = make.make_platform(desk.programme, desk.division, code=f"X{n:04}")
        body = make.make_body(desk.programme, desk.division, platform, code=f"Y{n:04}")
        make.count_heads(body, 3, 2, 1)
        sheets["dispositions"].append(
            {"platform": platform.code, "kind": "merge", "target": "P1", "reason": "相邻"}
        )
        sheets["body_dispositions"].append({"body": body.code, "fate": "abolish"})
        sheets["redeployments"] += [
            {"body": body.code, "category": name, "destination": "company", "people": people}
            for name, people in (("administrative", 3), ("public", 2), ("contract", 1))
        ]
    return sheets


def test_the_queries_do_not_grow_with_the_rows() -> None:
    counted = []
    for number in (3, 12):
        desk = Desk()
        sheets = rows_for(desk, number)
        run = desk.run()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            checked = check(run, sheets)
        assert checked.errors == []
        rows = len(checked.outcomes)
        with CaptureQueriesContext(connection) as written:
            commit(run, desk.user)
        # Keeping the rows of the run is the caller's, one query each here.
        counted.append((len(queries) - rows, len(written)))
    assert counted[0] == counted[1]

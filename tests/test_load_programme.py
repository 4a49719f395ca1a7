"""A whole programme is loaded, loaded again, and changed; its city is not Hangzhou."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consolidation.loading.engine import Summary, Tally, load_programme
from consolidation.loading.problems import BadDataError
from consolidation.loading.specs import SHEETS
from consolidation.models import (
    BodyDisposition,
    Disposition,
    MergePlan,
    Programme,
    RetainedPlatform,
    Target,
    Task,
)
from consolidation.services.execution import settle
from staffing.models import HeadCount, Redeployment
from tests.programmes import HERE, SAMPLE, Edited, as_workbook
from zones.models import Adjacency, Division, Industry, Ledger, ManagementBody, Platform

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.models import QuerySet

pytestmark = pytest.mark.django_db

GOOD = sorted((HERE / "should_pass").iterdir())


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    return Edited(tmp_path)


def moved(summary: Summary) -> dict[str, tuple[int, int]]:
    """Return, for the sheets in which something changed, how many rows were added and changed."""
    return {
        name: (tally.added, tally.changed)
        for name, tally in summary.sheets.items()
        if tally.added or tally.changed
    }


def history(of: Any) -> QuerySet[Any]:
    """Return the rows of history of a record or a model, the newest first."""
    rows: QuerySet[Any] = of.history.all()
    return rows


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("load_programme", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_every_good_programme_loads(path: Path) -> None:
    summary = load_programme(path)
    assert Programme.objects.filter(code=summary.programme).exists()


def test_the_sample_uses_every_sheet() -> None:
    assert {file.stem for file in SAMPLE.glob("*.csv")} == set(SHEETS)
    assert all(tally.added for tally in load_programme(SAMPLE).sheets.values())


def test_the_programme_is_as_written() -> None:
    load_programme(SAMPLE)
    programme = Programme.objects.get()
    assert programme.division.name == "示例市"
    assert programme.ledger == Ledger.objects.get(code="sample", name="示例市台账")
    assert programme.counted_categories == ["administrative", "public"]
    assert programme.exempt_titles == ["党工委书记", "主任"]
    assert programme.bodies_basis == "declared"
    assert programme.staff_basis == "ledger"
    assert programme.is_placeholder


def test_chinese_words_shares_and_lists_are_understood() -> None:
    load_programme(SAMPLE)
    targets = {(target.rule, target.name): target for target in Target.objects.all()}
    body_cut, staff_cut = targets["R02", "bodies_cut_min"], targets["R03", "staff_cut_min"]
    assert (body_cut.numerator, body_cut.denominator, body_cut.binds_divisions) == (60, 100, True)
    assert (staff_cut.numerator, staff_cut.denominator) == (33, 100)
    assert targets["R04", ""].numerator is None
    platform = Platform.objects.get(code="P1")
    assert platform.level == "national"
    assert str(platform.approved_area) == "12.5000"
    names = platform.leading_industries.values_list("industry__name", flat=True)
    assert set(names) == {"软件", "医药"}
    assert Platform.objects.get(code="P5").approved_area is None
    assert ManagementBody.objects.get(code="B2").platforms.count() == 2
    assert Task.objects.get(clause="一").departments.count() == 2
    assert HeadCount.objects.get(body__code="B5", category="contract").authorised is None
    move = Redeployment.objects.get(destination="body")
    assert move.to_body is not None
    assert (move.body.code, move.to_body.code) == ("B2", "B1")


def test_divisions_are_named_by_code_and_day() -> None:
    load_programme(SAMPLE)
    east = Division.objects.get(code="990101", valid_from=None)
    southeast = Division.objects.get(code="990101", valid_from="2021-03-01")
    platform = Platform.objects.get(code="P3")
    assert (platform.division, platform.current_division) == (east, southeast)
    assert east.parent == Division.objects.get(code="990100")
    assert set(east.successions.values_list("successor", flat=True)) == {southeast.pk}
    # Both directions of the two pairs, of which the files give one both ways.
    assert Adjacency.objects.count() == 4


def test_decisions_without_a_plan_go_to_the_owners_latest() -> None:
    load_programme(SAMPLE)
    east = MergePlan.objects.filter(division__code="990101")
    assert set(east.values_list("version", "state")) == {(1, "returned"), (2, "approved")}
    versions = Disposition.objects.filter(platform__code="P3").values_list("plan__version", "kind")
    assert set(versions) == {(1, "abolish"), (2, "merge")}
    municipal = MergePlan.objects.get(division__code="990100")
    assert (municipal.version, municipal.state) == (1, "submitted")
    # It counts from the baseline on; when it was submitted nobody said.
    assert (str(municipal.submitted_on), municipal.first_submitted_on) == ("2019-06-30", None)
    draft = MergePlan.objects.get(division__code="990102")
    assert (draft.state, draft.submitted_on) == ("draft", None)


def test_steps_decide_the_day_of_confirmation() -> None:
    load_programme(SAMPLE)

    def confirmed(code: str) -> str:
        return str(
            Disposition.objects.get(platform__code=code, plan__state="approved").confirmed_on
        )

    assert confirmed("P3") == "2020-10-12"
    assert Disposition.objects.get(platform__code="P6").confirmed_on is None
    assert str(BodyDisposition.objects.get(body__code="B4").confirmed_on) == "2020-12-20"
    assert str(BodyDisposition.objects.get(body__code="B5").confirmed_on) == "2020-11-01"
    founding = RetainedPlatform.objects.get(platform__code="P8").founding_confirmed_on
    assert str(founding) == "2020-12-24"


def test_rows_have_history_with_actor_and_source() -> None:
    load_programme(SAMPLE)
    rows = list(history(Platform.objects.get(code="P1")))
    assert [(row.history_type, row.actor) for row in rows] == [("+", "load_programme")]
    assert rows[0].history_change_reason == "load_programme sample_city"
    settled = history(Disposition.objects.get(platform__code="P3", plan__version=2)).first()
    assert settled is not None
    assert (settled.history_type, settled.actor) == ("~", "load_programme")


def test_a_workbook_holds_the_same_as_a_folder(tmp_path: Path) -> None:
    book = as_workbook(SAMPLE, tmp_path / "sample.xlsx")
    assert load_programme(book).sheets["platforms"] == Tally(added=8)
    assert moved(load_programme(SAMPLE, update=True)) == {}
    assert moved(load_programme(book, update=True)) == {}


def test_a_programme_that_exists_is_refused() -> None:
    load_programme(SAMPLE)
    with pytest.raises(BadDataError) as caught:
        load_programme(SAMPLE)
    found = caught.value.problems
    assert [(p.place, p.row, p.column) for p in found] == [("programme.csv", 3, "code")]


def test_an_update_writes_only_what_differs(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.set("platforms", 2, "name", "新名高新区")
    edited.set("platforms", 2, "placeholder", "no")
    edited.set("platforms", 2, "industries", "软件;新材料")
    edited.set("bodies", 3, "platforms", "P2")
    edited.append("platforms", {"code": "P9", "name": "新园", "division": "990102"})
    summary = load_programme(edited.path, update=True)
    assert moved(summary) == {"platforms": (1, 1), "bodies": (0, 1)}
    platform = Platform.objects.get(code="P1")
    assert (platform.name, platform.is_placeholder) == ("新名高新区", False)
    names = platform.leading_industries.values_list("industry__name", flat=True)
    assert set(names) == {"软件", "新材料"}
    assert [row.history_type for row in history(platform).order_by("history_id")] == ["+", "~"]
    remits = ManagementBody.objects.get(code="B2").remits
    assert remits.count() == 1
    gone = history(remits.model).filter(history_type="-").get()
    assert gone.actor == "load_programme"
    assert history(Platform.objects.get(code="P2")).count() == 1
    assert moved(load_programme(edited.path, update=True)) == {}


def test_an_update_deletes_no_rows_and_leaves_absent_columns(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.drop_column("platforms", "approved_area")
    edited.drop_column("platforms", "industries")
    edited.remove("bodies")
    for sheet in ("posts", "staff", "body_dispositions", "staff_plans", "redeployments", "steps"):
        edited.remove(sheet)
    assert moved(load_programme(edited.path, update=True)) == {}
    assert ManagementBody.objects.count() == 5
    assert Industry.objects.count() == 3
    assert str(Platform.objects.get(code="P1").approved_area) == "12.5000"


def test_an_update_can_close_one_version_and_open_the_next(edited: Edited) -> None:
    edited.set("plans", 3, "state", "submitted")
    load_programme(edited.path)
    edited.set("plans", 3, "state", "returned")
    edited.append(
        "plans", {"division": "990101", "version": "3", "state": "draft", "placeholder": "yes"}
    )
    # What names no plan now belongs to the new version.
    moves = moved(load_programme(edited.path, update=True))
    assert moves["plans"] == (1, 1)


def test_an_update_can_move_the_default_successor(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.set("successions", 3, "is_default", "no")
    edited.set("successions", 4, "is_default", "yes")
    assert moved(load_programme(edited.path, update=True)) == {"successions": (0, 2)}
    edited.set("successions", 3, "is_default", "yes")
    edited.set("successions", 4, "is_default", "no")
    assert moved(load_programme(edited.path, update=True)) == {"successions": (0, 2)}


def test_a_step_taken_back_takes_back_the_confirmation(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.set("steps", 3, "confirmed_on", "")
    assert moved(load_programme(edited.path, update=True)) == {"steps": (0, 1)}
    assert Disposition.objects.get(platform__code="P3", plan__version=2).confirmed_on is None


def test_a_second_programme_shares_city_and_ledger(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.set("programme", 3, "value", "second")
    summary = load_programme(edited.path)
    assert summary.sheets["divisions"] == Tally(unchanged=5)
    assert summary.sheets["platforms"] == Tally(unchanged=8)
    assert summary.sheets["dispositions"] == Tally(added=7)
    assert Ledger.objects.count() == 1


def test_a_second_programme_cannot_change_what_it_shares(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.set("programme", 3, "value", "second")
    edited.set("divisions", 3, "name", "新西县")
    edited.set("platforms", 3, "name", "别名")
    edited.set("platforms", 4, "name", "")
    with pytest.raises(BadDataError) as caught:
        load_programme(edited.path)
    found = [(p.place, p.row, p.column) for p in caught.value.problems]
    assert found == [
        ("divisions.csv", 3, "name"),
        ("platforms.csv", 3, "name"),
        ("platforms.csv", 4, "name"),
    ]


def test_a_division_keeps_its_name_even_in_an_update(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.set("divisions", 3, "name", "新西县")
    with pytest.raises(BadDataError) as caught:
        load_programme(edited.path, update=True)
    assert [p.column for p in caught.value.problems] == ["name"]


@pytest.mark.parametrize("update", [False, True])
def test_a_trial_writes_nothing(update: bool) -> None:
    if update:
        load_programme(SAMPLE)
    before = Platform.objects.count(), history(Platform).count()
    out = run(SAMPLE, "--dry-run", "--language", "en", *(["--update"] if update else []))
    assert "nothing was written" in out
    assert (Platform.objects.count(), history(Platform).count()) == before


def test_the_command_tells_the_rows_of_each_sheet() -> None:
    out = run(SAMPLE, "--language", "en").splitlines()
    assert out[0].split() == ["Sheet", "added", "changed", "unchanged"]
    assert "platforms           8      0        0" in out
    assert out[-1] == "“sample-city” is loaded."
    told = json.loads(run(SAMPLE, "--update", "--format", "json"))
    assert told["loaded"] is True
    assert told["programme"] == "sample-city"
    assert told["sheets"]["platforms"] == {"added": 0, "changed": 0, "unchanged": 8}


def test_if_missing_leaves_what_is_there(edited: Edited) -> None:
    assert "loaded" in run(SAMPLE, "--if-missing", "--language", "en")
    edited.set("platforms", 2, "name", "新名")
    assert "is there already" in run(edited.path, "--if-missing", "--language", "en")
    assert json.loads(run(edited.path, "--if-missing", "--format", "json"))["present"] is True
    assert Platform.objects.get(code="P1").name == "示例高新区"


def test_update_and_if_missing_exclude_each_other() -> None:
    with pytest.raises(CommandError, match="not allowed with"):
        run(SAMPLE, "--update", "--if-missing")


def test_queries_do_not_grow_with_rows(tmp_path: Path) -> None:
    load_programme(SAMPLE)
    counts = []
    for rows in (1, 20):
        folder = tmp_path / str(rows)
        folder.mkdir()
        copy = Edited(folder)
        copy.set("programme", 3, "value", f"city-{rows}")
        copy.set("programme", 7, "value", f"ledger-{rows}")
        for at in range(rows):
            copy.append("platforms", {"code": f"X{at}", "name": "园", "division": "990102"})
            copy.append("posts", {"body": "B1", "title": f"岗位{at}"})
        with CaptureQueriesContext(connection) as captured:
            load_programme(copy.path)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_one_decision_is_settled_when_its_steps_change() -> None:
    load_programme(SAMPLE)
    decision = Disposition.objects.get(platform__code="P6")
    assert not settle(decision, actor="tester", reason="nothing new")
    decision.steps.update(confirmed_on="2020-12-30")
    assert settle(decision, actor="tester", reason="confirmed")
    assert str(decision.confirmed_on) == "2020-12-30"
    newest = history(decision).first()
    assert newest is not None
    assert (newest.history_type, newest.actor) == ("~", "tester")
    assert str(newest.confirmed_on) == "2020-12-30"

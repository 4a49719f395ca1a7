"""Every error is found at once, told at its file, row and column, and nothing is written."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation
from openpyxl import Workbook

from consolidation.loading.engine import load_programme
from consolidation.loading.problems import BadDataError, Problem
from consolidation.models import Programme
from tests.programmes import HERE, SAMPLE, Edited, as_workbook
from zones.models import Division, Platform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db

BAD = sorted(path for path in (HERE / "should_fail").iterdir() if path.is_dir())


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    return Edited(tmp_path)


def problems(path: Path, *, update: bool = False) -> list[Problem]:
    with pytest.raises(BadDataError) as caught:
        load_programme(path, update=update)
    return caught.value.problems


def places(found: list[Problem]) -> list[tuple[str, int | None, str]]:
    return [(problem.place, problem.row, problem.column) for problem in found]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_a_bad_programme_tells_every_error_at_once(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = [[p.place, p.row, p.column, p.value] for p in problems(path)]
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert not Programme.objects.exists()
    assert not Division.objects.exists()


@dataclass(frozen=True)
class Cell:
    """A cell to change, and where and how the error is told (default: at that cell).

    ``alone`` is false where rows that name the former value are wrong too.
    """

    sheet: str
    row: int
    heading: str
    value: str
    message: str
    at: str = ""
    alone: bool = True


CELLS = [
    Cell("divisions", 3, "code", "99010", "six digits", alone=False),
    Cell(
        "dispositions",
        4,
        "confirmed_on",
        "2019-06-29",
        "before the baseline (2019-06-30)",
        alone=False,
    ),
    Cell("body_dispositions", 5, "confirmed_on", "2001-01-01", "before the baseline"),
    Cell("divisions", 3, "level", "镇", "is not one of: municipal 地级市"),
    Cell("divisions", 3, "parent", "990109", "is not the city above"),
    Cell("divisions", 3, "parent", "990102", "is not the city above"),
    Cell("divisions", 2, "valid_to", "31.12.2020", "is no date"),
    Cell("divisions", 7, "valid_to", "2021-02-01", "must end after it starts"),
    Cell("successions", 2, "successor", "990101", "cannot follow itself"),
    Cell("successions", 2, "successor", "990101@soon", "is no date"),
    Cell("successions", 4, "is_default", "yes", "The other is in row 3.", "predecessor"),
    Cell("successions", 2, "is_default", "no", "must be the default"),
    Cell("successions", 2, "effective_on", "", "must not be empty"),
    Cell("adjacency", 2, "neighbour", "990101", "no neighbour of itself"),
    Cell("departments", 2, "countersigns", "everything", "is not one of: nothing, bodies 机构编制"),
    Cell("targets", 2, "rule", "R21", "is not one of: R01"),
    Cell("targets", 2, "name", "max", "one of: retained_max, ceiling"),
    Cell("targets", 2, "value", "17.5", "whole number"),
    Cell("targets", 2, "value", "", "must not be empty"),
    Cell("targets", 4, "value", "160%", "is no share"),
    Cell("targets", 4, "value", "60/0", "is no share"),
    Cell("targets", 4, "value", "60", "is no share"),
    Cell("targets", 6, "name", "quota", "R04 has no threshold"),
    Cell("targets", 6, "value", "3", "needs the name of its threshold"),
    Cell("rank_goals", 2, "zones_min", "-1", "greater than or equal to 0"),
    Cell("quotas", 3, "division", "990101@2021-03-01", "no owner of this programme"),
    Cell("indicators", 2, "year", "20", "is no year"),
    Cell("indicators", 2, "year", "2150", "is no year"),
    Cell("indicators", 2, "weight", "12.55%", "is no weight"),
    Cell("indicators", 2, "weight", "much", "is no weight"),
    Cell("indicators", 2, "weight", "0%", "more than 0%"),
    Cell("indicators", 2, "weight", "100.1%", "at most 100%"),
    Cell("indicators", 2, "dimension", "size", "is not one of: input 投入力度"),
    Cell("indicators", 2, "direction", "up", "is not one of: higher 越高越好"),
    Cell("indicators", 2, "decimals", "7", "less than or equal to 6"),
    Cell("indicators", 2, "department", "市统计局", "does not stand in “departments”"),
    Cell("indicator_values", 2, "indicator", "rd", "does not stand in “indicators” for this year"),
    Cell("indicator_values", 2, "year", "2019", "for this year", "indicator"),
    Cell("indicator_values", 2, "year", "soon", "is no year"),
    Cell("indicator_values", 2, "platform", "P3", "not on the list of retained platforms"),
    Cell("indicator_values", 2, "value", "-1", "Write growth as an index"),
    Cell("indicator_values", 2, "value", "3.251", "at most 2 decimals"),
    Cell("indicator_values", 2, "value", "much", "Enter a number"),
    Cell("quotas", 3, "base", "3000000000", "less than or equal to 2147483647"),
    Cell("quotas", 3, "base", "one", "whole number"),
    Cell("deadlines", 6, "kind", "区县方案", "Only checkpoints", "kind"),
    Cell(
        "tasks", 2, "departments", "市发改委;市财政局", "“市财政局” does not stand in “departments”"
    ),
    Cell("tasks", 2, "departments", "市发改委;市发改委", "stands twice"),
    Cell("follow_up", 2, "reminder_days", "7,x", "whole numbers with commas"),
    Cell("follow_up", 2, "red_days", "40", "Red cannot begin before amber"),
    Cell("follow_up", 2, "report_day", "31", "less than or equal to 28"),
    Cell("task_notes", 2, "month", "2020-13", "Write a month as 2021-03"),
    Cell("task_notes", 2, "title", "别的任务", "does not stand in “tasks”"),
    Cell("task_notes", 3, "month", "2020-10", "already stands in row 2", "clause"),
    Cell("platforms", 3, "code", "P1", "already stands in row 2", alone=False),
    Cell(
        "platforms", 3, "name", "很长的名字" * 30, "150 characters are too many here, at most 120"
    ),
    Cell("platforms", 3, "division", "330106", "No division 330106"),
    Cell("platforms", 3, "level", "城市级", "is not one of: national 国家级"),
    Cell("platforms", 3, "approved_area", "-8", "greater than or equal to 0"),
    Cell("platforms", 3, "approved_area", "8.12345", "4 decimal places"),
    Cell("platforms", 3, "approved_area", "八", "Enter a number"),
    Cell("platforms", 8, "established_on", "2020-01-01", "cannot close before", "closed_on"),
    Cell("platforms", 3, "placeholder", "maybe", "neither yes nor no"),
    Cell("names", 2, "platform", "P77", "“P77” does not stand in “platforms”"),
    Cell("names", 3, "valid_to", "2004-01-01", "must end after it starts"),
    Cell("plates", 2, "title", "", "must not be empty"),
    Cell("bodies", 2, "uscc", "11330100MB1234567F", "no valid unified social credit code"),
    Cell("bodies", 3, "platforms", "P2;P22", "“P22” does not stand"),
    Cell("bodies", 3, "leadership_teams", "40000", "less than or equal to 32767"),
    Cell("bodies", 3, "abolished_on", "1990-01-01;", "is no date"),
    Cell("posts", 2, "body", "B9", "“B9” does not stand in “bodies”"),
    Cell("posts", 2, "filled", "-1", "greater than or equal to 0"),
    Cell("staff", 2, "category", "临时", "is not one of: administrative 行政"),
    Cell("staff", 3, "category", "行政", "already stands in row 2", "body"),
    Cell("staff", 2, "on_post", "-18", "greater than or equal to 0"),
    Cell("staff", 2, "on_post", "18.5", "whole number"),
    Cell("retained", 2, "designated_on", "2020-01-01", "Only a sub-area"),
    Cell("retained", 2, "withdrawn_on", "2020-01-01", "Only a sub-area"),
    Cell("retained", 3, "withdrawn_on", "2020-04-30", "before the designation"),
    Cell("retained", 3, "high_level_class", "opening", "needs “yes” in “is_high_level”"),
    Cell("retained", 3, "lead_department", "市财政局", "does not stand in “departments”"),
    Cell("retained", 3, "discipline", "?", "is not one of: committee 纪检监察工委"),
    Cell("plans", 2, "state", "submitted", "", "-"),
    Cell("plans", 2, "decided_on", "2020-04-01", "before the one in “submitted_on”"),
    Cell("plans", 3, "first_submitted_on", "2020-07-01", "before the one in", "submitted_on"),
    Cell("plans", 3, "version", "1", "already stands in row 2", "division", alone=False),
    Cell("dispositions", 2, "platform", "P7", "not in the baseline"),
    Cell("dispositions", 2, "plan", "990101#3", "no version 3"),
    Cell("dispositions", 2, "target", "P2", "Only a merge has a target"),
    Cell("dispositions", 4, "target", "P3", "cannot be merged into itself"),
    Cell("dispositions", 4, "transform_into", "特色小镇", "Only the disposition “transform”"),
    Cell("dispositions", 3, "platform", "P1", "already stands in row 2"),
    Cell("dispositions", 4, "confirmed_on", "2020-10-12", "follows from the row's steps"),
    Cell("plate_dispositions", 4, "carrier", "P1", "Only a plate that is kept"),
    Cell("body_dispositions", 4, "serves", "P4", "abolished serves no platform"),
    Cell("body_dispositions", 3, "plan", "990102", "plan of its own owner"),
    Cell("body_dispositions", 3, "fate", "found", "origin “founded”"),
    Cell("body_dispositions", 6, "fate", "keep", "write “found” here"),
    Cell("body_dispositions", 4, "confirmed_on", "2020-12-20", "follows from the row's steps"),
    Cell("staff_plans", 2, "on_post", "x", "whole number"),
    Cell("redeployments", 2, "to_body", "", "names it; other moves name none"),
    Cell("redeployments", 2, "to_body", "B2", "the body they are in"),
    Cell("redeployments", 3, "to_body", "B1", "names it; other moves name none"),
    Cell("redeployments", 3, "people", "", "must not be empty"),
    Cell("steps", 2, "subject", "plan", "is not one of: platform, body, founding"),
    Cell("steps", 2, "code", "P2", "", "-"),
    Cell("steps", 4, "code", "P7", "decides nothing for “P7”"),
    Cell("steps", 6, "code", "P1", "not founded by the programme"),
    Cell("steps", 6, "code", "P4", "not on the list of retained platforms"),
    Cell("steps", 6, "plan", "990102", "belongs to no plan"),
    Cell("steps", 2, "carried_out_on", "", "carried out can be confirmed", "confirmed_on"),
    Cell("steps", 2, "confirmed_on", "2020-08-01", "before the one in “carried_out_on”"),
    Cell("steps", 3, "title", "印发文件", "already stands in row 2", "subject"),
    Cell("ranks", 2, "platform", "P3", "not on the list of retained platforms"),
    Cell("ranks", 2, "rank", "0", "greater than or equal to 1"),
    Cell("ranks", 2, "year", "19", "greater than or equal to 1980"),
    Cell("quota_exceptions", 2, "places", "0", "greater than or equal to 1"),
    Cell("quota_exceptions", 2, "reason", "", "must not be empty"),
]


@pytest.mark.parametrize(
    "cell", CELLS, ids=lambda cell: f"{cell.sheet}-{cell.heading}-{cell.value}"[:40]
)
def test_an_error_is_told_at_its_cell(edited: Edited, cell: Cell) -> None:
    edited.set(cell.sheet, cell.row, cell.heading, cell.value)
    if cell.at == "-":
        load_programme(edited.path)  # Odd, but allowed.
        return
    found = problems(edited.path)
    place = (f"{cell.sheet}.csv", cell.row, cell.at or cell.heading)
    assert places(found) == [place] if cell.alone else place in places(found)
    told = found[places(found).index(place)]
    assert cell.message in told.message
    if not cell.at:
        assert told.value == cell.value


def test_errors_of_the_programme_are_told_at_their_key(edited: Edited) -> None:
    edited.set("programme", 6, "value", "990109")
    edited.set("programme", 15, "value", "行政;临时")
    edited.append("programme", {"key": "name", "value": "again"})
    edited.append("programme", {"key": "colour", "value": "red"})
    found = places(problems(edited.path))
    assert ("programme.csv", 6, "division") in found
    assert ("programme.csv", 15, "counted_categories") in found
    assert ("programme.csv", 20, "key") in found
    assert ("programme.csv", 21, "key") in found


def test_a_missing_key_of_the_programme_is_told(edited: Edited) -> None:
    edited.write("programme", "key,value\ncode,c\nname,n\ndivision,990100\n")
    assert ("programme.csv", None, "baseline_date") in places(problems(edited.path))


@pytest.mark.parametrize("given", ["", "2019-06-31"])
def test_a_baseline_that_is_not_known_blames_nothing_else(edited: Edited, given: str) -> None:
    edited.set("programme", 9, "value", given)
    assert places(problems(edited.path)) == [("programme.csv", 9, "baseline_date")]


def test_divisions_that_follow_each_other_in_a_circle_are_told(edited: Edited) -> None:
    edited.append(
        "successions",
        {
            "predecessor": "990101@2021-03-01",
            "successor": "990101",
            "effective_on": "2022-01-01",
            "is_default": "yes",
        },
    )
    found = problems(edited.path)
    assert places(found) == [("successions.csv", row, "predecessor") for row in (2, 5)]
    assert all("circle" in problem.message for problem in found)


def test_a_ledger_of_another_city_is_refused(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.set("programme", 3, "value", "other")
    edited.set("programme", 6, "value", "990102")
    assert ("programme.csv", 7, "ledger") in places(problems(edited.path))


def test_a_shared_ledger_keeps_its_name(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.set("programme", 3, "value", "other")
    edited.set("programme", 8, "value", "别的台账")
    assert places(problems(edited.path)) == [("programme.csv", 8, "ledger_name")]


def test_two_rows_of_a_code_valid_at_once_are_refused(edited: Edited) -> None:
    edited.append("divisions", {"code": "990102", "name": "新县", "valid_from": "2022-01-01"})
    found = problems(edited.path)
    assert places(found) == [("divisions.csv", 8, "code")]
    assert "valid at the same time" in found[0].message


def test_two_open_plans_of_one_owner_are_refused(edited: Edited) -> None:
    row = edited.append("plans", {"division": "990102", "version": "2", "placeholder": "yes"})
    found = problems(edited.path)
    assert places(found) == [("plans.csv", row, "division")]
    assert "already has an open plan. The other is in row 4." in found[0].message


def test_an_open_plan_in_the_database_counts_too(edited: Edited) -> None:
    load_programme(SAMPLE)
    edited.write("plans", "division,version\n990102,2\n")
    found = problems(edited.path, update=True)
    assert places(found) == [("plans.csv", 2, "division")]
    assert "The other is in the database." in found[0].message


def test_the_founding_of_a_ledger_platform_is_refused(edited: Edited) -> None:
    edited.set("retained", 2, "founding_confirmed_on", "2020-12-24")
    assert places(problems(edited.path)) == [("retained.csv", 2, "founding_confirmed_on")]


def test_errors_of_headings(edited: Edited) -> None:
    edited.write("ranks", "platform,zone_kind,yaer,rank\nP1,高新区,2019,45\n")
    edited.write("quotas", "division,base,base\n990100,1,1\n")
    edited.write("adjacency", "division,neighbour\n990101,990102,990103\n")
    edited.write("names", "platform,,name\nP2,x,东区\n")
    found = problems(edited.path)
    assert places(found) == [
        ("adjacency.csv", 2, "C"),
        ("quotas.csv", 1, "base"),
        ("names.csv", 2, "B"),
        ("ranks.csv", 1, "yaer"),
        ("ranks.csv", 1, "year"),
    ]
    assert "Did you mean “year”?" in found[3].message


def test_a_sheet_that_fails_does_not_blame_those_that_name_its_rows(edited: Edited) -> None:
    (edited.path / "platforms.csv").write_bytes("code,name\nP1,高新区\n".encode("gb18030"))
    found = problems(edited.path)
    assert places(found) == [("platforms.csv", 2, "")]
    assert "not in UTF-8" in found[0].message


@pytest.mark.parametrize("sheet", ["programme", "platforms", "divisions"])
def test_a_required_sheet_that_is_missing_is_the_only_error(edited: Edited, sheet: str) -> None:
    edited.remove(sheet)
    assert places(problems(edited.path)) == [(f"{sheet}.csv", None, "")]


def test_an_unknown_sheet_is_told_with_the_nearest_name(edited: Edited) -> None:
    edited.write("platform", "code\n")
    found = problems(edited.path)
    assert places(found) == [("platform.csv", None, "")]
    assert "Did you mean “platforms”?" in found[0].message


@pytest.mark.parametrize(
    ("text", "row", "message"),
    [
        ("", None, "This is empty"),
        ("# nothing\n\n", None, "This is empty"),
        ('platform,zone_kind,year,rank\nP1,"高新区,2019,45\n', 2, "no well-formed CSV"),
    ],
)
def test_files_that_are_no_table(edited: Edited, text: str, row: int | None, message: str) -> None:
    edited.write("ranks", text)
    found = problems(edited.path)
    assert places(found) == [("ranks.csv", row, "")]
    assert message in found[0].message


def test_a_workbook_names_sheet_and_row_as_excel_does(edited: Edited, tmp_path: Path) -> None:
    edited.set("divisions", 7, "valid_to", "2020-01-01")
    edited.set("platforms", 3, "approved_area", "-8.25")
    book = as_workbook(edited.path, tmp_path / "sample.xlsx")
    assert places(problems(book)) == [
        ("divisions", 7, "valid_to"),
        ("platforms", 3, "approved_area"),
    ]


@pytest.mark.parametrize("word", ["#REF!", "#DIV/0!", "#N/A", "=1+1"])
@pytest.mark.parametrize(
    ("sheet", "row", "heading"), [("staff", 2, "on_post"), ("platforms", 3, "code")]
)
def test_a_formula_without_a_value_is_no_empty_cell(
    edited: Edited, tmp_path: Path, sheet: str, row: int, heading: str, word: str
) -> None:
    edited.set(sheet, row, heading, word)
    if sheet == "staff":
        # As text, as a spreadsheet saves it into CSV.
        assert (f"{sheet}.csv", row, heading) in places(problems(edited.path))
    # openpyxl writes it as Excel does: an error cell, or a formula nobody has computed.
    found = problems(as_workbook(edited.path, tmp_path / "sample.xlsx"))
    told = next(p for p in found if (p.place, p.row, p.column) == (sheet, row, heading))
    assert told.value == word
    assert "no value here" in told.message


def test_a_formula_with_a_value_is_read(edited: Edited, tmp_path: Path) -> None:
    book = as_workbook(edited.path, tmp_path / "sample.xlsx")
    computed = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(computed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            # What Excel writes for =6*2, and for a formula whose value is an empty text.
            content = content.replace(b"<v>12</v>", b"<f>6*2</f><v>12</v>")
            target.writestr(name, content)
    assert load_programme(computed).programme == "sample-city"


def test_an_unreadable_workbook(tmp_path: Path) -> None:
    file = tmp_path / "broken.xlsx"
    file.write_bytes(b"no workbook")
    found = problems(file)
    assert places(found) == [("broken.xlsx", None, "")]
    assert "no readable Excel workbook" in found[0].message


def test_an_empty_workbook_lacks_the_required_sheets(tmp_path: Path) -> None:
    file = tmp_path / "empty.xlsx"
    Workbook().save(file)
    found = {problem.place: problem.message for problem in problems(file)}
    assert set(found) == {"Sheet", "programme", "divisions", "platforms"}


def run(*arguments: object) -> tuple[str, CommandError]:
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("load_programme", *map(str, arguments), stdout=out)
    return out.getvalue(), caught.value


def test_the_command_shows_an_aligned_table_and_the_number_of_errors(edited: Edited) -> None:
    edited.set("platforms", 3, "level", "城市级")
    edited.set("quotas", 3, "base", "")
    out, error = run(edited.path, "--language", "en")
    lines = out.splitlines()
    assert lines[0].split() == ["Place", "Row", "Column", "Value", "What", "is", "wrong"]
    assert lines[1].split()[:3] == ["quotas.csv", "3", "base"]
    assert lines[2].split()[:4] == ["platforms.csv", "3", "level", "城市级"]
    # A Chinese character is two columns wide, so the messages start below each other.
    assert lines[1].index("This cell") == lines[2].index("“城市级” is") + len("城市级")
    assert (str(error), error.returncode) == ("2 errors. Nothing was written.", 1)
    assert not Platform.objects.exists()


def test_the_command_tells_errors_as_json(edited: Edited) -> None:
    edited.set("platforms", 3, "level", "城市级")
    out, error = run(edited.path, "--format", "json", "--language", "en")
    told = json.loads(out)
    assert error.returncode == 1
    assert told["loaded"] is False
    assert told["errors"][0] | {"message": ""} == {
        "place": "platforms.csv",
        "row": 3,
        "column": "level",
        "value": "城市级",
        "message": "",
    }


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_trial_finds_the_same_errors(edited: Edited, dry_run: bool) -> None:
    edited.set("platforms", 3, "level", "城市级")
    with pytest.raises(BadDataError) as caught:
        load_programme(edited.path, dry_run=dry_run)
    assert places(caught.value.problems) == [("platforms.csv", 3, "level")]


@pytest.mark.parametrize("name", ["missing", "notes.txt"])
def test_a_wrong_path_is_wrong_use(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("no programme", encoding="utf-8")
    out, error = run(tmp_path / name, "--language", "en")
    assert out == ""
    assert error.returncode == 2
    assert name in str(error)


def test_if_missing_tells_the_errors_of_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    assert run(tmp_path / "broken.xlsx", "--if-missing")[1].returncode == 1
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty", "--if-missing")[1].returncode == 1


def test_what_only_the_database_refuses_is_one_clear_error(edited: Edited) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX only_here ON zones_platform (name)")
    edited.set("platforms", 3, "name", "示例高新区")
    found = problems(edited.path)
    assert places(found) == [("edited", None, "")]
    assert "The database refused the data" in found[0].message
    assert not Programme.objects.exists()

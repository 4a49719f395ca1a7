"""The workbook that goes back: marked where it is wrong, safe to open, and good to be sent again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from exchange.marking import marked, write_marked
from exchange.matching import How, lines, match_book, normalised
from exchange.problems import Problem, Severity
from exchange.reading import open_book
from exchange.subjects import TEMPLATES, subject_with
from tests.libreoffice import convert
from tests.workbooks.passing import LEDGER, ROWS
from tests.workbooks.writing import Formula, Sheet, workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exchange.matching import Line, Match

FOLDER = Path(__file__).parent / "workbooks"
HEADINGS = [*LEDGER, "批准面积", "设立日期"]
FAULTY: list[list[Any]] = [
    [*ROWS[0], 12.5, "2010-05-03"],
    [*ROWS[1], "约5", "2010年5月"],
    ["=cmd|'/c calc'!A0", "=1+1", "上城区", "乡级", 3, "2010-05-03"],
    [*ROWS[3], 7, "2010-05-03"],
]


def faulty_file(folder: Path, kind: str = "xlsx", *more: Sheet) -> Path:
    """A file with three wrong cells in two rows under a banner."""
    rows = [["平台台账"], HEADINGS, *FAULTY]
    path = folder / f"台账.{kind}"
    if kind == "csv":
        text = "\n".join(",".join(str(cell) for cell in row) for row in rows)
        path.write_bytes(text.encode("gb18030"))
    else:
        path.write_bytes(workbook(Sheet("平台", rows, merges=("A1:F1",)), *more))
    return path


def checked(
    path: Path, template: str = "ledger", remembered: Mapping[tuple[str, str], str] | None = None
) -> tuple[list[Match], list[Line]]:
    book = open_book(path, path.name)
    matches = match_book(book, TEMPLATES[template], remembered or {})
    return matches, [
        line for match in matches for line in lines(book, match, subject_with(match.subject))
    ]


def problems_in(found: Sequence[Line]) -> list[Problem]:
    return [problem for line in found for problem in line.problems]


def write(path: Path, target: Path, *, only_faulty: bool = False) -> list[Problem]:
    matches, found = checked(path)
    problems = problems_in(found)
    write_marked(path, path.name, matches, problems, target, only_faulty=only_faulty)
    return problems


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_faulty_cells_are_filled_commented_and_listed_with_links(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "marked.xlsx"
    with override("zh-hans"):
        problems = write(faulty_file(tmp_path, kind), target)
    assert {problem.cell for problem in problems} == {"E4", "F4", "A5", "B5", "D5"}
    book = load_workbook(target)
    assert book.sheetnames == ["错误清单", "平台" if kind == "xlsx" else "台账"]
    sheet, listed = book.worksheets[1], book.worksheets[0]
    for problem in problems:
        cell = sheet[problem.cell]
        assert cell.comment is not None
        assert problem.message in cell.comment.text
        assert problem.remedy in cell.comment.text
        assert cell.fill.fill_type is not None
        assert cell.border.left.style is not None
    assert sheet["E3"].comment is None
    assert sheet["E3"].fill.fill_type is None
    rows = {row[3].value: row for row in listed.iter_rows(min_row=4)}
    for problem in problems:
        told = [cell.value for cell in rows[problem.cell]][1:]
        wanted = [problem.sheet, problem.cell, problem.heading, problem.value]
        assert told == ["错误", *wanted, problem.message, problem.remedy]
        link = rows[problem.cell][3].hyperlink
        assert link is not None
        assert link.location == f"'{problem.sheet}'!{problem.cell}"
    assert listed.page_setup.orientation == "landscape"
    assert listed.page_setup.paperSize in {"9", 9}


@pytest.mark.parametrize("only_faulty", [False, True])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_nothing_in_it_is_a_formula(tmp_path: Path, kind: str, only_faulty: bool) -> None:
    target = tmp_path / "marked.xlsx"
    write(faulty_file(tmp_path, kind), target, only_faulty=only_faulty)
    cells = [cell for sheet in load_workbook(target) for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=") for cell in cells)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


def test_formulas_go_back_as_the_values_that_they_had(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [[*LEDGER, "批准面积"], [*ROWS[0], Formula("=1+1", 2)], [*ROWS[1], "约5"]]
    path.write_bytes(workbook(Sheet("平台", rows)))
    write(path, tmp_path / "marked.xlsx")
    _matches, found = checked(tmp_path / "marked.xlsx")
    assert found[0].cells["approved_area"] == "2"
    assert found[0].problems == []


@pytest.mark.parametrize("only_faulty", [False, True])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_marked_file_says_the_same_when_it_comes_back(
    tmp_path: Path, kind: str, only_faulty: bool
) -> None:
    path, target = faulty_file(tmp_path, kind), tmp_path / "marked.xlsx"
    write(path, target, only_faulty=only_faulty)
    before = {line.cells.get("name"): line for line in checked(path)[1]}
    after = {line.cells.get("name"): line for line in checked(target)[1]}
    wrong = {name for name, line in before.items() if line.problems}
    assert after.keys() == (wrong if only_faulty else before.keys())
    for name, line in after.items():
        assert line.cells == before[name].cells
        assert [p.code for p in line.problems if p.severity is Severity.ERROR] == [
            p.code for p in before[name].problems if p.severity is Severity.ERROR
        ]


def test_the_marks_go_when_the_cells_are_mended(tmp_path: Path) -> None:
    path = faulty_file(tmp_path)
    with override("zh-hans"):
        write(path, tmp_path / "once.xlsx")
        book = load_workbook(tmp_path / "once.xlsx")
        book["平台"]["E4"] = 5
        book.save(tmp_path / "mended.xlsx")
        left = write(tmp_path / "mended.xlsx", tmp_path / "twice.xlsx")
    assert {problem.cell for problem in left} == {"F4", "A5", "B5", "D5"}
    book = load_workbook(tmp_path / "twice.xlsx")
    assert book.sheetnames == ["错误清单", "平台"]
    assert book["平台"]["E4"].comment is None
    assert book["平台"]["E4"].fill.fill_type is None
    assert book["平台"]["F4"].comment is not None


def test_only_the_faulty_rows_link_to_where_they_now_stand(tmp_path: Path) -> None:
    path, target = faulty_file(tmp_path), tmp_path / "marked.xlsx"
    write(path, target, only_faulty=True)
    book = load_workbook(target)
    sheet = book.worksheets[1]
    assert sheet["A1"].value == "平台台账"
    assert [cell.value for cell in sheet[2]] == HEADINGS
    assert sheet.max_row == 4
    for row in book.worksheets[0].iter_rows(min_row=4):
        link = row[3].hyperlink
        assert link is not None
        assert link.location is not None
        at = link.location.rpartition("!")[2]
        assert sheet[at].value == row[5].value
        assert sheet[at].comment is not None


def test_a_template_is_still_ours_when_it_comes_back(tmp_path: Path) -> None:
    source = FOLDER / "should_pass" / "template.xlsx"
    for only_faulty in (False, True):
        target = tmp_path / f"{only_faulty}.xlsx"
        matches, _found = checked(source)
        problem = Problem(
            Severity.ERROR, "平台", 3, 1, "name", "平台名称*", "x", "Wrong.", "Mend it.", "x"
        )
        write_marked(source, source.name, matches, [problem], target, only_faulty=only_faulty)
        again = open_book(target, target.name)
        assert again.mark == open_book(source, source.name).mark
        assert [match.sheet for match in match_book(again, TEMPLATES["ledger"], {})] == ["平台"]


def test_sheets_keep_their_order_and_names_with_quotes_are_linked(tmp_path: Path) -> None:
    path = faulty_file(tmp_path, "xlsx", Sheet("张三's", [["说明"]]), Sheet("附表", [["x"]]))
    target = tmp_path / "marked.xlsx"
    matches, _found = checked(path)
    problem = Problem(Severity.WARNING, "张三's", 1, 0, "", "", "说明", "Odd.", "Look.", "odd")
    with override("en"):
        write_marked(path, path.name, matches, [problem], target, only_faulty=False)
    book = load_workbook(target)
    assert book.sheetnames == ["List of errors", "平台", "张三's", "附表"]
    link = book.worksheets[0]["D4"].hyperlink
    assert link is not None
    assert link.location == "'张三''s'!A1"


def test_a_large_file_goes_back_with_its_faulty_rows_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = faulty_file(tmp_path)
    monkeypatch.setattr(marked, "WHOLE_CELLS_MAX", 10)
    write(path, tmp_path / "marked.xlsx")
    assert load_workbook(tmp_path / "marked.xlsx").worksheets[1].max_row == 4


def test_what_the_library_cannot_read_goes_back_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise ValueError("a style that it does not know")

    monkeypatch.setattr("exchange.marking.kept.load_workbook", fail)
    path = faulty_file(tmp_path)
    write(path, tmp_path / "marked.xlsx")
    assert load_workbook(tmp_path / "marked.xlsx").worksheets[1].max_row == 6


def test_merged_numbers_do_not_multiply(tmp_path: Path) -> None:
    source = FOLDER / "should_fail" / "merged.xlsx"
    book = open_book(source, source.name)
    matches = match_book(book, TEMPLATES["staff"], {})
    problems = problems_in(list(lines(book, matches[0], subject_with("staff"))))
    target = tmp_path / "marked.xlsx"
    write_marked(source, source.name, matches, problems, target, only_faulty=True)
    sheet = load_workbook(target).worksheets[1]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["机构编号", "人员类别", "核定编制", "实有人数"],
        ["B330102-01", "事业", None, 9],
        ["B330102-01", "编外", 7, None],
    ]


SAMPLES = json.loads((FOLDER / "should_pass" / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("only_faulty", [False, True])
@pytest.mark.parametrize("name", list(SAMPLES))
def test_every_sample_says_the_same_after_it_was_marked(
    tmp_path: Path, name: str, only_faulty: bool
) -> None:
    template, source = SAMPLES[name]["template"], FOLDER / "should_pass" / name
    target = tmp_path / "marked.xlsx"
    matches, before = checked(source, template)
    first = [next(line for line in read(source, match) if not line.skipped) for match in matches]
    problems = [
        Problem(Severity.ERROR, match.sheet, line.row, 0, "", "", "", "Wrong.", "Mend it.", "x")
        for match, line in zip(matches, first, strict=True)
    ]
    write_marked(source, name, matches, problems, target, only_faulty=only_faulty)
    # A person confirmed the columns, which is remembered.
    remembered = {
        (match.subject, normalised(found.heading)): found.name
        for match in matches
        for found in match.found
        if found.how is How.CONTENT
    }
    again, after = checked(target, template, remembered)
    assert [columns(match) for match in again] == [columns(match) for match in matches]
    wanted = first if only_faulty else [line for line in before if not line.skipped]
    found = [line for line in after if not line.skipped]
    assert [(line.cells, line.empty) for line in found] == [
        (line.cells, line.empty) for line in wanted
    ]


def columns(match: Match) -> dict[str, str]:
    return {found.heading: found.name for found in match.found if found.name}


def read(path: Path, match: Match) -> list[Line]:
    return list(lines(open_book(path, path.name), match, subject_with(match.subject)))


def test_libreoffice_opens_it_and_keeps_what_it_says(tmp_path: Path) -> None:
    path = faulty_file(tmp_path)
    for only_faulty in (False, True):
        target = tmp_path / f"marked{only_faulty}.xlsx"
        write(path, target, only_faulty=only_faulty)
        folder = tmp_path / f"opened{only_faulty}"
        folder.mkdir()
        saved = convert(target, "xlsx", folder)
        assert load_workbook(saved).sheetnames == load_workbook(target).sheetnames
        found = [(line.cells, [p.code for p in line.problems]) for line in checked(saved)[1]]
        assert found == [
            (line.cells, [p.code for p in line.problems]) for line in checked(target)[1]
        ]

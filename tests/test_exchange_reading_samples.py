"""Every sample workbook is understood, told of or refused as its expectation says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl.utils import get_column_letter

from exchange.matching import Match, lines, match_book
from exchange.matching.skipped import REASONS
from exchange.matching.wrong import ERRORS, NOTES
from exchange.problems import RefusedError, Severity
from exchange.reading import Book, open_book
from exchange.reading.refusals import REFUSALS
from exchange.reading.xlsx_book import FILE_WARNINGS
from exchange.subjects import TEMPLATES, subject_with
from tests.workbooks import failing, make, passing

FOLDER = Path(__file__).parent / "workbooks"
SAMPLES = {
    name: json.loads((FOLDER / name / "expected.json").read_text(encoding="utf-8"))
    for name in ("should_pass", "should_fail")
}
CASES = [(folder, name) for folder, cases in SAMPLES.items() for name in cases]


def opened(folder: str, name: str) -> Book:
    return open_book(FOLDER / folder / name, name)


@pytest.mark.parametrize(("folder", "name"), CASES, ids=[name for _folder, name in CASES])
def test_a_sample_is_read_as_expected(folder: str, name: str) -> None:
    expected = SAMPLES[folder][name]
    if "refused" in expected:
        with pytest.raises(RefusedError) as refused:
            opened(folder, name)
        assert refused.value.code == expected["refused"]
        assert refused.value.message
        assert refused.value.remedy
        assert "%(" not in refused.value.message + refused.value.remedy
        return
    book = opened(folder, name)
    matches = match_book(book, TEMPLATES[expected["template"]], {})
    assert [match.sheet for match in matches] == [m["sheet"] for m in expected["matches"]]
    for match, wanted in zip(matches, expected["matches"], strict=True):
        assert_matched(match, wanted)
        assert_lines(book, match, wanted)
    assert [problem.code for problem in book.warnings] == expected.get("warnings", [])
    if mark := expected.get("mark"):
        assert book.mark is not None
        assert {key: getattr(book.mark, key) for key in mark} == mark


def assert_matched(match: Match, wanted: dict[str, Any]) -> None:
    columns = {get_column_letter(found.place + 1): found for found in match.found}
    assert match.subject == wanted["subject"]
    assert list(match.heading_rows) == wanted["headings"]
    assert {at: found.name for at, found in columns.items() if found.name} == wanted["columns"]
    assert match.missing == wanted["missing"]
    if wanted["certain"] is not None:
        assert [at for at, found in columns.items() if found.doubt] == wanted["doubts"]
        assert match.is_certain is wanted["certain"]
    assert Match.from_json(json.loads(json.dumps(match.as_json()))) == match


def assert_lines(book: Book, match: Match, wanted: dict[str, Any]) -> None:
    found = list(lines(book, match, subject_with(match.subject)))
    records = {line.row: line for line in found if not line.skipped}
    skipped = {str(line.row): line.problems[0].code for line in found if line.skipped}
    assert skipped == wanted["skipped"]
    assert len(records) == wanted["rows"]
    for row, cells in wanted["cells"].items():
        line = records[int(row)]
        for name, value in cells.items():
            if value is None:
                assert name in line.empty
                assert name not in line.cells
            else:
                assert line.cells[name] == value
    problems: dict[str, list[str]] = {}
    for line in records.values():
        for problem in line.problems:
            problems.setdefault(problem.cell, []).append(problem.code)
            assert (problem.severity is Severity.ERROR) == (problem.code in ERRORS)
            assert problem.message
            assert "%(" not in problem.message + problem.remedy
    assert problems == wanted["problems"]


def test_there_is_a_file_for_each_refusal() -> None:
    """Too large a file is tested by lowering the limit."""
    told = {wanted.get("refused") for wanted in SAMPLES["should_fail"].values()}
    assert told - {None} == REFUSALS.keys() - {"size"}


def test_there_is_a_cell_for_each_error_and_note() -> None:
    told = {
        code
        for cases in SAMPLES.values()
        for wanted in cases.values()
        for match in wanted.get("matches", [])
        for codes in match["problems"].values()
        for code in codes
    }
    assert told == ERRORS.keys() | NOTES.keys()


def test_the_samples_are_those_that_the_generator_writes() -> None:
    for name, cases in (("should_pass", passing.cases()), ("should_fail", failing.cases())):
        files = {path.name for path in (FOLDER / name).iterdir()}
        assert files == {case.name for case in cases} | {"expected.json"}
        assert {case.name: case.expected for case in cases} == SAMPLES[name]


def test_the_generator_writes_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        make.write(tmp_path / name)
    first = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*.*")}
    second = {p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*.*")}
    assert first == second


def test_everything_that_can_be_said_of_a_file_is_documented() -> None:
    text = (FOLDER.parent.parent / "docs" / "workbooks.md").read_text(encoding="utf-8")
    with override("en"):
        for said in (REFUSALS, FILE_WARNINGS, ERRORS, NOTES, REASONS):
            for code, (message, remedy) in said.items():
                assert f"| `{code}` | {message} | {remedy} |" in text
    documented = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert len(documented) == sum(map(len, (REFUSALS, FILE_WARNINGS, ERRORS, NOTES, REASONS)))


def test_every_reason_for_leaving_a_row_out_has_a_sample() -> None:
    told = {
        code
        for cases in SAMPLES.values()
        for wanted in cases.values()
        for match in wanted.get("matches", [])
        for code in match["skipped"].values()
    }
    assert told == REASONS.keys()

"""What is read of a file, and how much it may cost."""

from __future__ import annotations

import datetime
import io
import random
import resource
import sys
import zipfile
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.problems import Problem, RefusedError, Severity
from exchange.reading import CellState, open_book
from exchange.reading.xlsx_book import number_cell
from tests.workbooks.passing import LEDGER, ROWS
from tests.workbooks.writing import (
    Formula,
    Sheet,
    Shown,
    parts_of,
    sheet_xml,
    with_sheet,
    workbook,
    zipped,
)

if TYPE_CHECKING:
    from pathlib import Path

    from exchange.reading import Book, Cell

DAY = datetime.date(2010, 5, 3)


def book_of(folder: Path, content: bytes, name: str = "a.xlsx") -> Book:
    path = folder / name
    path.write_bytes(content)
    return open_book(path, name)


def cells_of(book: Book) -> dict[int, list[Cell]]:
    return dict(book.rows(book.sheets[0].name))


def code_of(folder: Path, content: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(RefusedError) as refused:
        book_of(folder, content, name)
    return refused.value.code


def test_values_are_whole_exact_days_or_text(tmp_path: Path) -> None:
    row = [3, 21.1, "文", True, DAY, Shown(0.6, "0.0%"), Shown(1, "0%"), 10**14, "12"]
    cells = cells_of(book_of(tmp_path, workbook(Sheet("表", [row]))))[1]
    assert [cell.value for cell in cells] == [
        *(3, Decimal("21.1"), "文", True, DAY),
        *(Decimal("0.6"), 1, 10**14, "12"),
    ]
    assert [cell.text for cell in cells] == [
        *("3", "21.1", "文", "TRUE", "2010-05-03"),
        *("60%", "100%", "100000000000000", "12"),
    ]
    assert not any(isinstance(cell.value, float) for cell in cells)


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_a_number_is_read_as_the_fifteen_digits_that_a_spreadsheet_shows(value: float) -> None:
    cell = number_cell(value)
    assert isinstance(cell.value, int | Decimal)
    assert cell.value == int(value) if value.is_integer() else True
    assert float(format(value, ".15g")) == float(cell.value) or value.is_integer()


def test_rows_keep_their_numbers_and_blank_ones_are_left_out(tmp_path: Path) -> None:
    rows = [["", "编号"], [], ["", "　"], ["", "P1"]]
    book = book_of(tmp_path, workbook(Sheet("表", rows, first_row=2, blank_rows=5)))
    found = cells_of(book)
    assert list(found) == [3, 6]
    assert [cell.text for cell in found[6]] == ["", "P1"]


def test_where_a_value_comes_from_is_told(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["a", "b"],
        [Formula("=1+1", 2), Formula("=1/0", "#DIV/0!")],
        [Formula("=A1"), Formula("=[1]表!A1", 5)],
        ["#REF!", "=A1"],
    ]
    content = workbook(Sheet("表", rows, merges=("A6:B7",)), Sheet("另", [["x"]]))
    found = cells_of(book_of(tmp_path, content))
    assert [cell.state for cell in found[2]] == [CellState.FORMULA, CellState.LOST]
    assert [cell.state for cell in found[3]] == [CellState.LOST, CellState.EXTERNAL]
    assert [cell.state for cell in found[4]] == [CellState.LOST, CellState.LOST]
    assert [found[2][1].text, found[3][0].text] == ["#DIV/0!", "=A1"]
    assert found[2][1].value is None


def test_merged_cells_have_the_value_of_the_first(tmp_path: Path) -> None:
    rows = [["组", "", "甲"], ["", "", "乙"], ["", "", ""], ["", "", "丙"]]
    found = cells_of(book_of(tmp_path, workbook(Sheet("表", rows, merges=("A1:B4",)))))
    assert list(found) == [1, 2, 4]
    states = {row: [cell.state.value for cell in cells] for row, cells in found.items()}
    assert states[1] == ["plain", "across", "plain"]
    assert states[4] == ["merged", "across", "plain"]
    assert {cells[0].text for cells in found.values()} == {"组"}


def test_the_size_of_a_file_is_limited(tmp_path: Path, settings: Any) -> None:
    settings.IMPORT_MEGABYTES_MAX = 1
    assert code_of(tmp_path, b"a,b\n" * 300_000, "a.csv") == "size"


def test_limits_are_settings_and_the_limit_itself_passes(tmp_path: Path, settings: Any) -> None:
    content = workbook(Sheet("表", [LEDGER, *ROWS]))
    for name, most, code in (
        ("IMPORT_ROWS_MAX", 5, "rows"),
        ("IMPORT_COLUMNS_MAX", 4, "columns"),
        ("IMPORT_CELLS_MAX", 20, "cells"),
    ):
        before = getattr(settings, name)
        setattr(settings, name, most)
        assert len(cells_of(book_of(tmp_path, content))) == 5
        setattr(settings, name, most - 1)
        assert code_of(tmp_path, content) == code
        setattr(settings, name, before)


def test_what_is_only_formatted_does_not_count_for_the_size(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576"/>'
    rows += '<row r="1048576"><c r="A1048576" s="0"/></row>'
    book = book_of(tmp_path, with_sheet(sheet_xml(rows)))
    assert [(sheet.rows, sheet.columns) for sheet in book.sheets] == [(1, 1)]


def test_an_empty_area_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    """Cells without places, so that neither a row nor a column tells how wide the sheet is."""
    wide = "<row>" + "<c><v>1</v></c>" * 180 + "</row>"
    rows = wide + "".join(f"<row><c><v>{at * 7919}</v></c></row>" for at in range(100_000))
    assert code_of(tmp_path, with_sheet(sheet_xml(rows))) == "cells"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A9999999999999999999992"><v>1</v></c></row>',
        '<row r="1"><c r="zzz9999999"><v>1</v></c></row>',
        '<row r="99999999999999999999"><c><v>1</v></c></row>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="1"><a.b:c xmlns:a.b="x"\tr="XFD1048576"><v>1</v></a.b:c></row>',
        '<row r="1"><c foo=">" r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><!--<c r="A1">--><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><?a <c r="A1">?><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><![CDATA[<c r="A1">]]><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A&#49;048576"><v>1</v></c></row>',
    ],
)
def test_no_cell_hides_how_far_away_it_stands(tmp_path: Path, rows: str) -> None:
    """The reader of values would reserve the whole area between, and end the process over it."""
    assert code_of(tmp_path, with_sheet(sheet_xml(rows))) in {"damaged", "rows", "columns", "cells"}


def test_a_sheet_that_the_list_does_not_name_is_measured_as_well(tmp_path: Path) -> None:
    far = sheet_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    parts = parts_of(workbook(Sheet("表", [["a"]])))
    assert code_of(tmp_path, zipped({**parts, "xl/worksheets/other.xml": far})) == "rows"


@pytest.mark.parametrize("tags", ["<c>", "<c", "<row", '<c r="A1"', "<f", "<v", "[", "&"])
def test_broken_tags_cost_no_more_than_their_length(tmp_path: Path, tags: str) -> None:
    """A search that begins anew at each of them would never end."""
    chance = random.Random(1)  # noqa: S311 - the same noise each time
    noise = "".join(tags + chr(chance.randrange(97, 123)) for _at in range(700_000))
    rows = f'<row r="1"><c r="A1"><f>1</f><v>1</v></c>{noise}</row>'
    with suppress(RefusedError):
        assert len(cells_of(book_of(tmp_path, with_sheet(sheet_xml(rows))))) == 1


def test_numbers_beyond_what_a_number_can_be_hold_no_value(tmp_path: Path) -> None:
    book = book_of(tmp_path, with_sheet(sheet_xml('<row r="1"><c r="A1"><v>1e999</v></c></row>')))
    assert cells_of(book)[1][0].state is CellState.LOST


def test_parts_that_no_reader_needs_are_unpacked_all_the_same(tmp_path: Path) -> None:
    content = bytearray(
        zipped(parts_of(workbook(Sheet("表", [["a"]]))) | {"xl/x.xml": b"<a/>" * 99})
    )
    at = content.find(b"xl/x.xml") + len("xl/x.xml")
    content[at + 2] ^= 0xFF
    assert code_of(tmp_path, bytes(content)) == "damaged"


def test_no_damage_whatever_ends_in_a_traceback(tmp_path: Path) -> None:
    chance = random.Random(20201231)  # noqa: S311 - the same damage each time
    whole = workbook(Sheet("表", [LEDGER, *ROWS], merges=("A6:B7",)))
    parts = parts_of(whole)
    names = sorted(name for name in parts if name.startswith("xl/"))
    for _attempt in range(150):
        name = chance.choice(names)
        part = bytearray(parts[name])
        at = chance.randrange(len(part))
        part[at : at + chance.randrange(20)] = chance.choice(
            [b"", b'"', b"<", b"\xff", b"<f>", b't="e"', b"99999999999", b"<row r='0'>"]
        )
        with suppress(RefusedError):
            book = book_of(tmp_path, zipped({**parts, name: bytes(part)}))
            for sheet in book.sheets:
                list(book.rows(sheet.name))
    for _attempt in range(150):
        broken = bytearray(whole)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        with suppress(RefusedError):
            book_of(tmp_path, bytes(broken))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_file_is_read_in_each_form(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    rows = [LEDGER, ["P1", "“䶮”产业园", "上城区", "市级"], ["P2", '"甲, 乙; 丙"', "上城区", ""]]
    text = end.join(separator.join(row) for row in rows) + end
    book = book_of(tmp_path, text.encode(encoding), "台账.csv")
    found = cells_of(book)
    assert book.kind == "csv"
    assert book.sheets[0].name == "台账"
    assert [cell.text for cell in found[2]] == rows[1]
    assert found[3][1].text == "甲, 乙; 丙"


def test_an_open_quotation_mark_is_told_with_the_row_it_stands_in(tmp_path: Path) -> None:
    text = 'a,b\n1,"x\ny"\n2,"open\n' + "3,z\n" * 50_000
    with pytest.raises(RefusedError) as refused:
        book_of(tmp_path, text.encode(), "a.csv")
    assert refused.value.code == "open_quote"
    assert "3" in refused.value.message


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    import tempfile  # noqa: PLC0415 - a folder of its own for each example
    from pathlib import Path as Place  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.csv", "a.xlsx"):
            with suppress(RefusedError):
                book = book_of(Place(folder), data, name)
                list(book.rows(book.sheets[0].name))


def test_a_hundred_thousand_rows_take_little_memory(tmp_path: Path) -> None:
    """The sheet itself is held once; its rows are made one at a time."""
    rows = "".join(
        f'<row r="{at}"><c r="A{at}"><v>{at}</v></c><c r="B{at}" t="inlineStr"><is><t>名{at}</t></is></c></row>'
        for at in range(1, 100_001)
    )
    content = with_sheet(sheet_xml(rows))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    book = book_of(tmp_path, content)
    assert sum(1 for _row in book.rows(book.sheets[0].name)) == 100_000
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if sys.platform == "linux":
        assert grown < 200, f"{grown:.0f} MiB"


def test_the_place_of_a_problem_is_named_as_a_spreadsheet_does() -> None:
    def at(row: int | None, place: int | None) -> str:
        return Problem(Severity.ERROR, "表", row, place, "", "", "", "", "").cell

    assert [at(12, 2), at(12, 27), at(12, None), at(None, None)] == ["C12", "AB12", "12", ""]


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert code_of(tmp_path, target.getvalue()) == "not_a_table"

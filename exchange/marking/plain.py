"""The marked workbook written anew, row by row: for CSV files, for large ones, for faulty rows alone.

No more than one row is in memory at a time, beside the problems.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from exchange.marking.problems import (
    AUTHOR,
    COMMENTED_MAX,
    ERROR_FILL,
    WARNING_FILL,
    WIDTHS,
    Marks,
    comment,
    headings,
    how_to,
    is_error,
    link,
    list_name,
    severity_word,
    title,
)
from exchange.matching.skipped import is_numbering
from exchange.reading.cells import MARK_SHEET, CellState
from platforms_portal.xlsx_files import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

    from exchange.matching.match import Match
    from exchange.problems import Problem
    from exchange.reading.cells import Book, Cell

_OPTIONS = {
    "constant_memory": True,
    # Text stays text, whatever it looks like.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_A4 = 9
_FIRST_DAY = datetime.date(1900, 3, 1)
"""Before it the days of spreadsheets are off by one; such dates are written as text."""

_EXACT_MAX = 10**15
_NAME_MAX = 31
_WIDTH = 16


def write_plain(
    book: Book, matches: Sequence[Match], marks: Marks, target: Path, *, only_faulty: bool
) -> None:
    """Write the list and the sheets; with ``only_faulty`` the heads and the faulty rows alone."""
    writer = _Writer(book, matches, marks, target, only_faulty=only_faulty)
    writer.write()


class _Writer:
    def __init__(
        self,
        book: Book,
        matches: Sequence[Match],
        marks: Marks,
        target: Path,
        *,
        only_faulty: bool,
    ) -> None:
        self.book, self.marks, self.only_faulty = book, marks, only_faulty
        self.matches = {match.sheet: match for match in matches}
        self.workbook = Workbook(str(target), _OPTIONS)
        # Where a row of the file stands in the one that goes back.
        self.moved: dict[tuple[str, int], int] = {}
        self.formats = {
            name: self.workbook.add_format(properties) for name, properties in _FORMATS.items()
        }

    def write(self) -> None:
        """Write everything. The list comes first, so the rows are counted before."""
        if self.only_faulty:
            self._count()
        self._write_list()
        for sheet in self.book.sheets:
            if not self.only_faulty or sheet.name in self.matches:
                self._write_sheet(sheet.name)
        if self.book.mark is not None:
            self._write_mark()
        self.workbook.close()

    def _kept(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:
        """Yield the rows that go back: all, or the faulty ones under everything that heads them."""
        if not self.only_faulty:
            yield from self.book.rows(sheet)
            return
        last = self.matches[sheet].heading_rows[1]
        faulty = self.marks.faulty.get(sheet, set())
        for row, cells in self.book.rows(sheet):
            # A line above the headings, or a row below them, may say in which units the sheet is.
            is_head = row <= last or (row == last + 1 and is_numbering(_filled(cells)))
            if is_head or row in faulty:
                yield row, cells

    def _count(self) -> None:
        for sheet in self.matches:
            for at, (row, _cells) in enumerate(self._kept(sheet), start=1):
                self.moved[sheet, row] = at

    def _at(self, sheet: str, row: int) -> int:
        return self.moved.get((sheet, row), row)

    # --- Sheets -------------------------------------------------------------------------------------

    def _write_sheet(self, name: str) -> None:
        sheet = self.workbook.add_worksheet(name[:_NAME_MAX])
        if any(info.hidden for info in self.book.sheets if info.name == name):
            sheet.hide()
        sheet.set_comments_author(AUTHOR)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        match = self.matches.get(name)
        heading_rows = range(match.heading_rows[0], match.heading_rows[1] + 1) if match else ()
        if match:
            last = self._at(name, match.heading_rows[1])
            sheet.freeze_panes(last, 0)
            sheet.set_column(0, max((found.place for found in match.found), default=0), _WIDTH)
        commented = 0
        for row, cells in self._kept(name):
            at = self._at(name, row) - 1
            marked = self.marks.at(name, row)
            for place, cell in enumerate(cells):
                look = "heading" if row in heading_rows else ""
                self._write_cell(sheet, at, place, cell, self._look(marked.get(place), look))
            for place, problems in marked.items():
                if place >= len(cells):
                    self._write_cell(sheet, at, place, None, self._look(problems, ""))
                if commented < COMMENTED_MAX:
                    commented += 1
                    sheet.write_comment(at, place, comment(problems), {"x_scale": 2.5})

    def _look(self, problems: list[Problem] | None, otherwise: str) -> str:
        if problems is None:
            return otherwise
        return "error" if is_error(problems) else "warning"

    def _write_cell(
        self, sheet: Worksheet, row: int, place: int, cell: Cell | None, look: str
    ) -> None:
        value, text = _shown(cell, look) if cell is not None else (None, "")
        form = self.formats[f"{look}_day" if _is_day(value) else look]
        if value is None:
            if look:
                sheet.write_blank(row, place, None, form)
        elif _is_day(value):
            sheet.write_datetime(row, place, value, form)
        elif isinstance(value, bool):
            sheet.write_boolean(row, place, value, form)
        elif isinstance(value, int | Decimal) and -_EXACT_MAX < value < _EXACT_MAX:
            # The library writes a Decimal digit by digit.
            form = self.formats[f"{look}_percent"] if text.endswith("%") else form
            sheet.write_number(row, place, value, form)
        else:
            sheet.write_string(row, place, plain(text), form)

    def _write_mark(self) -> None:
        """Keep what our template says of itself: it is still ours when it comes back."""
        mark = self.book.mark
        assert mark is not None  # noqa: S101 - the caller looked
        sheet = self.workbook.add_worksheet(MARK_SHEET)
        for row, key in enumerate(mark.__slots__):
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, str(getattr(mark, key)))
        sheet.hide()

    # --- The list -----------------------------------------------------------------------------------

    def _write_list(self) -> None:
        sheet = self.workbook.add_worksheet(list_name())
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.freeze_panes(3, 0)
        sheet.autofilter(2, 0, max(3, 2 + len(self.marks.listed)), len(WIDTHS) - 1)
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        sheet.write_string(0, 0, title(self.marks, self.book.name), self.formats["title"])
        sheet.write_string(1, 0, how_to())
        for place, heading in enumerate(headings()):
            sheet.write_string(2, place, heading, self.formats["heading"])
        for row, problem in enumerate(self.marks.listed, start=3):
            self._write_problem(sheet, row, problem)

    def _write_problem(self, sheet: Worksheet, row: int, problem: Problem) -> None:
        wrapped = self.formats["wrapped"]
        texts = (
            *(severity_word(problem), problem.sheet, problem.cell, problem.heading),
            *(problem.value, problem.message, problem.remedy),
        )
        sheet.write_number(row, 0, row - 2, wrapped)
        for place, text in enumerate(texts, start=1):
            sheet.write_string(row, place, plain(text), wrapped)
        if problem.row is None or not self._is_written(problem.sheet, problem.row):
            return
        letters = problem.cell.rstrip("0123456789") or "A"
        at = link(problem.sheet[:_NAME_MAX], f"{letters}{self._at(problem.sheet, problem.row)}")
        sheet.write_url(row, 3, f"internal:{at}", self.formats["link"], problem.cell)

    def _is_written(self, sheet: str, row: int) -> bool:
        if self.only_faulty:
            return (sheet, row) in self.moved
        return any(info.name == sheet for info in self.book.sheets)


def _shown(cell: Cell, look: str) -> tuple[Any, str]:
    """Return the value and the text of a cell that is no longer merged, and of one that failed.

    A number of merged cells must not stand in each of them: it would count several times.
    """
    if cell.state is CellState.LOST:
        return cell.text, cell.text
    if cell.state is CellState.ACROSS or (cell.state is CellState.MERGED and look == "error"):
        return None, ""
    return cell.value, cell.text


def _filled(cells: Sequence[Cell]) -> list[tuple[int, Cell]]:
    return [(place, cell) for place, cell in enumerate(cells) if cell.text.strip()]


def _is_day(value: Any) -> bool:
    return isinstance(value, datetime.date) and value >= _FIRST_DAY


_LOOKS: dict[str, dict[str, Any]] = {
    "": {},
    "heading": {"bold": True, "bg_color": "#E8EDF3", "border": 1, "text_wrap": True},
    "error": {"bg_color": f"#{ERROR_FILL}", "border": 2, "border_color": "#9B1C1C"},
    "warning": {
        "pattern": 14,
        "fg_color": "#808080",
        "bg_color": f"#{WARNING_FILL}",
        "border": 3,
        "border_color": "#7A5B00",
    },
}
_FORMATS: dict[str, dict[str, Any]] = {
    **_LOOKS,
    **{f"{name}_day": {**look, "num_format": "yyyy-mm-dd"} for name, look in _LOOKS.items()},
    **{f"{name}_percent": {**look, "num_format": "0.##%"} for name, look in _LOOKS.items()},
    "title": {"bold": True, "font_size": 14},
    "wrapped": {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#9AA5B1"},
    "link": {
        "font_color": "#1D4ED8",
        "underline": 1,
        "valign": "top",
        "border": 1,
        "border_color": "#9AA5B1",
    },
}

"""The rows of a matched sheet, their cells as the programme format writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from exchange.matching.how import How
from exchange.matching.match import Found
from exchange.matching.numbers import unit_in
from exchange.matching.skipped import ENDS, REASONS, Skipper
from exchange.matching.values import Setting, choices_of, read, trimmed
from exchange.matching.wrong import WrongCellError, note
from exchange.problems import VALUE_MAX, Problem, Severity
from exchange.reading.cells import EMPTY, CellState
from exchange.reading.csv_book import CsvBook
from exchange.subjects.spec import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exchange.matching.match import Match
    from exchange.matching.wrong import Note
    from exchange.reading.cells import Book, Cell
    from exchange.subjects import Column, Subject

_MONTH_IS_ENOUGH = {("head_counts", "counted_on")}
"""Columns in which a month stands for its last day, as their notes say."""

_KNOWN_MAX = 2_000
"""How many different cells of a column are remembered with what they say."""

_UNIT_LINE = re.compile(r"单位\s*[:：]\s*(.{1,40})")


@dataclass
class Line:
    """One row: its cells by the name of the subject's column.

    ``cells`` holds only those that are not empty, as the programme format writes them: dates as
    2018-12-31, counts in digits, choices as stored values, yes or no. A cell that is wrong keeps
    its own text and has an error in ``problems``: nobody needs to judge it again. ``empty`` are
    the columns that are in the file and empty in this row. A row that is ``skipped`` is no record
    (a sum, a note, a heading between rows); it has no cells and one warning that says why. One that
    ``ends`` the table heads another, which is an error. ``written`` is what stands in the cells that
    the format writes otherwise: what is told of a cell names it as its writer sees it.
    """

    row: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    empty: frozenset[str] = frozenset()
    skipped: bool = False
    ends: bool = False
    written: dict[str, str] = field(default_factory=dict)


def lines(book: Book, match: Match, subject: Subject) -> Iterator[Line]:
    """Yield the rows of the sheet that ``match`` found, one at a time.

    Remarks on what was understood (a unit that is converted, a dash that means not known) are told
    once a column, at the first cell.
    """
    reader = _Reader(book, match, subject)
    for row, cells in book.rows(match.sheet):
        if row < match.heading_rows[0]:
            reader.look_above(cells)
        elif row > match.heading_rows[1] and (line := reader.line(row, cells)) is not None:
            yield line
            if line.ends:
                return


class _Reader:
    """Reads the rows of one sheet and remembers which remarks were made."""

    def __init__(self, book: Book, match: Match, subject: Subject) -> None:
        self.match = match
        self.columns: list[tuple[Found, Column, Setting]] = []
        # A name that stands beside a code column is read where the code is missing.
        self.beside: dict[str, int] = {}
        for found in match.found:
            if not found.name:
                continue
            column = subject.column(found.name)
            if column.told:
                # What is told beside a figure (the one before) never stands for it.
                of = found.name.rpartition("_")[0]
                if any(other.name == of and other.refers_to for other in subject.columns):
                    self.beside[of] = found.place
            else:
                self.columns.append((found, column, _setting(book, subject, found, column)))
        self.known: dict[int, dict[Any, tuple[str, Note | None]]] = {}
        self.noted: set[tuple[str, str]] = set()
        self.unheaded: dict[int, list[int]] = {}
        self.is_csv = isinstance(book, CsvBook)
        naming = [
            found.place
            for found, column, _setting_ in self.columns
            if (column.required or column.kind is Kind.CODE) and column.refers_to != "divisions"
        ]
        self.skipper = Skipper(
            [found.place for found, _column, _setting_ in self.columns],
            [*naming, *self.beside.values()],
            {found.place: found.heading for found in match.found},
        )

    def look_above(self, cells: list[Cell]) -> None:
        """Take the unit of areas from a line above the table, such as “单位：公顷、人”."""
        for cell in cells:
            if (found := _UNIT_LINE.search(cell.text)) and (unit := unit_in(found[1])):
                self.columns = [
                    (found_, column, _with_unit(setting, setting.area_unit or unit))
                    for found_, column, setting in self.columns
                ]

    def _look_at_units(self, cells: list[Cell]) -> None:
        """Take the units of areas from a row of units below the headings."""
        self.known.clear()
        self.columns = [
            (
                found,
                column,
                _with_unit(setting, unit_in(cells[found.place].text) or setting.area_unit)
                if found.place < len(cells)
                else setting,
            )
            for found, column, setting in self.columns
        ]

    def line(self, row: int, cells: list[Cell]) -> Line | None:
        """Return a row; ``None`` for one that is left out after others of its kind were told."""
        if reason := self.skipper.reason(cells):
            if reason == "numbering_row":
                self._look_at_units(cells)
            return self._skipped(row, cells, reason)
        line = Line(row, {})
        empty = []
        for found, column, setting in self.columns:
            cell = cells[found.place] if found.place < len(cells) else EMPTY
            if not cell.text:
                cell = self._beside(column, cells)
            if not cell.text:
                empty.append(column.name)
                continue
            if not self._read(line, found, column, setting, cell):
                empty.append(column.name)
        line.empty = frozenset(empty)
        self._look_beside(line, cells)
        return line

    def _look_beside(self, line: Line, cells: list[Cell]) -> None:
        """Tell of what stands in a column without a heading; in a CSV file the row came apart there."""
        if len(cells) not in self.unheaded:
            headed = {found.place for found in self.match.found}
            self.unheaded[len(cells)] = [at for at in range(len(cells)) if at not in headed]
        for place in self.unheaded[len(cells)]:
            cell = cells[place]
            if cell.state in _JOINED or not (text := trimmed(cell.text)):
                continue
            beside = Found(place, "", "", How.NONE)
            if self.is_csv and place > self.match.found[-1].place:
                wrong = WrongCellError("more_cells", text)
                line.problems.append(self._problem(Severity.ERROR, line.row, beside, cell, wrong))
            elif (str(place), "no_heading") not in self.noted:
                self.noted.add((str(place), "no_heading"))
                remark = note("no_heading", text)
                line.problems.append(
                    self._problem(Severity.WARNING, line.row, beside, cell, remark)
                )

    def _beside(self, column: Column, cells: list[Cell]) -> Cell:
        place = self.beside.get(column.name)
        return cells[place] if place is not None and place < len(cells) else EMPTY

    def _read(self, line: Line, found: Found, column: Column, setting: Setting, cell: Cell) -> bool:
        """Put a cell into the line; return false if it turns out to be empty."""
        known = self.known.setdefault(found.place, {})
        key = (cell.text, cell.state, type(cell.value))
        try:
            # Words and figures repeat from row to row.
            text, remark = known[key] if key in known else read(cell, column, setting)
        except WrongCellError as error:
            line.cells[column.name] = trimmed(cell.text)
            line.problems.append(self._problem(Severity.ERROR, line.row, found, cell, error))
            return True
        if len(known) < _KNOWN_MAX:
            known[key] = text, remark
        if remark is None and cell.state in _REMARKS:
            remark = note(_REMARKS[cell.state], trimmed(cell.text))
        if remark is not None and (column.name, remark.code) not in self.noted:
            self.noted.add((column.name, remark.code))
            line.problems.append(self._problem(Severity.WARNING, line.row, found, cell, remark))
        if text:
            line.cells[column.name] = text
            if text != (written := trimmed(cell.text)):
                line.written[column.name] = written
        return bool(text)

    def _skipped(self, row: int, cells: list[Cell], reason: str) -> Line | None:
        if reason == "unused_row":
            if ("", reason) in self.noted:
                return None
            self.noted.add(("", reason))
        message, remedy = REASONS[reason]
        first = next((cell.text for cell in cells if cell.text.strip()), "")
        problem = Problem(
            Severity.ERROR if reason == ENDS else Severity.WARNING,
            self.match.sheet,
            row,
            None,
            "",
            "",
            trimmed(first)[:VALUE_MAX],
            str(message),
            str(remedy),
            reason,
        )
        return Line(row, {}, [problem], skipped=True, ends=reason == ENDS)

    def _problem(
        self, severity: Severity, row: int, found: Found, cell: Cell, remark: Note | WrongCellError
    ) -> Problem:
        return Problem(
            severity,
            self.match.sheet,
            row,
            found.place,
            found.name,
            found.heading,
            cell.text[:VALUE_MAX],
            remark.message,
            remark.remedy,
            remark.code,
        )


_JOINED = frozenset({CellState.MERGED, CellState.ACROSS})
_REMARKS = {CellState.FORMULA: "formula_value", CellState.MERGED: "merged_value"}


def _with_unit(setting: Setting, unit: str) -> Setting:
    return replace(setting, area_unit=unit)


def _setting(book: Book, subject: Subject, found: Found, column: Column) -> Setting:
    return Setting(
        area_unit=unit_in(found.heading) if column.kind is Kind.AREA else "",
        from_1904=book.dates_from_1904,
        month_is_enough=(subject.key, column.name) in _MONTH_IS_ENOUGH,
        choices=choices_of(subject, column) if column.kind is Kind.CHOICE else (),
    )

"""A sheet that lists records: headings, a line each, a filter, and a name for each column that counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from platforms_portal.xlsx_files import plain
from reports.workbook.book import LINE, POINTS, lines_needed
from reports.workbook.errors import TooLongError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reports.workbook.book import Book, Sheet

ROWS_MOST = 1_048_000
"""As many lines as a sheet of any program takes, with its headings."""

WRAPPED = frozenset({"wrapped", "mixed"})
"""The looks whose texts run on in the next line."""

LINES_MOST = 28
"""So many lines are as high as a row can be."""

WIDE_PAGE = 200
"""Characters that can still be read on one page of A4; a wider list takes two."""

NUMBERS = frozenset({"number", "area", "flag", "share", "signed"})
"""The looks whose values are written as numbers."""

TITLE, ABOUT, SUMS, HEADS, FIRST = 0, 1, 2, 3, 4
"""The rows of a list: its title, what is listed, sums of what the filter shows, headings, records."""


@dataclass(frozen=True)
class Column:
    """A column of a list.

    ``value`` takes it from a line; a text that begins with ``=`` under a ``formula`` column is one,
    in which ``{row}`` is the number of the line. ``named`` gives the column a name, ``summed`` a sum
    of what the filter shows.
    """

    name: str
    heading: str
    width: float
    value: Callable[[Any], Any]
    look: str = "text"
    named: bool = False
    summed: bool = False
    formula: bool = False


@dataclass
class Listed:
    """A list that was written: where its columns stand, for the formulas of other sheets."""

    name: str
    sheet: Sheet
    places: dict[str, int] = field(default_factory=dict)
    lines: int = 0

    def range_of(self, column: str) -> str:
        """Return the name of a column's range."""
        return f"{self.name}_{column}"


def flag_columns() -> list[Column]:
    """Return the columns of 1 and 0 that the formulas of all counts add up."""
    return [
        _flag("in_baseline", _("In the baseline"), lambda line: line["in_baseline"]),
        _flag("in_state", pgettext("report", "In the state"), lambda line: line["any_in_state"]),
        _flag("went", _("Gone since the baseline"), lambda line: line["any_went"]),
        _flag("came", _("Come since the baseline"), lambda line: line["any_came"]),
        _flag("undecided", _("Not decided"), lambda line: line["any_undecided"]),
        _flag("placeholder", _("Rests on placeholder"), lambda line: line["any_placeholder"]),
    ]


def _flag(name: str, heading: str, value: Callable[[Any], Any]) -> Column:
    return Column(name, heading, 7, value, "flag", named=True, summed=True)


def flag(name: str, heading: str, value: Callable[[Any], Any]) -> Column:
    """Return one more column of 1 and 0."""
    return _flag(name, heading, value)


def write_list(
    book: Book,
    sheet: Sheet,
    name: str,
    *,
    title: str,
    about: list[str],
    columns: list[Column],
    lines: Iterable[Any],
    frozen: int = 2,
) -> Listed:
    """Write ``lines`` as a list and return where its columns stand.

    Raises ``TooLongError`` where there are more lines than a sheet takes.
    """
    listed = Listed(name, sheet, {column.name: at for at, column in enumerate(columns)})
    _head(book, sheet, listed, title=title, about=about, columns=columns)
    writers = [
        (at, column.value, _writer(book, sheet, column)) for at, column in enumerate(columns)
    ]
    wrapped = [(at, column.width) for at, column in enumerate(columns) if column.look in WRAPPED]
    for row, line in enumerate(lines, FIRST):
        if row >= ROWS_MOST:
            raise TooLongError(title)
        values = [take(line) for _at, take, _write in writers]
        make_room(sheet, row, values, wrapped)
        for (at, _take, write), value in zip(writers, values, strict=True):
            if value is not None and value != "":
                write(row, at, value)
        listed.lines += 1
    if not listed.lines:
        sheet.put(FIRST, 0, _("Nothing to list."), "plain_note")
    _foot(book, listed, columns, frozen)
    return listed


def make_room(
    sheet: Sheet, row: int, values: Sequence[Any], wrapped: Iterable[tuple[int, float]]
) -> None:
    """Set the height of a row whose texts take several lines: not every program finds it itself."""
    needed = max((lines_needed(str(values[at] or ""), width) for at, width in wrapped), default=1)
    if needed > 1:
        sheet.raw.set_row(row, POINTS * min(needed, LINES_MOST))


def _writer(book: Book, sheet: Sheet, column: Column) -> Callable[[int, int, Any], Any]:
    """Return what writes the values of a column: asked once a column, not once a cell."""
    raw, look = sheet.raw, book.look(column.look)
    if column.formula:
        return lambda row, at, value: raw.write_formula(
            row, at, f"={value.format(row=row + 1)}", look, ""
        )
    if column.look in NUMBERS:
        return lambda row, at, value: raw.write_number(row, at, value, look)
    if column.look == "date":
        return lambda row, at, value: raw.write_datetime(row, at, value, look)
    if column.look == "mixed":
        return lambda row, at, value: (
            raw.write_number(row, at, value, look)
            if isinstance(value, int)
            else raw.write_string(row, at, plain(value), look)
        )
    return lambda row, at, value: raw.write_string(row, at, plain(value), look)


def _head(
    book: Book, sheet: Sheet, listed: Listed, *, title: str, about: list[str], columns: list[Column]
) -> None:
    for at, column in enumerate(columns):
        sheet.raw.set_column(at, at, column.width, book.look(column.look))
    sheet.raw.set_row(TITLE, 24)
    sheet.put(TITLE, 0, title, "title")
    sheet.put(ABOUT, 0, "　".join(about), "plain_note")
    if any(column.summed for column in columns):
        sheet.put(SUMS, 0, _("Sum of what is shown"), "plain_note")
    for at, column in enumerate(columns):
        if column.summed:
            sheet.reckon(SUMS, at, f"SUBTOTAL(109,{listed.range_of(column.name)})", bold=True)
    sheet.heads(HEADS, [column.heading for column in columns], height=42)


def _foot(book: Book, listed: Listed, columns: list[Column], frozen: int) -> None:
    """Name the columns, and set filter, frozen rows and repeated headings."""
    last = max(FIRST, FIRST + listed.lines - 1)
    for at, column in enumerate(columns):
        if column.named or column.summed:
            cells = (FIRST, at, last, at)
            book.name_range(listed.range_of(column.name), listed.sheet, cells)
    raw = listed.sheet.raw
    raw.autofilter(HEADS, 0, last, len(columns) - 1)
    raw.freeze_panes(FIRST, frozen)
    raw.repeat_rows(HEADS)
    line = book.raw.add_format({"border": 1, "border_color": LINE})
    raw.conditional_format(FIRST, 0, last, len(columns) - 1, {"type": "no_errors", "format": line})
    if sum(column.width for column in columns) > WIDE_PAGE:
        raw.fit_to_pages(2, 0)
        raw.repeat_columns(0, frozen - 1)

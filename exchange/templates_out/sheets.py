"""One sheet of a template: headings, the rows as they are read, notes, lists and the printed page."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from exchange.subjects import Kind
from exchange.templates_out.styles import keys_of, printed, width_of
from exchange.templates_out.validation import validation_of
from exchange.templates_out.words import explained, heading_of, word_of, yes_no
from platforms_portal.xlsx_files import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from exchange.subjects import Column, Subject
    from exchange.templates_out.styles import Styles

    Shown = str | int | Decimal | datetime.datetime | None

SPARE_ROWS = 1_000
"""Empty rows below the last one whose cells offer lists and check what is typed."""

FIRST_YEAR = 1900

_HEADING_HEIGHT = 34
_NOTE_SIZE = {"x_scale": 2, "y_scale": 1.4, "font_size": 9}
_UNLOCKED = {
    **dict.fromkeys(("sort", "autofilter", "insert_rows", "delete_rows"), True),
    **dict.fromkeys(("format_cells", "format_columns", "format_rows"), True),
}
_FLAGS = ("placeholder", "flag")


@dataclass(frozen=True)
class SheetTexts:
    """What is printed above a sheet."""

    title: str
    right: str


class SubjectSheet:
    """Writes one subject. Rows are written as they come: none is kept."""

    def __init__(
        self, book: Workbook, styles: Styles, subject: Subject, sources: Mapping[str, str]
    ) -> None:
        """Add the sheet; ``sources`` are the ranges of lists by the names of columns."""
        self._styles, self._subject, self._sources = styles, subject, sources
        self._sheet: Worksheet = book.add_worksheet(str(subject.label))
        self._shown = {column.name: shown_by(column) for column in subject.columns}
        self._formats = {
            (column.name, flagged): styles.cell(column, placeholder=flagged)
            for column in subject.columns
            for flagged in (False, True)
        }

    def write(self, rows: Iterable[Mapping[str, Any]], texts: SheetTexts) -> int:
        """Write headings and rows; return how many rows there are."""
        sheet, columns = self._sheet, self._subject.columns
        for place, column in enumerate(columns):
            sheet.set_column(place, place, width_of(column), self._styles.cell(column))
        sheet.set_row(0, _HEADING_HEIGHT)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, heading_of(column), self._styles.heading)
            note = explained(column, ())
            if note:
                sheet.write_comment(0, place, note, _NOTE_SIZE)
        count = 0
        for count, row in enumerate(rows, start=1):
            self._write_row(count, row)
        self._finish(count, texts)
        return count

    def _write_row(self, at: int, row: Mapping[str, Any]) -> None:
        flagged = any(row.get(name) is True for name in _FLAGS)
        for place, column in enumerate(self._subject.columns):
            self._write_cell(at, place, column, row.get(column.name), flagged=flagged)

    def _write_cell(
        self, at: int, place: int, column: Column, value: Any, *, flagged: bool
    ) -> None:
        sheet, format_ = self._sheet, self._formats[column.name, flagged]
        shown = None if value is None else self._shown[column.name](value)
        if shown is None or shown == "":
            if flagged:
                sheet.write_blank(at, place, None, format_)
        elif isinstance(shown, str):
            # Never by what it looks like: text that begins with “=” stays text.
            sheet.write_string(at, place, plain(shown), format_)
        elif isinstance(shown, datetime.datetime):
            sheet.write_datetime(at, place, shown, format_)
        else:
            # The library writes a Decimal digit by digit.
            sheet.write_number(at, place, shown, format_)

    def _finish(self, count: int, texts: SheetTexts) -> None:
        sheet, columns = self._sheet, self._subject.columns
        last = count + SPARE_ROWS
        for place, column in enumerate(columns):
            rule = validation_of(column, self._sources.get(column.name, ""))
            if rule is not None:
                sheet.data_validation(1, place, last, place, rule)
        sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
        sheet.freeze_panes(1, keys_of(self._subject))
        sheet.protect("", _UNLOCKED)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, keys_of(self._subject) - 1)
        width = sum(width_of(column) for column in columns)
        printed(sheet, title=texts.title, right=texts.right, width=width)


def shown_by(column: Column) -> Callable[[Any], Shown]:
    """Return what shows a column's values: words for choices and yes or no, else themselves.

    The words are looked up once: a city's ledger has millions of cells. The days of a spreadsheet
    begin in 1900; an earlier one is written as text.
    """
    if column.name == "flag":
        word = _("placeholder data")
        return lambda value: word if value else None
    if column.kind is Kind.YES_NO:
        yes, no = yes_no(True), yes_no(False)
        return lambda value: yes if value else no
    if column.kind is Kind.CHOICE:
        words = {stored: word_of(column, stored) for stored in column.words}
        return lambda value: words.get(value, str(value))
    return _plain


def _plain(value: Any) -> Shown:
    if isinstance(value, str | int | Decimal):
        return value
    if isinstance(value, datetime.date) and value.year >= FIRST_YEAR:
        return datetime.datetime.combine(value, datetime.time())
    return str(value)

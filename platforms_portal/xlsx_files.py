"""Lists as workbooks: numbers are numbers, days are days, and text is never more than text.

XlsxWriter writes each row as it comes and keeps no other, so a list of any length needs the same
memory. The workbook grows in a temporary file, which is sent and then gone.
"""

from __future__ import annotations

import datetime
import re
import tempfile
from decimal import Decimal
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, cast

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from platforms_portal.listings import as_attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from platforms_portal.listings import Listing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ROWS_MAX = 1_048_576
"""The rows of a sheet, as the format has them; no list may be as long (EXPORT_LIMIT)."""

CELL_MAX = 32_767
"""The characters of a cell, as the format has them; longer text says that it goes on."""

DIGITS_MAX = 15
"""The digits that a number of a spreadsheet keeps; what has more is written as text."""

COLUMNS_MAX = 16_384
"""The columns of a sheet, as the format has them."""

FIRST_DAY = datetime.date(1900, 3, 1)
"""The day from which spreadsheets count days alike; earlier ones are written as text."""

_DAY_ZERO = datetime.date(1899, 12, 30).toordinal()

NARROWEST, WIDEST = 6, 46
LINE_POINTS, LINES_MAX = 15, 25
"""The height of a line of text, and how many lines a row shows at most: 409 points are the format's."""

MEASURED = 500
"""The rows by which the widths of the columns are found."""

A4 = 9
_LINES = {"border": 1, "border_color": "#B4BCC8"}
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
# What XML cannot hold or reads as its own, and what spreadsheets read as an escaped character.
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9a-fA-F]{4}_)")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def xlsx_file(listing: Listing) -> FileResponse:
    """Return ``listing`` as a workbook of one sheet."""
    # Closed by the answer once it is sent, or by whatever stops the writing.
    file = tempfile.TemporaryFile(prefix="listing-", suffix=".xlsx")  # noqa: SIM115
    try:
        write_listing(file, listing)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = as_attachment(listing.name, listing.plain_name, ".xlsx")
    return response


def write_listing(file: IO[bytes], listing: Listing) -> None:
    """Write ``listing`` into ``file`` as a workbook, row by row."""
    book = xlsxwriter.Workbook(
        file,
        {"constant_memory": True},
    )
    try:
        book.set_properties({"title": listing.title, "comments": " ".join(_line(listing.about))})
        ListSheet(book, sheet_name(listing.title)).write(listing)
    finally:
        book.close()


def sheet_name(title: str) -> str:
    """Return ``title`` as a sheet may be called: 31 characters, none that addresses use."""
    name = " ".join(_NOT_IN_SHEET_NAMES.sub(" ", title).split())[:31].strip("' ")
    # A name that Excel keeps for itself.
    return _("List") if not name or name.casefold() == "history" else name


def text_width(text: str) -> int:
    """Return how many narrow characters wide the widest line of ``text`` is; Chinese ones count two.

    They have two bytes in the national encoding, and narrow ones have one.
    """
    lines = text.splitlines() if "\n" in text else [text]
    return max(len(line.encode("gb18030", "replace")) for line in lines)


def lines_of(text: str, width: int) -> int:
    """Return how many lines ``text`` takes in a column of ``width``."""
    if len(text) * 2 < width and "\n" not in text:
        return 1
    return sum(max(1, -(-text_width(line) // (width - 1))) for line in text.split("\n"))


def cell_text(value: Any) -> str:
    """Return ``value`` as the text of a cell: whole, or with a word that it goes on."""
    text = str(value)
    if len(text) <= CELL_MAX:
        return text
    more = _(" … (cut off: a cell holds no more)")
    return text[: CELL_MAX - len(more)] + more


def plain(value: Any) -> str:
    """Return ``value`` as text that stays text.

    The library takes text between ``<r>`` and ``</r>`` for markup of its own; a space ends that.
    """
    text = cell_text(value)
    return f"{text} " if text.startswith("<r>") else text


def _escaped(found: re.Match[str]) -> str:
    """Return a special character as spreadsheets write it: _x000D_ for a return."""
    character = found.group()
    return _MARKUP.get(character) or f"_x{ord(character):04X}_"


def _line(about: Sequence[Sequence[Any]]) -> list[str]:
    return [" · ".join(str(word) for word in line if str(word)) for line in about]


class RowSheet(Worksheet):  # type: ignore[misc]  # its classes are Any to mypy
    """A sheet that takes whole rows of cells as XML.

    The library's own way is seven times as slow, and takes text between ``<r>`` and ``</r>`` for
    markup of its own, so that a name could bring a formula along.
    """

    def write_cells(self, row: int, cells: list[str], lines: int = 1) -> None:
        """Write ``cells`` as the row after those before, high enough for ``lines`` of text."""
        self._check_dimensions(row, 0)
        self._check_dimensions(row, max(len(cells) - 1, 0))
        rows: Any = self.row_data_fh
        height = LINE_POINTS * min(lines, LINES_MAX) + 3
        rows.write(f'<row r="{row + 1}" ht="{height}" customHeight="1">{"".join(cells)}</row>')


class ListSheet:
    """One sheet: the lines about what is listed, the headings, the rows, and how it prints."""

    def __init__(self, book: xlsxwriter.Workbook, name: str) -> None:
        """Make the sheet ``name`` in ``book``, and the formats of its cells."""
        self._book = book
        self._sheet = cast("RowSheet", book.add_worksheet(name, RowSheet))
        self._columns = [xl_col_to_name(column) for column in range(COLUMNS_MAX)]
        self._title = self._style(bold=True, font_size=14)
        self._about = self._style(font_color="#555555")
        self._heading = self._style(
            bold=True, bg_color="#E8EEF5", text_wrap=True, valign="vcenter", **_LINES
        )
        self._text = self._style(text_wrap=True, num_format="@", **_LINES)
        self._day = self._style(num_format="yyyy-mm-dd", align="left", **_LINES)
        self._moment = self._style(num_format="yyyy-mm-dd hh:mm", align="left", **_LINES)
        self._empty = f' s="{self._style(**_LINES)}">'
        self._decimals: dict[int, int] = {}
        self._widths: list[int] = []
        self._ways: dict[type, Callable[[Any], str]] = {
            str: self._of_text,
            int: self._of_int,
            Decimal: self._of_decimal,
            datetime.date: self._of_day,
            datetime.datetime: self._of_moment,
            bool: self._of_yes_no,
        }

    def write(self, listing: Listing) -> None:
        """Write all of ``listing``."""
        at = 0
        for line in _line(listing.about):
            style = self._about if at else self._title
            self._sheet.write_cells(at, [f'<c r="A{at + 1}"{self._of_text(line, style)}</c>'])
            at += 1
        headings = [str(heading) for heading in listing.headings]
        rows: Iterator[Any] = chain.from_iterable(listing.chunks)
        measured = [list(row) for row in islice(rows, MEASURED)]
        self._set_widths(headings, measured)
        self._write_row(at, headings, self._heading)
        heading_row, at = at, at + 1
        for row in chain(measured, rows):
            if at >= ROWS_MAX:
                raise ValueError("a sheet of a workbook holds no more rows")
            self._write_row(at, row)
            at += 1
        self._set_up(heading_row, at - 1, len(headings))

    def _write_row(self, at: int, row: Iterable[Any], style: int | None = None) -> None:
        number, ways, lines, cells = at + 1, self._ways, 1, []
        for column, width, value in zip(self._columns, self._widths, row, strict=False):
            way = ways.get(value.__class__, self._of_text)
            if value is None or value == "":
                cell = self._empty
            else:
                cell = way(value) if style is None else self._of_text(value, style)
                if value.__class__ is str:
                    lines = max(lines, lines_of(value, width))
            cells.append(f'<c r="{column}{number}"{cell}</c>')
        self._sheet.write_cells(at, cells, lines)

    def _style(self, **looks: Any) -> int:
        """Return the number under which cells name a format."""
        base = {"font_name": "宋体", "font_size": 11, "valign": "top"}
        return int(self._book.add_format({**base, **looks})._get_xf_index())  # noqa: SLF001 - cells name it by its number

    def _of_text(self, value: Any, style: int | None = None) -> str:
        text = _SPECIAL.sub(_escaped, cell_text(value))
        style = self._text if style is None else style
        return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is>'

    def _of_number(self, text: str, decimals: int) -> str:
        if decimals not in self._decimals:
            after = f".{'0' * decimals}" if decimals else ""
            self._decimals[decimals] = self._style(num_format=f"#,##0{after}", **_LINES)
        return f' s="{self._decimals[decimals]}"><v>{text}</v>'

    def _of_int(self, value: int) -> str:
        if abs(value) >= 10**DIGITS_MAX:
            return self._of_text(value)
        return self._of_number(str(value), 0)

    def _of_decimal(self, value: Decimal) -> str:
        digits, exponent = value.as_tuple().digits, value.as_tuple().exponent
        # An exponent in letters is that of an infinite value, or of none.
        if isinstance(exponent, str) or len(digits) + max(exponent, 0) > DIGITS_MAX:
            return self._of_text(value)
        return self._of_number(f"{value:f}", max(0, -exponent))

    def _of_day(self, value: datetime.date) -> str:
        if value < FIRST_DAY:
            return self._of_text(value.isoformat())
        return f' s="{self._day}"><v>{value.toordinal() - _DAY_ZERO}</v>'

    def _of_moment(self, value: datetime.datetime) -> str:
        here = timezone.make_naive(value) if timezone.is_aware(value) else value
        if here.date() < FIRST_DAY:
            return self._of_text(here.isoformat(" ", "minutes"))
        seconds = here.hour * 3600 + here.minute * 60 + here.second
        days = here.toordinal() - _DAY_ZERO
        return f' s="{self._moment}"><v>{days + seconds / 86400!r}</v>'

    def _of_yes_no(self, value: bool) -> str:
        return self._of_text(_("Yes") if value else _("No"))

    def _set_widths(self, headings: list[str], rows: list[list[Any]]) -> None:
        widths = [text_width(heading) + 3 for heading in headings]
        for row in rows:
            for column, value in enumerate(row[: len(widths)]):
                if value is not None:
                    widths[column] = max(widths[column], text_width(str(value)) + 1)
        self._widths = [min(max(width, NARROWEST), WIDEST) for width in widths]
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, width)

    def _set_up(self, heading: int, last: int, columns: int) -> None:
        """Freeze and filter by the headings; print on A4 across, with the headings on each page."""
        sheet = self._sheet
        sheet.freeze_panes(heading + 1, 0)
        sheet.autofilter(heading, 0, max(last, heading), max(columns - 1, 0))
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(heading)
        sheet.set_footer("&L&A&R&P / &N")

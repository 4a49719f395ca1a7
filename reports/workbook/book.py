"""The workbook under way: its formats, its sheets set up for A4, its names. Written by streaming.

No cell of a formula holds a value: a reader that does not reckon shows nothing, not a wrong number.
Every text is written as text, whatever it begins with.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell

from platforms_portal.xlsx_files import plain

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

A4 = 9

POINTS = 14
"""The height of a line of text."""
FONT = "等线"
"""The plain font of Chinese offices; a reader without it takes its own."""

INK, LINE, HEAD, SOFT = "#1F2933", "#9AA5B1", "#E4E9EF", "#F5F7FA"
GOOD, BAD, DOUBT, NOTE = "#1E6B3A", "#A61B1B", "#7A4B00", "#52606D"

_BASE: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": INK},
    "subtitle": {"bold": True, "font_size": 12, "font_color": INK},
    "note": {"font_color": NOTE, "text_wrap": True, "valign": "vcenter"},
    "plain_note": {"font_color": NOTE},
    "warning": {"font_color": DOUBT, "bold": True, "text_wrap": True, "valign": "vcenter"},
    "link": {"font_color": "#1D4E89", "underline": 1, "valign": "vcenter"},
    "head": {
        "bold": True,
        "bg_color": HEAD,
        "border": 1,
        "border_color": LINE,
        "text_wrap": True,
        "align": "center",
        "valign": "vcenter",
    },
    "label": {"bold": True, "valign": "vcenter", "text_wrap": True},
    "text": {"valign": "vcenter"},
    "wrapped": {"valign": "vcenter", "text_wrap": True},
    "number": {"num_format": "#,##0", "valign": "vcenter"},
    "area": {"num_format": "#,##0.00##", "valign": "vcenter"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center", "valign": "vcenter"},
    "flag": {"num_format": "0", "align": "center", "valign": "vcenter"},
    "share": {"num_format": "0.00%", "valign": "vcenter"},
    "signed": {"num_format": "+#,##0;-#,##0;0", "valign": "vcenter"},
    "mixed": {"valign": "vcenter", "text_wrap": True, "num_format": "#,##0"},
    "centre": {"align": "center", "valign": "vcenter"},
}


def lines_needed(text: str, width: float) -> int:
    """Return how many lines ``text`` takes in a column of ``width`` characters.

    A Chinese character is as wide as two others.
    """
    return sum(
        max(1, ceil(sum(1 + (ord(c) > WIDE) for c in part) / max(1, width - 1)))
        for part in text.split("\n")
    )


WIDE = 0x2E7F
"""Characters after this one are Chinese, or as wide."""


class Book:
    """The file that is written, and what its sheets share."""

    def __init__(self, path: Path, *, footer: str) -> None:
        """Begin the file at ``path``; ``footer`` stands at the foot of each printed page."""
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_format_properties": {"font_name": FONT, "font_size": 10},
            },
        )
        self._footer = footer
        self._formats: dict[tuple[str, tuple[tuple[str, Any], ...]], Format] = {}

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def describe(self, **properties: str) -> None:
        """Set title, subject and the like, as file managers show them."""
        self._book.set_properties(properties)

    @cached_property
    def raw(self) -> xlsxwriter.Workbook:
        """The library's own workbook, for charts."""
        return self._book

    def look(self, name: str, **more: Any) -> Format:
        """Return the format called ``name``, with ``more`` properties; each is made once."""
        if more.get("border"):
            more = {"border_color": LINE, **more}
        key = name, tuple(sorted(more.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({**_BASE[name], **more})
        return self._formats[key]

    def sheet(
        self, name: str, *, landscape: bool = True, colour: str = "", lined: bool = False
    ) -> Sheet:
        """Add a sheet called ``name``, set up to be printed on A4, as wide as the page.

        A ``lined`` one shows the lines between its cells.
        """
        raw = self._book.add_worksheet(name)
        raw.set_paper(A4)
        if landscape:
            raw.set_landscape()
        raw.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        raw.fit_to_pages(1, 0)
        raw.hide_gridlines(1 if lined else 2)
        raw.set_footer(f"&L&9{self._footer}&C&9&P / &N&R&9&A")
        if colour:
            raw.set_tab_color(colour)
        return Sheet(self, raw, name)

    def name_range(self, name: str, sheet: Sheet, cells: tuple[int, int, int, int]) -> None:
        """Give a range of cells a name that formulas use."""
        self._book.define_name(name, f"={quote_sheetname(sheet.name)}!{xl_range_abs(*cells)}")


class Sheet:
    """One sheet; cells are written row by row, downwards."""

    def __init__(self, book: Book, raw: Worksheet, name: str) -> None:
        """Take the library's sheet."""
        self.book = book
        self.raw = raw
        self.name = name

    def put(self, row: int, column: int, value: Any, look: str = "text", **more: Any) -> None:
        """Write a value: text as text, numbers as numbers, nothing where it is not known."""
        form = self.book.look(look, **more)
        if value is None or value == "":
            self.raw.write_blank(row, column, None, form)
        elif isinstance(value, bool | int | float | Decimal):
            self.raw.write_number(row, column, value, form)
        elif hasattr(value, "isoformat"):
            self.raw.write_datetime(row, column, value, form)
        else:
            self.raw.write_string(row, column, plain(value), form)

    def reckon(self, row: int, column: int, formula: str, look: str = "number", **more: Any) -> str:
        """Write a formula without a value; return its address, for formulas on other sheets."""
        self.raw.write_formula(row, column, f"={formula}", self.book.look(look, **more), "")
        return self.at(row, column)

    def at(self, row: int, column: int) -> str:
        """Return the address of a cell, with the name of the sheet."""
        return f"{quote_sheetname(self.name)}!{xl_rowcol_to_cell(row, column, True, True)}"

    def link(self, row: int, column: int, target: str, text: str, cell: str = "A1") -> None:
        """Write a link to a sheet of this workbook."""
        address = f"internal:{quote_sheetname(target)}!{cell}"
        self.raw.write_url(row, column, address, self.book.look("link"), text)

    def heads(self, row: int, headings: list[str], *, height: float | None = 32) -> None:
        """Write a row of headings."""
        self.raw.set_row(row, height)
        for column, heading in enumerate(headings):
            self.put(row, column, heading, "head")

    def widths(self, *widths: float) -> None:
        """Set the widths of the columns from the first on, in characters."""
        for column, width in enumerate(widths):
            self.raw.set_column(column, column, width)

"""How a template looks: formats of headings and cells, widths, and how it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from exchange.subjects import Kind
from exchange.templates_out.words import heading_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from exchange.subjects import Column, Subject

FONT = "宋体"
"""On every Chinese Windows, known to WPS, and replaced by LibreOffice where it is not installed."""

_HEADING, _TOLD, _PLACEHOLDER, _LINE = "#DCE6F1", "#F2F2F2", "#FFF2CC", "#BFBFBF"
_NUMBERS = {
    Kind.COUNT: "#,##0",
    Kind.AREA: "#,##0.0###",
    Kind.DATE: "yyyy-mm-dd",
}
# Everything else is text: no leading zero and no digit of 18 is lost where it is typed over.
_TEXT = "@"
_WIDTHS = {
    Kind.TEXT: 18,
    Kind.CODE: 15,
    Kind.COUNT: 11,
    Kind.AREA: 12,
    Kind.DATE: 12,
    Kind.CHOICE: 12,
    Kind.YES_NO: 10,
    Kind.LIST: 26,
}
_LONG = {"source", "note", "reason", "approval_document", "name_en"}
_NAMES = {
    "name",
    "title",
    "platform_name",
    "body_name",
    "plate_title",
    "target",
    "carrier",
    "to_body",
}
_NAME_WIDTH = 28
_DATED = {"current_division"}
_DATED_WIDTH = 19
_HEADING_LINES = 2
_PAGE_WIDTH = 170
"""Characters that a line of A4, laid across, still shows legibly."""

_PAPER_A4 = 9
_HEADER_LONGEST = 200


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        """Make the formats that do not depend on a column."""
        self._book = book
        self._kept: dict[tuple[Kind, bool, bool], Format] = {}
        border = {"border": 1, "border_color": _LINE, "font_name": FONT}
        self.heading = book.add_format(
            {
                **border,
                "bold": True,
                "text_wrap": True,
                "valign": "vcenter",
                "align": "center",
                "bg_color": _HEADING,
                "locked": True,
            }
        )
        self.title = book.add_format({"font_name": FONT, "bold": True, "font_size": 15})
        self.plain = book.add_format({"font_name": FONT, "valign": "top"})
        self.line = book.add_format({**border, "text_wrap": True, "valign": "top"})
        self.strong = book.add_format({**border, "bold": True, "text_wrap": True, "valign": "top"})
        self.placeholder_line = book.add_format(
            {**border, "bg_color": _PLACEHOLDER, "text_wrap": True, "valign": "top"}
        )

    def cell(self, column: Column, *, placeholder: bool = False) -> Format:
        """Return the format of a column's cells; all of them may be typed over and sorted."""
        key = (column.kind, column.told, placeholder)
        if key not in self._kept:
            options: dict[str, Any] = {
                "font_name": FONT,
                "locked": False,
                "num_format": _NUMBERS.get(column.kind, _TEXT),
            }
            if placeholder:
                options["bg_color"] = _PLACEHOLDER
            elif column.told:
                options["bg_color"] = _TOLD
            if column.told:
                options["font_color"] = "#595959"
            self._kept[key] = self._book.add_format(options)
        return self._kept[key]


def width_of(column: Column) -> int:
    """Return the width of a column: what it mostly holds, and its heading on two lines."""
    base = _WIDTHS[column.kind]
    if column.name in _LONG:
        base = 30
    elif column.name in _NAMES:
        base = _NAME_WIDTH
    elif column.name in _DATED:
        base = _DATED_WIDTH
    # The button of the filter takes the room of two letters, and a line may break before its end.
    heading = -(-wide(heading_of(column)) // _HEADING_LINES) + 5
    return max(base, heading)


def wide(text: str) -> int:
    """Return how many letters wide a text is: a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)  # noqa: PLR2004 - where CJK begins


def printed(sheet: Worksheet, *, title: str, right: str, width: int) -> None:
    """Lay the sheet out for A4 across, with its headings and the number of the page on each."""
    sheet.set_landscape()
    sheet.set_paper(_PAPER_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.fit_to_pages(max(1, -(-width // _PAGE_WIDTH)), 0)
    header = f"&L{_harmless(title)}&R{_harmless(right)}"
    sheet.set_header(header)
    footer = _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"}
    sheet.set_footer(f"&C{footer}")


def _harmless(text: str) -> str:
    return text[: _HEADER_LONGEST // 2].replace("&", "&&")


def keys_of(subject: Subject) -> int:
    """Return how many columns stay in sight: those that say which record a row is."""
    told = [n for n, column in enumerate(subject.columns[:3]) if column.told]
    return told[-1] + 1 if told else 2

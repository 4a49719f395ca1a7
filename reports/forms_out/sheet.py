"""One form on paper: title, line of who and when, headings, rows, sum, who signs."""

from __future__ import annotations

from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from consolidation.checks.base import percent
from platforms_portal.xlsx_files import A4, lines_of, plain, sheet_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format

    from consolidation.checks.base import Ratio

PLACEHOLDER_NOTE = "※ 本表部分数据为占位数据，没有来源；导入真实台账前，不得作为依据。"


class Heading(NamedTuple):
    """A heading over the columns ``first`` to ``last``, with those below it; none where it is alone."""

    text: str
    below: tuple[str, ...] = ()


class FormSheet:
    """A form that fills one sheet, printed on A4 across with its headings on each page."""

    def __init__(self, file: IO[bytes], title: str, widths: Sequence[float]) -> None:
        """Begin the form called ``title`` in a workbook in ``file``."""
        self.book = xlsxwriter.Workbook(file)
        self.sheet = self.book.add_worksheet(sheet_name(title))
        self.title, self.widths = title, list(widths)
        self.last = len(self.widths) - 1
        self.row = 0
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
        frame = {**base, "border": 1}
        self.formats: dict[str, Format] = {
            "title": self.book.add_format(
                {**base, "font_name": "方正小标宋简体", "font_size": 18, "align": "center"}
            ),
            "line": self.book.add_format(base),
            "right": self.book.add_format({**base, "align": "right"}),
            "note": self.book.add_format({**base, "font_color": "#9A5B00", "bold": True}),
            "heading": self.book.add_format(
                {**frame, "font_name": "黑体", "align": "center", "bg_color": "#EEF2F7"}
            ),
            "text": self.book.add_format({**frame, "num_format": "@", "indent": 1}),
            "center": self.book.add_format({**frame, "align": "center", "num_format": "@"}),
            "number": self.book.add_format({**frame, "align": "right", "num_format": "#,##0"}),
            "change": self.book.add_format(
                {**frame, "align": "right", "num_format": "+#,##0;-#,##0;0"}
            ),
            "share": self.book.add_format({**frame, "align": "right", "num_format": "0.00%"}),
            "day": self.book.add_format({**frame, "align": "center", "num_format": "yyyy-mm-dd"}),
        }
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)

    # --- Parts ---------------------------------------------------------------------------------

    def head(self, left: str, middle: str, right: str, notes: Sequence[str]) -> None:
        """Write the title, the line of unit, day and units of measure, and what must be noted."""
        self.span(0, self.last, self.title, "title")
        self.sheet.set_row(self.row, 30)
        self.row += 1
        third = max(1, (self.last + 1) // 3)
        self.span(0, third - 1, left, "line")
        self.span(third, self.last - third, middle, "line")
        self.span(self.last - third + 1, self.last, right, "right")
        self.row += 1
        for note in notes:
            self.span(0, self.last, note, "note" if note.startswith("※") else "line")
            self.sheet.set_row(self.row, 15 * lines_of(note, int(sum(self.widths))) + 3)
            self.row += 1

    def headings(self, headings: Sequence[Heading]) -> None:
        """Write headings on two rows, and freeze and repeat what stands down to them."""
        column, first = 0, self.row
        for heading in headings:
            width = max(1, len(heading.below))
            last_row = first if heading.below else first + 1
            self.box(first, column, last_row, column + width - 1, heading.text, "heading")
            for offset, text in enumerate(heading.below):
                self.sheet.write_string(first + 1, column + offset, text, self.formats["heading"])
            column += width
        self.row = first + 2
        self.sheet.set_row(first + 1, 30)
        self.sheet.freeze_panes(self.row, 2)
        self.sheet.repeat_rows(first, first + 1)

    def line(self, cells: Sequence[Any], formats: Sequence[str]) -> None:
        """Write one row; text, numbers and days as what they are, what is not known empty."""
        lines = 1
        for column, (value, name) in enumerate(zip(cells, formats, strict=True)):
            self.cell(self.row, column, value, name)
            if isinstance(value, str):
                lines = max(lines, lines_of(value, int(self.widths[column] * 1.1)))
        self.sheet.set_row(self.row, 14 * lines + 4)
        self.row += 1

    def cell(self, row: int, column: int, value: Any, name: str) -> None:
        """Write one cell."""
        form = self.formats[name]
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, form)
        elif isinstance(value, Formula):
            self.sheet.write_formula(row, column, value.text, form, value.value)
        elif isinstance(value, int):
            self.sheet.write_number(row, column, value, form)
        elif name == "day":
            self.sheet.write_datetime(row, column, value, form)
        else:
            self.sheet.write_string(row, column, plain(value), form)

    def box(self, first: int, left: int, last: int, right: int, text: str, name: str) -> None:
        """Write ``text`` over several cells as one."""
        form = self.formats[name]
        if (first, left) != (last, right):
            self.sheet.merge_range(first, left, last, right, "", form)
        if text:
            self.sheet.write_string(first, left, plain(text), form)
        else:
            self.sheet.write_blank(first, left, None, form)

    def span(self, left: int, right: int, text: str, name: str) -> None:
        """Write ``text`` over the columns ``left`` to ``right`` of this row."""
        self.box(self.row, left, self.row, right, text, name)

    def close(self) -> None:
        """Write who checks and who fills in, set up the print, and finish the workbook."""
        self.row += 1
        half = (self.last + 1) // 2
        self.span(0, half - 1, "审核人：", "line")
        self.span(half, self.last, "填表人：", "line")
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_footer("&C第 &P 页，共 &N 页")
        self.book.set_properties({"title": self.title})
        self.book.close()


class Formula(NamedTuple):
    """A live formula with the value that it comes to, for programs that do not reckon."""

    text: str
    value: Any


def total(first: int, last: int, column: int, values: Sequence[int | None]) -> Formula:
    """Return the sum of a column; not known, so empty, where one of its figures is not."""
    cells = xl_range(first, column, last, column)
    known = [value for value in values if value is not None]
    value: Any = sum(known) if len(known) == len(values) else ""
    return Formula(f'=IF(COUNT({cells})=ROWS({cells}),SUM({cells}),"")', value)


def change(row: int, before: int, after: int, values: tuple[int | None, int | None]) -> Formula:
    """Return what a figure grew by; a cut is negative."""
    one, two = xl_rowcol_to_cell(row, before), xl_rowcol_to_cell(row, after)
    was, now = values
    value: Any = "" if was is None or now is None else now - was
    return Formula(f'=IF(COUNT({one},{two})=2,{two}-{one},"")', value)


def share(
    row: int, before: int, after: int, values: tuple[int | None, int | None], limit: Ratio | None
) -> Formula:
    """Return the share that was cut, in percent with two decimals, never rounded over ``limit``.

    Reckoned with whole numbers, as ``percent`` does: a share that misses the limit is rounded down.
    """
    one, two = xl_rowcol_to_cell(row, before), xl_rowcol_to_cell(row, after)
    exact = f"({one}-{two})*10000/{one}"
    shown = f"ROUND({exact},0)"
    if limit is not None and limit.numerator is not None and limit.denominator:
        top, bottom = limit.numerator, limit.denominator
        missed = f"({one}-{two})*{bottom}<{top}*{one}"
        over = f"ROUND({exact},0)*{bottom}>={top}*10000"
        shown = f"IF(AND({missed},{over}),INT({exact}),ROUND({exact},0))"
    was, now = values
    value: Any = ""
    if was and now is not None:
        value = float(Decimal(percent(was - now, was, limit).rstrip("%")) / 100)
    return Formula(f'=IF(COUNT({one},{two})<2,"",IF({one}=0,"",{shown}/10000))', value)

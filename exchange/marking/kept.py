"""The marked workbook in the format in which it came: widths, colours and lists of the office stay.

Formulas go back as the values that they had: a formula without a value would be an error when the
file returns, and one that reaches out must not go out again.
"""

from __future__ import annotations

import logging
import re
import zipfile
from typing import TYPE_CHECKING

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.hyperlink import Hyperlink

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
from exchange.reading.cells import ERROR_SHEETS

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from exchange.problems import Problem
    from exchange.reading.cells import Book

logger = logging.getLogger(__name__)

_FILLS = {
    True: PatternFill("solid", fgColor=ERROR_FILL),
    False: PatternFill("lightUp", fgColor="808080", bgColor=WARNING_FILL),
}
_THICK, _THIN = Side(style="medium", color="9B1C1C"), Side(style="dashed", color="7A5B00")
_BORDERS = {
    True: Border(left=_THICK, right=_THICK, top=_THICK, bottom=_THICK),
    False: Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN),
}
_HEADING = PatternFill("solid", fgColor="E8EDF3")
_HAIR = Side(style="thin", color="9AA5B1")
_LINES = Border(left=_HAIR, right=_HAIR, top=_HAIR, bottom=_HAIR)
_OURS = {f"00{ERROR_FILL}", f"00{WARNING_FILL}", f"FF{ERROR_FILL}", f"FF{WARNING_FILL}"}
_OUTSIDE = re.compile(r"\[|\||https?:|file:", re.IGNORECASE)
_COMMENT_SIZE = {"width": 360, "height": 120}
# What the library raises over files that others open is more than its own errors.
_UNREADABLE = (
    *(ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, AssertionError),
    *(zipfile.BadZipFile, InvalidFileException),
)


def write_kept(book: Book, source: Path, marks: Marks, target: Path) -> bool:
    """Write the marked workbook; false if the library cannot read or write this one."""
    try:
        with source.open("rb") as file:  # By its name it may be refused, whatever it holds.
            workbook = load_workbook(file, data_only=True, keep_links=False)
        for name in ERROR_SHEETS & set(workbook.sheetnames):
            del workbook[name]
        for sheet in book.sheets:
            _mark_sheet(workbook[sheet.name], marks)
        _drop_outside(workbook)
        _write_list(workbook, marks, book.name)
        workbook.save(target)
    except _UNREADABLE:
        logger.warning("A workbook is given back without its format", exc_info=True)
        return False
    return True


def _mark_sheet(sheet: Worksheet, marks: Marks) -> None:
    _unmark(sheet)
    commented = 0
    rows = sorted(row for name, row in marks.by_row if name == sheet.title)
    for row in rows:
        for place, problems in marks.at(sheet.title, row).items():
            cell = sheet.cell(row, place + 1)
            cell.fill, cell.border = _FILLS[is_error(problems)], _BORDERS[is_error(problems)]
            if commented < COMMENTED_MAX and isinstance(cell, SheetCell):
                commented += 1
                cell.comment = Comment(comment(problems), AUTHOR, **_COMMENT_SIZE)


def _unmark(sheet: Worksheet) -> None:
    """Take off the marks of an earlier time, and what a spreadsheet would compute or follow."""
    for row in sheet.iter_rows():
        for cell in row:
            if not isinstance(cell, SheetCell):
                continue
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
            if cell.has_style and {cell.fill.fgColor.rgb, cell.fill.bgColor.rgb} & _OURS:
                cell.fill, cell.border = PatternFill(), Border()
            if cell.hyperlink is not None and cell.hyperlink.target:
                cell.hyperlink = None


def _drop_outside(workbook: Workbook) -> None:
    """Drop names and rules that look into other files: without these, spreadsheets complain."""
    for names in (workbook.defined_names, *(sheet.defined_names for sheet in workbook.worksheets)):
        for name, defined in list(names.items()):
            if _OUTSIDE.search(defined.attr_text or ""):
                del names[name]
    for sheet in workbook.worksheets:
        rules = sheet.data_validations.dataValidation
        rules[:] = [
            rule for rule in rules if not _OUTSIDE.search(f"{rule.formula1}{rule.formula2}")
        ]


def _write_list(workbook: Workbook, marks: Marks, name: str) -> None:
    sheet = workbook.create_sheet(list_name(), 0)
    workbook.active = 0
    for other in workbook.worksheets[1:]:
        other.sheet_view.tabSelected = False
    _line(sheet, 1, [title(marks, name)], Font(bold=True, size=14))
    _line(sheet, 2, [how_to()], Font())
    _line(sheet, 3, headings(), Font(bold=True))
    for cell in sheet[3]:
        cell.fill, cell.border = _HEADING, _LINES
    for row, problem in enumerate(marks.listed, start=4):
        _write_problem(sheet, row, problem, known=problem.sheet in workbook.sheetnames)
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGH"[place]].width = width
    sheet.freeze_panes = "A4"
    sheet.auto_filter.ref = f"A3:H{max(4, 3 + len(marks.listed))}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "3:3"


def _write_problem(sheet: Worksheet, row: int, problem: Problem, *, known: bool) -> None:
    values: tuple[str | int, ...] = (
        *(row - 3, severity_word(problem), problem.sheet, problem.cell, problem.heading),
        *(problem.value, problem.message, problem.remedy),
    )
    for place, value in enumerate(values, start=1):
        cell = sheet.cell(row, place)
        _put(cell, value)
        cell.alignment, cell.border = Alignment(wrap_text=True, vertical="top"), _LINES
    if known and problem.row is not None:
        at = problem.cell if problem.place is not None else f"A{problem.row}"
        cell = sheet.cell(row, 4)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=link(problem.sheet, at))
        cell.font = Font(underline="single", color="1D4ED8")


def _line(sheet: Worksheet, row: int, values: tuple[str, ...] | list[str], font: Font) -> None:
    for place, value in enumerate(values, start=1):
        cell = sheet.cell(row, place)
        _put(cell, value)
        cell.font = font


def _put(cell: SheetCell | MergedCell, value: str | int) -> None:
    """Write a value as it is: text that begins with “=” stays text."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"

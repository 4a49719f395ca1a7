"""Rows of a table that are no records: totals, notes, sections, numbers of columns, repeated headings."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from exchange.matching.headings import begins_another_table, is_heading_again
from exchange.matching.words import folded
from exchange.reading.cells import CellState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from exchange.reading.cells import Cell

_TOTAL = re.compile(
    r"[(（]?(?:合计|总计|小计|共计|累计|总和|total|subtotal|grandtotal|sum)[)）]?[:：]?"
)
_TOTAL_OF = re.compile(r".{1,12}(?:合计|小计|总计)[:：]?")
_NOTE = re.compile(
    r"(?:备?注|说明|填表说明|填报说明|填报单位|填表单位|填报人|填表人|制表人?|审核人?|复核人?|单位负责人|"
    r"负责人|联系人|联系电话|填报日期|填表日期|制表日期|数据来源|note|notes|remarks?)\d*[:：.、]",
)
_SECTION = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.]|[(][一二三四五六七八九十]{1,3}[)]|第[一二三四五六七八九十]+[部章]).*"
)
_UNITS = {
    "人",
    "名",
    "个",
    "家",
    "平方公里",
    "km2",
    "公顷",
    "亩",
    "万元",
    "亿元",
    "%",
    "套",
    "m2",
    "平方米",
}
_LETTERS = "甲乙丙丁戊己庚辛壬癸"
_MERGED = frozenset({CellState.MERGED, CellState.ACROSS})
_FEW = 3
_ENOUGH = 2

REASONS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "totals_row": (
        _("This row is taken for a sum and left out."),
        _("If it is a record, write its name without the word for a sum."),
    ),
    "note_row": (
        _("This row is taken for a note and left out."),
        _("If it is a record, fill in its required columns."),
    ),
    "section_row": (
        _("This row is taken for a heading between rows and left out."),
        _("If it is a record, fill in its required columns."),
    ),
    "numbering_row": (
        _("This row numbers the columns or names their units, and is left out."),
        _("Nothing is to be done."),
    ),
    "repeated_headings": (
        _("This row repeats the headings and is left out."),
        _("Nothing is to be done."),
    ),
    "comment_row": (
        _("This row begins with # and is left out as a comment."),
        _("Delete the # if the row is a record."),
    ),
    "unused_row": (
        _(
            "From this row on there are rows with nothing in the columns that are read; they are left out."
        ),
        _("Fill in the required columns if they are records."),
    ),
    "other_table": (
        _(
            "Another table begins here: its headings are not those of the first. Only one table a sheet is read."
        ),
        _("Move it onto a sheet or into a file of its own, and send this sheet without it."),
    ),
}
"""Why a row is left out. Each such row is told."""

ENDS = "other_table"
"""The reason that is an error, and after which nothing more of the sheet is read."""


class Skipper:
    """Tells records from other rows of one sheet. ``used`` are the places that are read."""

    def __init__(
        self, used: Sequence[int], naming: Sequence[int], headings: Mapping[int, str]
    ) -> None:
        """Take the columns that are read, those of them that name a record, and all headings."""
        self._used, self._naming, self._headings = used, naming, headings
        self._seen_data = False

    def reason(self, cells: Sequence[Cell]) -> str:
        """Return the code of why a row is left out, empty for a record."""
        own = [
            (place, cell)
            for place, cell in enumerate(cells)
            if cell.text and cell.state not in _MERGED and not cell.text.isspace()
        ]
        code = self._reason(cells, own)
        self._seen_data = self._seen_data or not code
        return code

    def _reason(self, cells: Sequence[Cell], own: list[tuple[int, Cell]]) -> str:
        place, first = own[0]
        word = folded(first.text)
        judges: tuple[tuple[str, Callable[[], bool]], ...] = (
            (
                "comment_row",
                lambda: first.text.startswith("#") and first.state is CellState.PLAIN,
            ),
            ("repeated_headings", lambda: is_heading_again(cells, self._headings)),
            (ENDS, lambda: self._seen_data and begins_another_table(cells, self._headings)),
            ("numbering_row", lambda: not self._seen_data and is_numbering(own)),
            ("totals_row", lambda: self._is_total(cells, own)),
            ("note_row", lambda: self._is_note(cells, word)),
            ("section_row", lambda: self._is_section(cells, own, place, word)),
            ("unused_row", lambda: not any(place in self._used for place, _cell in own)),
        )
        return next((code for code, holds in judges if holds()), "")

    def _is_note(self, cells: Sequence[Cell], word: str) -> bool:
        few = max(_ENOUGH, len(self._used) // 2)
        return bool(_NOTE.match(word)) and self._filled(cells) <= few

    def _filled(self, cells: Sequence[Cell]) -> int:
        return sum(place < len(cells) and bool(cells[place].text) for place in self._used)

    def _is_total(self, cells: Sequence[Cell], own: list[tuple[int, Cell]]) -> bool:
        """Whether one of the first words is that of a sum, and nothing else names a record."""
        totals = [
            place
            for place, cell in own[:_FEW]
            if _TOTAL.fullmatch(folded(cell.text))
            or (place in self._naming and _TOTAL_OF.fullmatch(folded(cell.text)))
        ]
        if not totals:
            return False
        named = [
            place
            for place in self._naming
            if place not in totals
            and place < len(cells)
            and cells[place].text.strip()
            and cells[place].state is CellState.PLAIN
            and not isinstance(cells[place].value, int)
        ]
        return len(named) < max(1, len(self._naming) - 1)

    def _is_section(
        self, cells: Sequence[Cell], own: list[tuple[int, Cell]], place: int, word: str
    ) -> bool:
        if len(own) > 1:
            return False
        across = sum(cell.state is CellState.ACROSS for cell in cells)
        return bool(
            across >= _ENOUGH
            or _SECTION.fullmatch(word)
            # A lone word that is not where names stand introduces the rows below it.
            or (place in self._used and place not in self._naming and len(self._used) > _FEW)
        )


def is_numbering(own: Sequence[tuple[int, Cell]]) -> bool:
    """Whether a row below the headings only counts the columns (甲 乙 1 2) or names their units."""
    words = [folded(cell.text).strip("()") for _place, cell in own]
    if len(words) < _ENOUGH:
        return False
    if all(word in _UNITS for word in words):
        return True
    digits = [int(word) for word in words if word.isdecimal() and len(word) < _FEW]
    letters = [word for word in words if word in _LETTERS]
    return (
        len(digits) + len(letters) == len(words)
        and len(words) >= _FEW
        and all(after == before + 1 for before, after in pairwise(digits))
        and (not digits or digits[0] in {0, 1})
    )

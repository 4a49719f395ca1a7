"""What a sheet's XML tells that the reader of its values does not: formulas, errors, percentages, its true size.

The reader of values holds a sheet in memory as the whole area that it spans, with a copy of each
text. So the size is judged here, while the sheet is unpacked piece by piece: most sheets need no more
than a count; those with formulas, errors or percentages are looked at cell by cell.
"""

from __future__ import annotations

import html
import re
from array import array
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from exchange.reading.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ROW_MAX_BYTES = 1 << 24
"""A row longer than this holds more text than its cells may."""

_ROWS = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')
_COLUMNS = re.compile(rb'<c r="([A-Z]+)')
_ROW_OR_CELL = re.compile(
    rb"<(?:\w+:)?row\b([^>]*)>|<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL
)
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</)")
_CONTENT = re.compile(rb"<(?:\w+:)?(?:v|is|f)\b")
_PLACE = re.compile(rb"([A-Z]{1,3})(\d+)$")
_ITEM = re.compile(rb"<(?:\w+:)?si\b")
_OUTSIDE = re.compile(r"\[\d+\]|\[[^\]]+\.(?:xls|csv)\w*\]|file:///|https?://", re.IGNORECASE)
_STARTS_PROGRAMS = re.compile(
    r"\|\s*'|\b(?:DDE|RTD|CALL|REGISTER|REGISTER\.ID|EXEC|WEBSERVICE)\s*\(", re.IGNORECASE
)


@dataclass
class Scan:
    """One sheet: how far it reaches, and its cells that need a word. Rows and columns from 0.

    ``formulas``, ``outside`` (formulas that look into another file) and ``percent`` hold a bit for
    each column, by row. ``lost`` has the error's word, or the formula that was never computed.
    """

    rows: int = 0
    columns: int = 0
    texts: int = 0
    text_bytes: int = 0
    formulas: dict[int, int] = field(default_factory=dict)
    outside: dict[int, int] = field(default_factory=dict)
    percent: dict[int, int] = field(default_factory=dict)
    lost: dict[tuple[int, int], str] = field(default_factory=dict)


class Scanner:
    """Looks through the pieces of a sheet.

    ``percents`` are the numbers of styles that show a percentage, ``lengths`` the bytes of the
    workbook's shared texts. ``closely`` looks at every cell: what is only formatted then does not
    count for the size.
    """

    def __init__(
        self, percents: frozenset[bytes], lengths: array[int], *, closely: bool = False
    ) -> None:
        """Begin with an empty sheet."""
        self.percents = percents
        self.lengths = lengths
        self.closely = closely
        self.found = Scan()
        self.row, self.column = -1, -1
        self._percent_marks = tuple(b's="' + number + b'"' for number in percents)

    def scan(self, pieces: Iterable[bytes]) -> Scan:
        """Return what the sheet in ``pieces`` is like; raises ``RefusedError``."""
        for block in blocks(pieces, b"row>"):
            if self.closely or not self._is_plain(block):
                self._look(block)
            else:
                self._count(block)
        return self.found

    def _is_plain(self, block: bytes) -> bool:
        """Whether a block holds nothing but values, in the shape that spreadsheets write."""
        return not (
            b"<f" in block
            or b't="e"' in block
            or b":c " in block
            or b"<c>" in block
            or block.count(b"<c ") != block.count(b'<c r="')
            or any(mark in block for mark in self._percent_marks)
        )

    def _count(self, block: bytes) -> None:
        found = self.found
        numbers = _ROWS.findall(block)
        if len(numbers) != block.count(b"<row ") + block.count(b"<row>"):
            self._look(block)
            return
        if numbers:
            self.row = int(numbers[-1][:9]) - 1
            found.rows = max(found.rows, *(int(number[:9]) for number in numbers))
        for letters in set(_COLUMNS.findall(block)):
            found.columns = max(found.columns, _column(letters) + 1)
        found.texts += block.count(b't="s"')

    def _look(self, block: bytes) -> None:
        for match in _ROW_OR_CELL.finditer(block):
            row, attributes, content = match.groups()
            if row is not None:
                number = dict(_ATTRIBUTE.findall(row)).get(b"r", b"")[:9]
                self.row = int(number) - 1 if number.isdigit() else self.row + 1
                self.column = -1
                continue
            told = dict(_ATTRIBUTE.findall(attributes))
            place = _PLACE.match(told.get(b"r", b""))
            self.column = _column(place[1]) if place else self.column + 1
            if place:
                self.row = int(place[2][:9]) - 1
            if content and _CONTENT.search(content):
                self._cell(told, content)

    def _cell(self, told: dict[bytes, bytes], content: bytes) -> None:
        found, row, column = self.found, self.row, self.column
        found.rows, found.columns = max(found.rows, row + 1), max(found.columns, column + 1)
        value = _VALUE.search(content)
        kind = told.get(b"t", b"")
        if kind == b"s":
            found.texts += 1
            self._weigh(value)
        if told.get(b"s") in self.percents:
            found.percent[row] = found.percent.get(row, 0) | 1 << column
        formula = _FORMULA.search(content)
        text = html.unescape((formula[1] or b"").decode("utf-8", "replace")) if formula else ""
        if formula:
            self._formula(text)
        if kind == b"e":
            found.lost[row, column] = value[1].decode("utf-8", "replace") if value else "#VALUE!"
        elif formula and kind != b"str" and not (value and value[1]):
            found.lost[row, column] = f"={text}"

    def _weigh(self, value: re.Match[bytes] | None) -> None:
        if value and value[1].isdigit() and int(value[1][:9]) < len(self.lengths):
            self.found.text_bytes += self.lengths[int(value[1][:9])]

    def _formula(self, text: str) -> None:
        if _STARTS_PROGRAMS.search(text):
            raise refused("dde", part=f"={text[:60]}")
        row, bit = self.row, 1 << self.column
        self.found.formulas[row] = self.found.formulas.get(row, 0) | bit
        if _OUTSIDE.search(text):
            self.found.outside[row] = self.found.outside.get(row, 0) | bit


def blocks(pieces: Iterable[bytes], end: bytes) -> Iterator[bytes]:
    """Join pieces and cut them anew after the closing tag that ends with ``end``."""
    rest = b""
    for piece in pieces:
        rest += piece
        cut = max(rest.rfind(b"</" + end), rest.rfind(b":" + end))
        if cut >= 0:
            cut = rest.index(b">", cut) + 1
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > _ROW_MAX_BYTES:
            raise refused("bomb")
    if rest:
        yield rest


def lengths_of(pieces: Iterable[bytes]) -> array[int]:
    """Return about how many bytes each shared text of a workbook has."""
    lengths = array("L")
    for block in blocks(pieces, b"si>"):
        starts = [match.start() for match in _ITEM.finditer(block)]
        lengths.extend(after - start for start, after in pairwise([*starts, len(block)]))
    return lengths


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:3]:
        number = number * 26 + letter - ord("A") + 1
    return number - 1

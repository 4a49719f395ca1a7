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

from exchange.reading.limits import limits
from exchange.reading.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MERGES_MAX = 100_000
"""Merged ranges of a sheet that are read."""

_ROW_MAX_BYTES = 1 << 24
"""A row longer than this holds more text than its cells may."""

# None of these looks beyond the next “<”: a broken file must not cost more than its length.
_CELLS = re.compile(rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"')
_OPENED = re.compile(rb"<(?:[^\s<>/:]+:)?(row|c)(?![^\s/>])([^<>]*)>")
_CLOSED = re.compile(rb"</(?:[^\s<>/:]+:)?c\s*>")
_ATTRIBUTE = re.compile(rb"\s+([\w:]+)\s*=\s*[\"']([^\"'&]*)[\"']")
_ATTRIBUTES_MAX = 1000
_VALUE = re.compile(rb"<(?:[^\s<>/:]+:)?v\b[^<>]*>([^<]*)</")
_FORMULA = re.compile(rb"<(?:[^\s<>/:]+:)?f\b[^<>]*?(?:/>|>([^<]*)</)")
_CONTENT = re.compile(rb"<(?:[^\s<>/:]+:)?(?:v|is|f)\b")
_DIGITS_MAX = 9
_TIMES_CELLS = 4
_PLACE = re.compile(rb"([A-Za-z]{1,3})([1-9]\d{0,6})")
_ROW_NUMBER = re.compile(rb"[1-9]\d{0,6}")
_ITEM = re.compile(rb"<(?:[^\s<>/:]+:)?si\b")
_OUTSIDE = re.compile(
    r"\[\d+\]|\[[^\[\]]{1,255}\.(?:xls|csv)\w{0,2}\]|file:///|https?://", re.IGNORECASE
)
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
        self.merges = 0
        self.elements, self.most = 0, _TIMES_CELLS * limits().cells
        self._percent_marks = tuple(b's="' + number + b'"' for number in percents)

    def scan(self, pieces: Iterable[bytes]) -> Scan:
        """Return what the sheet in ``pieces`` is like; raises ``RefusedError``."""
        for at, block in enumerate(blocks(pieces, b"row>")):
            self.merges += block.count(b"mergeCell ")
            if self.merges > MERGES_MAX:
                raise refused("bomb")
            # In comments and the like, cells could hide from this look and not from the reader.
            if b"<!" in block or block.count(b"<?") > (1 if at == 0 else 0):
                raise refused("damaged")
            if self.closely or not self._is_plain(block) or not self._count(block):
                self._look(block)
        return self.found

    def _is_plain(self, block: bytes) -> bool:
        """Whether a block holds nothing but values, in the shape that spreadsheets write."""
        return not (
            b"<f" in block
            or b't="e"' in block
            or b":c" in block
            or b":row" in block
            or block.count(b"<c") != block.count(b'<c r="')
            or any(mark in block for mark in self._percent_marks)
        )

    def _count(self, block: bytes) -> bool:
        """Measure a plain block; return false if its cells do not all say where they stand."""
        places = _CELLS.findall(block)
        if len(places) != block.count(b"<c"):
            return False
        found = self.found
        self._counted(len(places) + block.count(b"<row"))
        for letters in {letters for letters, _row in places}:
            found.columns = max(found.columns, _column(letters) + 1)
        if places:
            rows = {int(row) for row in {row for _letters, row in places}}
            found.rows = max(found.rows, *rows)
            self.row = int(places[-1][1]) - 1
        found.texts += block.count(b't="s"')
        return True

    def _look(self, block: bytes) -> None:
        at = 0
        while match := _OPENED.search(block, at):
            at = match.end()
            kind, text = match.groups()
            told = _attributes(text)
            self._counted(1)
            if kind == b"row":
                self.row = _row_number(told[b"r"]) if b"r" in told else self.row + 1
                self.column = -1
                continue
            self._place(told)
            if text.endswith(b"/"):
                continue
            end = _CLOSED.search(block, at)
            if end is None or _OPENED.search(block, at, end.start()):
                raise refused("damaged")
            content = block[at : end.start()]
            at = end.end()
            if _CONTENT.search(content):
                self._cell(told, content)

    def _place(self, told: dict[bytes, bytes]) -> None:
        if b"r" not in told:
            self.column += 1
            return
        place = _PLACE.fullmatch(told[b"r"])
        if place is None:
            # What this reader takes for no place, another may take for one far away.
            raise refused("damaged")
        self.row, self.column = int(place[2]) - 1, _column(place[1].upper())

    def _counted(self, elements: int) -> None:
        """Refuse a sheet with far more rows and cells than may hold anything, before it takes long."""
        self.elements += elements
        if self.elements > self.most:
            raise refused("bomb")

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
        if value and value[1].isdigit() and int(value[1][:_DIGITS_MAX]) < len(self.lengths):
            self.found.text_bytes += self.lengths[int(value[1][:_DIGITS_MAX])]

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
    """Return about how many bytes each shared text of a workbook has; raises ``RefusedError``."""
    lengths = array("I")
    most = limits().cells
    for block in blocks(pieces, b"si>"):
        starts = [match.start() for match in _ITEM.finditer(block)]
        lengths.extend(after - start for start, after in pairwise([*starts, len(block)]))
        if len(lengths) > most:
            raise refused("bomb")
    return lengths


def _attributes(text: bytes) -> dict[bytes, bytes]:
    """Return the attributes of a tag; raises ``RefusedError`` if there is anything else in it."""
    if len(text) > _ATTRIBUTES_MAX:
        raise refused("damaged")
    rest = _ATTRIBUTE.sub(b"", text)
    if rest.strip() not in {b"", b"/"}:
        raise refused("damaged")
    return dict(_ATTRIBUTE.findall(text))


def _row_number(text: bytes) -> int:
    if not _ROW_NUMBER.fullmatch(text):
        raise refused("damaged")
    return int(text) - 1


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:3]:
        number = number * 26 + letter - ord("A") + 1
    return number - 1

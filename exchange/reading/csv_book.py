"""A CSV file as a workbook of one sheet, whatever its encoding and separator are."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from itertools import islice
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from consolidation.loading.lost_values import is_lost
from exchange.reading.cells import EMPTY, Cell, CellState, SheetInfo, TemplateMark
from exchange.reading.limits import limits
from exchange.reading.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from exchange.problems import Problem

_SEPARATORS = (",", "\t", ";")
_LOOKED_AT = 50
_FIELD_MAX = 131_072
"""Characters of a cell that the reader takes; an open quotation mark soon makes a longer one."""

_PIECE = 1 << 20
_NAME_MAX = 31
# How spreadsheets are made to keep the digits of a code: a formula that is nothing but its text.
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class CsvBook:
    """A CSV file that was read through once and found whole; see ``Book``."""

    kind: Final = "csv"
    mark: TemplateMark | None = None
    dates_from_1904 = False

    def __init__(self, path: Path, name: str) -> None:
        """Find encoding and separator, and read to the end; raises ``RefusedError``."""
        self.path = path
        self.name = name
        self.warnings: list[Problem] = []
        self._encoding = _encoding_of(path)
        self._separator, self._first = self._sniff()
        sheet = PurePosixPath(name).stem[:_NAME_MAX] or "CSV"
        rows, columns = self._verify(sheet)
        self.sheets = [SheetInfo(sheet, rows, columns)]

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:  # noqa: ARG002 - it has one
        """Yield each row that holds anything with its number; an entry is a row, as in Excel."""
        for number, values in self._records():
            cells = [_cell(value) for value in values]
            if any(cell.text and not cell.text.isspace() for cell in cells):
                yield number, cells

    def _open(self) -> IO[str]:
        return self.path.open(encoding=self._encoding, newline="")

    def _sniff(self) -> tuple[str, int]:
        """Return the separator, and the row at which the table begins."""
        with self._open() as file:
            lines = list(islice(file, _LOOKED_AT))
        if lines and re.fullmatch(r"sep=.\s*", lines[0].lower()):
            return lines[0][4], 2
        return max(_SEPARATORS, key=lambda separator: _fit(lines, separator)), 1

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        with self._open() as file:
            reader = csv.reader(file, delimiter=self._separator, strict=True)
            number = 0
            while True:
                number += 1
                try:
                    values = next(reader, None)
                except csv.Error as error:
                    told = str(error)
                    is_open = "unexpected end" in told or "field larger" in told
                    raise refused("open_quote" if is_open else "bad_quote", row=number) from error
                if values is None:
                    return
                if number >= self._first:
                    yield number, values

    def _verify(self, sheet: str) -> tuple[int, int]:
        rows = columns = cells = 0
        most = limits()
        for number, values in self._records():
            if any("\0" in value for value in values):
                raise refused("encoding", row=number)
            if not any(values):
                continue
            rows, columns, cells = number, max(columns, len(values)), cells + len(values)
            if rows > most.rows:
                raise refused("rows", sheet=sheet, found=rows, limit=most.rows)
            if columns > most.columns and len(_without_tail(values)) > most.columns:
                raise refused("columns", sheet=sheet, found=columns, limit=most.columns)
            if cells > most.cells:
                raise refused("cells", sheet=sheet, found=cells, limit=most.cells)
        if not rows:
            raise refused("empty")
        return rows, columns


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8", "gb18030"]
    row = 1
    for encoding in candidates:
        row = _undecodable(path, encoding)
        if not row:
            return encoding
    raise refused("encoding", row=row)


def _undecodable(path: Path, encoding: str) -> int:
    """Return the line in which ``encoding`` fails, 0 if it does not."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        while True:
            piece = file.read(_PIECE)
            try:
                line += decoder.decode(piece, final=not piece).count("\n")
            except UnicodeDecodeError as error:
                return line + bytes(error.object[: error.start]).count(b"\n")
            if not piece:
                return 0


def _fit(lines: list[str], separator: str) -> tuple[int, int]:
    """Return how many rows have the most frequent width, and that width; a table has at least 2."""
    widths: Counter[int] = Counter()
    try:
        for values in csv.reader(lines, delimiter=separator):
            widths[len(values)] += 1
    except csv.Error:
        pass  # The end of what was looked at may lie within a cell.
    wide = [(count, width) for width, count in widths.items() if width > 1]
    return max(wide, default=(0, 0))


def _without_tail(values: list[str]) -> list[str]:
    """Return the cells without the empty ones at the end, which spreadsheets append."""
    width = len(values)
    while width and not values[width - 1]:
        width -= 1
    return values[:width]


def _cell(value: str) -> Cell:
    if not value:
        return EMPTY
    if value[0] == "=":
        if found := _TEXT_FORMULA.fullmatch(value):
            return Cell(found[1], found[1])
        return Cell(None, value, CellState.LOST)
    if value[0] == "#" and is_lost(value.strip()):
        return Cell(None, value.strip(), CellState.LOST)
    if value[0] == "'" and value[1:].startswith(_FORMULA_STARTS):
        # So the portal's own lists make text harmless that looks like a formula.
        value = value[1:]
    return Cell(value, value)


csv.field_size_limit(_FIELD_MAX)

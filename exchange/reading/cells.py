"""What a file is to those who read it: its sheets, and the cells of their rows one row at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from exchange.problems import Problem

MARK_SHEET = "_portal"
"""The hidden sheet of our own templates: rows of a key and its value."""

ERROR_SHEETS = frozenset({"错误清单", "List of errors"})
"""The sheet that a marked workbook begins with; it is no data and never read back."""


class CellState(StrEnum):
    """Where the value of a cell comes from."""

    PLAIN = "plain"
    FORMULA = "formula"  # The value that the spreadsheet stored when it last computed it.
    EXTERNAL = "external"  # The same, of a formula that looks into another file.
    LOST = "lost"  # A formula that failed, or that was never computed.
    MERGED = "merged"  # The value of the merged range's first cell, which stands above.
    ACROSS = "across"  # The same, where the first cell stands in another column.


class Cell(NamedTuple):
    """One cell. A tuple, for a large sheet has millions of them.

    ``value`` is ``None`` where it is empty; numbers are whole (``int``) or exact (``Decimal``),
    never floats. ``text`` is what a person reads: of a lost cell the error's word or the formula.
    """

    value: str | int | Decimal | date | bool | None
    text: str = ""
    state: CellState = CellState.PLAIN


EMPTY = Cell(None)


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet and its size: the last row and the number of columns that hold anything."""

    name: str
    rows: int
    columns: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class TemplateMark:
    """What our own template says of itself in its hidden sheet."""

    template: str
    version: int
    programme: str
    division: str
    as_of: str
    language: str


class Book(Protocol):
    """A workbook or a CSV file that was found safe to read.

    ``sheets`` leaves out what is no data of an office: the template's hidden sheet and the list
    of errors of a marked workbook. ``dates_from_1904`` tells how serial numbers of days count.
    ``warnings`` are told of the file as a whole (hidden sheets, links to other files).
    """

    name: str
    mark: TemplateMark | None
    sheets: list[SheetInfo]
    dates_from_1904: bool
    warnings: list[Problem]

    @property
    def kind(self) -> Literal["xlsx", "csv"]:
        """What kind of file it is."""

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:
        """Yield each row that holds anything with its number, as a spreadsheet counts them."""

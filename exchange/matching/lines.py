"""The rows of a matched sheet, their cells as the programme format writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exchange.matching.match import Match
    from exchange.problems import Problem
    from exchange.reading.book import Book
    from exchange.subjects import Subject


@dataclass
class Line:
    """One row: its cells by the name of the subject's column.

    ``cells`` holds only those that are not empty, as the programme format writes them: dates as
    2018-12-31, counts in digits, choices as stored values, yes or no; a cell that is wrong keeps
    its own text. ``empty`` are the columns that are in the file and empty in this row.
    """

    row: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    empty: frozenset[str] = frozenset()


def lines(book: Book, match: Match, subject: Subject) -> Iterator[Line]:
    """Yield the rows of the sheet that ``match`` found, one at a time.

    A row that is no data (totals, notes, sections) comes with empty ``cells`` and one warning
    that says why it is left out.
    """
    raise NotImplementedError

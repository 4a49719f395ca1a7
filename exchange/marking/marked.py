"""The workbook that goes back to who sent it: faulty cells marked and commented, and a list of them.

It holds values only. Whatever could run or reach out in the file that came does not go back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.marking.kept import write_kept
from exchange.marking.plain import write_plain
from exchange.marking.problems import Marks
from exchange.reading.book import open_book

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from exchange.matching.match import Match
    from exchange.problems import Problem
    from exchange.reading.cells import Book

KEPT_CELLS_MAX = 200_000
"""Up to so many cells a workbook goes back in its own format; a larger one would take too much memory."""

WHOLE_CELLS_MAX = 1_000_000
"""Up to so many cells every row goes back; of a larger file only the faulty ones."""


def write_marked(
    source: Path,
    name: str,
    matches: Iterable[Match],
    problems: Iterable[Problem],
    target: Path,
    *,
    only_faulty: bool,
) -> None:
    """Write ``source`` (sent as ``name``) to ``target`` with ``problems`` marked in it.

    The sheets keep their order behind a first one that lists the problems, with links to their
    cells. With ``only_faulty`` there are just the rows to be mended, under the same headings: what
    needs to be sent again. So it is for a file of more than a million cells. Raises
    ``RefusedError`` where ``source`` can no longer be read.
    """
    book = open_book(source, name)
    marks = Marks(problems)
    cells = sum(sheet.rows * sheet.columns for sheet in book.sheets)
    if only_faulty or cells > WHOLE_CELLS_MAX:
        write_plain(book, list(matches), marks, target, only_faulty=True)
    elif (
        book.kind == "csv" or cells > KEPT_CELLS_MAX or not write_kept(book, source, marks, target)
    ):
        write_plain(book, list(matches), marks, target, only_faulty=False)


def is_whole(book: Book) -> bool:
    """Whether every row of ``book`` goes back, or the faulty ones alone for there are too many."""
    return sum(sheet.rows * sheet.columns for sheet in book.sheets) <= WHOLE_CELLS_MAX

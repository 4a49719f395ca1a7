"""The door to a file that was sent: it is read here, or refused."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from exchange.reading import refusals
from exchange.reading.cells import (
    EMPTY,
    ERROR_SHEETS,
    MARK_SHEET,
    Book,
    Cell,
    CellState,
    SheetInfo,
    TemplateMark,
)
from exchange.reading.content import Content, content_of
from exchange.reading.csv_book import CsvBook
from exchange.reading.limits import limits
from exchange.reading.xlsx_book import XlsxBook

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "EMPTY",
    "ERROR_SHEETS",
    "MARK_SHEET",
    "Book",
    "Cell",
    "CellState",
    "SheetInfo",
    "TemplateMark",
    "open_book",
]


def open_book(path: Path, name: str) -> Book:
    """Return the file at ``path``, which was sent as ``name``.

    Raises ``RefusedError`` for whatever is no table, is damaged, could run or could burst. Its
    content says what it is, not its name. What is returned can be read to its end: nothing is
    refused later.
    """
    size = path.stat().st_size
    if size == 0:
        raise refusals.refused("empty")
    if size > limits().file_bytes:
        raise refusals.refused("size", limit=limits().file_megabytes)
    if content_of(path, name) is Content.XLSX:
        try:
            return XlsxBook(path, name)
        except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
            raise refusals.refused("damaged") from error
    return CsvBook(path, name)

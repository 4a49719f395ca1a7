"""Where a programme is read from: a folder of CSV files, or a workbook. Every cell becomes text."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from typing import Any, Protocol

import python_calamine as calamine
from django.utils.translation import gettext as _

from consolidation.loading.lost_values import lost_values

Rows = list[list[str]]


class WrongPathError(Exception):
    """The path is neither a folder nor a workbook that exists."""


class UnreadableError(Exception):
    """A file or sheet cannot be read; ``row`` says where, when that is known."""

    def __init__(self, message: str, row: int | None = None) -> None:
        super().__init__(message)
        self.row = row


class Source(Protocol):
    """A folder or a workbook with named sheets."""

    name: str

    def names(self) -> list[str]:
        """Return the names of the sheets that it holds."""

    def place(self, sheet: str) -> str:
        """Return what a person calls this sheet: its file, or the sheet's own name."""

    def rows(self, sheet: str) -> Rows:
        """Return every row of the sheet from its first one; raise ``UnreadableError``."""


def open_source(path: Path) -> Source:
    """Return the source at ``path``.

    Raises ``WrongPathError`` if there is none, ``UnreadableError`` if a workbook can't be opened.
    """
    if path.is_dir():
        return Folder(path)
    if not path.exists():
        raise WrongPathError(_("There is no file or folder “%(path)s”.") % {"path": path})
    if path.suffix.lower() != ".xlsx":
        raise WrongPathError(
            _("“%(path)s” is neither a folder nor a workbook (.xlsx).") % {"path": path}
        )
    return Workbook(path)


class Folder:
    """A folder with one file ``NAME.csv`` per sheet; its other files are not read."""

    def __init__(self, path: Path) -> None:
        self.name = path.resolve().name
        self._files = {
            file.stem: file
            for file in sorted(path.iterdir())
            if file.suffix.lower() == ".csv" and not file.name.startswith(".") and file.is_file()
        }

    def names(self) -> list[str]:
        """Return the names of the files, without their ending."""
        return list(self._files)

    def place(self, sheet: str) -> str:
        """Return the file's name."""
        return self._files[sheet].name if sheet in self._files else f"{sheet}.csv"

    def rows(self, sheet: str) -> Rows:
        """Return the rows of the file; raise ``UnreadableError``."""
        return csv_rows(_read_bytes(self._files[sheet]))


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableError(
            _("The file cannot be read: %(error)s") % {"error": error.strerror}
        ) from error


def csv_rows(content: bytes) -> Rows:
    """Return the rows of a CSV file; raise ``UnreadableError`` if it is not UTF-8 or malformed."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            _("The file is not in UTF-8. Save it as “CSV UTF-8” and load it again."),
            content.count(b"\n", 0, error.start) + 1,
        ) from error
    rows: Rows = []
    # A quote that is never closed would otherwise swallow the rest of the file as one cell.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows.extend([cell.strip() for cell in row] for row in reader)
    except csv.Error as error:
        raise UnreadableError(
            _("The file is no well-formed CSV (%(error)s). Look at the quotes of this row.")
            % {"error": error},
            len(rows) + 1,
        ) from error
    return rows


class Workbook:
    """An Excel workbook with one sheet per name."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path
        try:
            self._book = calamine.load_workbook(str(path))
        except calamine.PasswordError as error:
            raise UnreadableError(
                _("The workbook is protected by a password. Save it without one.")
            ) from error
        except (calamine.CalamineError, OSError) as error:
            raise UnreadableError(
                _("This is no readable Excel workbook (.xlsx): %(error)s") % {"error": error}
            ) from error
        self._sheets = {name.strip(): name for name in self._book.sheet_names}

    def names(self) -> list[str]:
        """Return the names of the sheets."""
        return list(self._sheets)

    def place(self, sheet: str) -> str:
        """Return the sheet's name."""
        return sheet

    def rows(self, sheet: str) -> Rows:
        """Return the rows of the sheet; raise ``UnreadableError``."""
        try:
            # Empty rows and columns before the data count too: errors name the spreadsheet's row.
            cells = self._book.get_sheet_by_name(self._sheets[sheet]).to_python(
                skip_empty_area=False
            )
        except calamine.CalamineError as error:
            raise UnreadableError(
                _("The sheet cannot be read: %(error)s") % {"error": error}
            ) from error
        rows = [[cell_text(cell) for cell in row] for row in cells]
        for (row, column), shown in lost_values(self._path, self._sheets[sheet]).items():
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = shown
        return rows


def cell_text(value: Any) -> str:
    """Return a cell of a workbook as a person would write it into a CSV file."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # Excel keeps 15 digits: more are noise of binary fractions (12.340000000000002).
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return str(value)

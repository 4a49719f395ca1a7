"""What is wrong in a workbook, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openpyxl.utils import get_column_letter

VALUE_MAX = 200
"""Characters of a cell that are told with what is wrong in it."""


class Severity(StrEnum):
    """Whether a row can be loaded all the same."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: its place in the file, the value there, what is wrong and what to do.

    ``row`` counts as a spreadsheet does and is ``None`` for the whole sheet or file; ``place`` is
    the column in the file (0 is A), ``None`` for the whole row. ``column`` is the name of the
    subject's column, empty where there is none, ``heading`` the heading as it stands in the file.
    ``code`` names the kind of problem and never changes with the language.
    """

    severity: Severity
    sheet: str
    row: int | None
    place: int | None
    column: str
    heading: str
    value: str
    message: str
    remedy: str
    code: str = ""

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet names it: ``C12``, or ``12`` for a row, or nothing."""
        return cell_name(self.row, self.place)


def cell_name(row: int | None, place: int | None) -> str:
    """Return a cell as a spreadsheet names it: ``C12``, or ``12`` for a row, or nothing."""
    if row is None:
        return ""
    return f"{get_column_letter(place + 1) if place is not None else ''}{row}"


class RefusedError(Exception):
    """The whole file is refused. ``code`` is stable; the words are for the one who sent it."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.remedy = remedy

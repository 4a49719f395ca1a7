"""The problems of a file, by the cell that they stand at, and the words of the list."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from exchange.problems import Problem, Severity
from exchange.reading.cells import ERROR_SHEETS

if TYPE_CHECKING:
    from collections.abc import Iterable

LISTED_MAX = 20_000
"""Problems that are listed and marked; beyond it the list says how many more there are."""

COMMENTED_MAX = 5_000
"""Cells that carry a comment: more make a workbook slow to open."""

AUTHOR = "开发区整合门户"
"""Who commented; by this name the comments are known when the file comes back."""

ERROR_FILL, WARNING_FILL = "F8B4B4", "FCEFB8"
"""Light enough to read on; the kinds of border tell the two apart in greyscale."""

WIDTHS = (6, 8, 16, 8, 22, 24, 44, 44)
_SHEET_NAMES = {"zh": "错误清单", "en": "List of errors"}

Place = tuple[str, int]


class Marks:
    """Problems by sheet and row, and within a row by cell."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take the problems; errors are listed before warnings, in the order of the file."""
        every = list(problems)
        self.total = len(every)
        every.sort(key=lambda problem: problem.severity is not Severity.ERROR)
        self.faulty: dict[str, set[int]] = defaultdict(set)
        for problem in every:
            if problem.row is not None and problem.severity is Severity.ERROR:
                self.faulty[problem.sheet].add(problem.row)
        self.listed = every[:LISTED_MAX]
        self.by_row: dict[Place, list[Problem]] = defaultdict(list)
        for problem in self.listed:
            if problem.row is not None:
                self.by_row[problem.sheet, problem.row].append(problem)

    @property
    def left_out(self) -> int:
        """How many problems are not listed for want of space."""
        return self.total - len(self.listed)

    def at(self, sheet: str, row: int) -> dict[int, list[Problem]]:
        """Return the problems of a row by column; those of the whole row are at its first cell."""
        found: dict[int, list[Problem]] = defaultdict(list)
        for problem in self.by_row.get((sheet, row), ()):
            found[problem.place or 0].append(problem)
        return found


def list_name() -> str:
    """Return the name of the list's sheet in the reader's language."""
    name = _SHEET_NAMES["zh" if (get_language() or "").startswith("zh") else "en"]
    assert name in ERROR_SHEETS  # noqa: S101 - by these names it is left out when it comes back
    return name


def headings() -> tuple[str, ...]:
    """Return the headings of the list."""
    return (
        *(_("No."), _("Kind"), _("Sheet"), _("Cell"), _("Heading")),
        *(_("Value"), _("What is wrong"), _("What to do")),
    )


def title(marks: Marks, name: str) -> str:
    """Return the line above the list."""
    errors = sum(problem.severity is Severity.ERROR for problem in marks.listed)
    words = {"name": name, "errors": errors, "warnings": len(marks.listed) - errors}
    text = _("%(name)s: %(errors)s errors, %(warnings)s warnings") % words
    if marks.left_out:
        text += " " + _("(and %(more)s more that are not listed)") % {"more": marks.left_out}
    return text


def how_to() -> str:
    """Return the line that says what to do with the file."""
    return _(
        "Mend the marked cells and upload this file again; the marks and this sheet are not read."
    )


def severity_word(problem: Problem) -> str:
    """Return the kind of a problem in the reader's language."""
    return _("Error") if problem.severity is Severity.ERROR else _("Warning")


def comment(problems: Iterable[Problem]) -> str:
    """Return what is written beside a cell."""
    return "\n".join(
        f"{severity_word(problem)}: {problem.message} {problem.remedy}".strip()
        for problem in problems
    )


def link(sheet: str, cell: str) -> str:
    """Return the place of a cell within the workbook, as links have it."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"


def is_error(problems: Iterable[Problem]) -> bool:
    """Whether one of the problems is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)

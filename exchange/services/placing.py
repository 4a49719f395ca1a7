"""A row of a file with its place, and what is wrong at its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from exchange.problems import Problem, Severity
from exchange.services.writers import problem_at

if TYPE_CHECKING:
    from exchange.matching import Line, Match

_DIGITS_MAX = 12
"""A longer number is left to the service to refuse, as it was written."""


@dataclass
class Placed:
    """A row with its place in the file; ``is_told`` once its problems went to the caller."""

    match: Match
    line: Line
    problems: list[Problem] = field(default_factory=list)
    is_told: bool = False

    def fail(
        self,
        column: str,
        message: str,
        remedy: str,
        *,
        code: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note what is wrong at a cell of the row (of no column: the row)."""
        self.problems.append(
            problem_at(self.match, self.line, column, message, remedy, severity=severity, code=code)
        )

    def warn(self, column: str, message: str, remedy: str, code: str) -> None:
        """Note what may be right and should be looked at."""
        self.fail(column, message, remedy, code=code, severity=Severity.WARNING)

    def repeats(self, first: Placed, column: str) -> None:
        """Note that the row is about the same record as an earlier one, of this sheet or another."""
        words = {"row": first.line.row, "sheet": first.match.sheet}
        message = _("The same record already stands in row %(row)s.")
        if first.match.sheet != self.match.sheet:
            message = _("The same record already stands in row %(row)s of “%(sheet)s”.")
        self.fail(column, message % words, _("Remove one of the two rows."), code="twice")

    def missing(self, column: str) -> None:
        """Note that a cell is empty without which nobody knows what the row is about."""
        if column in self.wrong:
            return
        message = _("Without this cell nobody knows which record the row is about.")
        self.fail(column, message, _("Fill it in, or take the row out of the file."), code="no_key")

    @property
    def wrong(self) -> set[str]:
        """The columns whose cells could not be read."""
        return {p.column for p in self.line.problems if p.severity == Severity.ERROR}

    @property
    def is_faulty(self) -> bool:
        """Whether something of the row is an error."""
        every = (*self.line.problems, *self.problems)
        return any(problem.severity == Severity.ERROR for problem in every)


def as_number(text: str) -> str:
    """Return a number as it is stored; anything else as it was written."""
    plain = text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX
    return str(int(text)) if plain else text

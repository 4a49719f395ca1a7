"""What is wrong in the data of a programme, and where."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One error or warning: its file or sheet, row (as a spreadsheet numbers it), column, value and words.

    ``row`` is ``None`` for an error of the whole file or sheet.
    """

    place: str
    row: int | None
    column: str
    value: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        """Return the problem as plain values, for JSON."""
        return asdict(self)


class BadDataError(Exception):
    """The data has errors, and nothing was written."""

    def __init__(self, problems: list[Problem], warnings: list[Problem] | None = None) -> None:
        super().__init__(len(problems))
        self.problems = problems
        self.warnings = warnings or []

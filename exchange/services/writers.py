"""What a writer is: it judges the rows of one template, and writes exactly those that were shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.utils.module_loading import import_string

from exchange.models import ImportRow
from exchange.problems import VALUE_MAX, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accounts.models import User
    from exchange.matching import Line, Match
    from exchange.models import ImportRun
    from exchange.subjects import Subject

Action = ImportRow.Action

ACTOR = "import_workbook"
"""Who wrote, as text, where the command did and no user."""

CHUNK = 2000
"""How many rows are read, judged and written at a time: no more of a file is in memory."""


class StaleError(Exception):
    """The data is no longer what the preview rested on. ``words`` say what moved."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass
class Outcome:
    """What a commit would make of one row.

    ``key`` and ``label`` name the record to a reader. ``before`` and ``after`` hold, by the
    subject's column, the words of what differs (of a new record: everything that is given).
    ``data`` is what the writer needs to write exactly this; it must go into JSON. A row with a
    problem that is an error has the action ``ERROR``, whatever else is found of it.
    """

    row: int
    sheet: str
    action: str
    key: str
    label: str
    before: dict[str, str]
    after: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


class Writer(Protocol):
    """Judges and writes the rows of one template. One instance serves one check or one commit."""

    def begin(self, run: ImportRun) -> None:
        """Take up ``run``; its programme and division are at hand."""

    def check(self, subject: Subject, match: Match, lines: Sequence[Line]) -> list[Outcome]:
        """Return what would become of one chunk of a sheet, in its order; change nothing.

        The outcomes of earlier chunks are stored as rows of the run by then. Problems that the
        reading found stand in the lines; the caller keeps them, they are not to be repeated.
        """

    def finish(self) -> list[Problem]:
        """Return what only all rows together show. The rows that an error names become faulty."""

    def absent(self) -> dict[str, int]:
        """Return, by subject, how many records of the portal the file does not name."""

    def digest(self) -> str:
        """Return the digest of the data that the preview rests on.

        Asked after the check, and again within the commit: where it differs, nothing is written.
        """

    def commit(self, rows: Iterator[ImportRow], *, user: User | None, reason: str) -> None:
        """Write the rows to be added and changed, within the caller's transaction.

        Raises ``StaleError`` where a row would no longer come out as it was shown.
        """


_WRITERS = {
    "plan": "exchange.services.plan_writer.PlanWriter",
    "head_counts": "exchange.services.counts_writer.CountsWriter",
}
_LEDGER = "exchange.services.ledger_writer.LedgerWriter"
_REQUESTS = "exchange.services.request_writer.RequestWriter"


def writer_for(run: ImportRun) -> Writer:
    """Return the writer of the run's template, which has begun.

    The ledger itself is written by those who may; what a division sends becomes corrections.
    """
    path = _WRITERS.get(run.template) or (_LEDGER if run.direct else _REQUESTS)
    writer = cast("Writer", import_string(path)())
    writer.begin(run)
    return writer


def problem_at(
    match: Match,
    line: Line,
    column: str,
    message: str,
    remedy: str,
    *,
    severity: Severity = Severity.ERROR,
    code: str = "",
) -> Problem:
    """Return a problem at the cell of ``line`` in the subject's ``column`` (empty: the row)."""
    found = next((known for known in match.found if column and known.name == column), None)
    return Problem(
        severity=severity,
        sheet=match.sheet,
        row=line.row,
        place=found.place if found else None,
        column=column,
        heading=found.heading if found else "",
        value=line.written.get(column, line.cells.get(column, ""))[:VALUE_MAX] if column else "",
        message=message,
        remedy=remedy,
        code=code,
    )


def has_errors(outcome: Outcome, line: Line) -> bool:
    """Whether the row cannot be written, for what the reading or the writer found."""
    return any(
        problem.severity == Severity.ERROR for problem in (*line.problems, *outcome.problems)
    )

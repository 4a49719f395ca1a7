"""Every read of imports: the runs that a reader may see, their rows, problems and progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from exchange.matching.skipped import ENDS
from exchange.models import HeadingMemory, ImportProblem, ImportRow, ImportRun
from exchange.problems import Problem, Severity
from platforms_portal.access import Right, has_right, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import Programme
    from exchange.subjects import Template
    from zones.models import Division

LEDGER_TEMPLATES = ("ledger", "bodies", "staff")
"""What is written directly by those who may load the ledger; the rest belongs to a division."""


def runs_visible_to(user: User, programme: Programme) -> QuerySet[ImportRun]:
    """Return the runs that ``user`` may see, the newest first.

    Who may load the ledger sees what was loaded into it; a division's officials see their own
    uploads, which rest on a draft that is nobody else's.
    """
    runs = ImportRun.objects.filter(programme=programme)
    seen = Q(pk__in=[])
    ledger = Q(template__in=LEDGER_TEMPLATES, direct=True)
    if has_right(user, Right.LOAD_LEDGER):
        seen |= ledger
    scope = scope_of(user)
    if has_right(user, Right.EDIT_PLAN) and not scope.is_city:
        seen |= scope.q("division_id") & ~ledger
    return (
        runs.filter(seen)
        .select_related("programme", "division", "uploaded_by", "committed_by")
        .order_by("-pk")
    )


def rows_of(run: ImportRun, action: str = "") -> QuerySet[ImportRow]:
    """Return the rows of ``run`` in the order of the file, all or those with one action."""
    rows = ImportRow.objects.filter(run=run)
    return (rows.filter(action=action) if action else rows).order_by("id")


def problems_of(run: ImportRun, severity: str = "") -> QuerySet[ImportProblem]:
    """Return what is wrong in the file of ``run``, in its order: sheet by sheet, row by row."""
    problems = ImportProblem.objects.filter(run=run)
    found = problems.filter(severity=severity) if severity else problems
    return found.order_by("id")


def told_problems(run: ImportRun) -> Iterator[Problem]:
    """Yield the problems of ``run`` as they were told, one at a time: a file may have very many."""
    for kept in problems_of(run).iterator(2000):
        yield Problem(
            severity=Severity(kept.severity),
            sheet=kept.sheet,
            row=kept.row,
            place=kept.place,
            column=kept.column,
            heading=kept.heading,
            value=kept.value,
            message=kept.message,
            remedy=kept.remedy,
            code=kept.code,
        )


def errs_in_rows_alone(run: ImportRun) -> bool:
    """Return whether each error of ``run`` is one of a row, so that the others can do without it.

    A second table is none: how many rows it has nobody has read.
    """
    of_all = Q(row__isnull=True) | Q(code=ENDS)
    return not problems_of(run, Severity.ERROR).filter(of_all).exists()


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    state: str
    done: int
    total: int
    is_under_way: bool
    is_lost: bool

    @property
    def percent(self) -> int:
        """Whole percents of the rows, rounded down; 0 where their number is not known."""
        return min(self.done * 100 // self.total, 100) if self.total else 0


def progress_of(run: ImportRun) -> Progress:
    """Return how far ``run`` is, as the database has it now."""
    run.refresh_from_db(fields=["state", "rows_done", "rows_total", "seen_at"])
    return Progress(run.state, run.rows_done, run.rows_total, run.is_under_way, run.is_lost)


def remembered(
    programme: Programme, division: Division | None, template: Template
) -> dict[tuple[str, str], str]:
    """Return the headings that were confirmed before: subject and heading, to the column."""
    known = HeadingMemory.objects.filter(
        division=division or programme.division, template=template.key
    )
    return {
        (subject, heading): column
        for subject, heading, column in known.values_list("subject", "heading", "column")
    }

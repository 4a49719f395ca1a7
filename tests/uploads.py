"""An upload without a file: rows as the reading gives them, checked and committed by their writer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation

from exchange.matching import Found, How, Line, Match
from exchange.models import ImportRow, ImportRun
from exchange.problems import Problem, Severity
from exchange.services.writers import Outcome, has_errors, writer_for
from exchange.subjects import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accounts.models import User
    from consolidation.models import Programme
    from exchange.subjects import Subject
    from zones.models import Division

Rows = "Sequence[Mapping[str, Any]]"

FIRST = 2
"""The row below the headings."""


@dataclass
class Checked:
    """What a check found: outcomes by subject, and every problem with its place."""

    run: ImportRun
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    absent: dict[str, int] = field(default_factory=dict)

    def of(self, subject: str) -> list[Outcome]:
        """The outcomes of one subject."""
        sheet = sheet_of(subject)
        return [outcome for outcome in self.outcomes if outcome.sheet == sheet]

    @property
    def actions(self) -> list[str]:
        """What becomes of the rows, in their order."""
        return [str(outcome.action) for outcome in self.outcomes]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Cell and kind of every error."""
        return [(p.cell, p.code) for p in self.problems if p.severity == Severity.ERROR]

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """Cell and kind of every warning."""
        return [(p.cell, p.code) for p in self.problems if p.severity == Severity.WARNING]


def sheet_of(subject: str) -> str:
    """Return what the sheet of a subject is called here."""
    return f"表 {subject}"


def match_of(subject: Subject, columns: Sequence[str]) -> Match:
    """Return the match of a sheet with these columns in this order."""
    found = [Found(n, f"栏 {name}", name, How.LABEL) for n, name in enumerate(columns)]
    return Match(sheet_of(subject.key), subject.key, (1, 1), found)


def line_of(number: int, row: Mapping[str, Any], columns: Sequence[str]) -> Line:
    """Return a row as the reading gives it: what is not named is empty."""
    cells = {name: str(row[name]) for name in columns if row.get(name) not in (None, "")}
    return Line(number, cells, empty=frozenset(columns) - cells.keys())


def make_run(
    programme: Programme, division: Division | None, template: str, user: User | None, **more: Any
) -> ImportRun:
    """Return a run of an upload."""
    return ImportRun.objects.create(
        **{
            "programme": programme,
            "division": division,
            "template": template,
            "uploaded_by": user,
            "file_name": "上报表.xlsx",
            "language": "en",
            "reason": "年度核对",
            **more,
        }
    )


def check(
    run: ImportRun,
    sheets: Mapping[str, Sequence[Mapping[str, Any]]],
    columns: Mapping[str, Sequence[str]] | None = None,
    *,
    chunk: int = 2000,
) -> Checked:
    """Check the rows of each subject, in the order of the template, and keep what was found.

    ``columns`` are those that are in the file; without it, all of the subject's. ``chunk`` is how
    many rows are given to the writer at a time.
    """
    writer, checked = writer_for(run), Checked(run)
    with translation.override(run.language):
        for subject in TEMPLATES[run.template].subjects:
            if subject.key not in sheets:
                continue
            given = (columns or {}).get(subject.key)
            names = given or [column.name for column in subject.read_columns]
            match = match_of(subject, names)
            lines = [
                line_of(number, row, names)
                for number, row in enumerate(sheets[subject.key], start=FIRST)
            ]
            found = [
                outcome
                for start in range(0, len(lines), chunk)
                for outcome in writer.check(subject, match, lines[start : start + chunk])
            ]
            by_row = {line.row: line for line in lines}
            for outcome in found:
                assert has_errors(outcome, by_row[outcome.row]) == (outcome.action == "error")
                _keep(run, subject, outcome)
                checked.problems += outcome.problems
            checked.outcomes += found
        checked.problems += writer.finish()
        checked.absent = writer.absent()
    run.data_digest = writer.digest()
    run.state = ImportRun.State.CHECKED
    run.save()
    return checked


def _keep(run: ImportRun, subject: Subject, outcome: Outcome) -> None:
    ImportRow.objects.create(
        run=run,
        sheet=outcome.sheet,
        row=outcome.row,
        subject=subject.key,
        action=outcome.action,
        key=outcome.key,
        label=outcome.label,
        before=outcome.before,
        after=outcome.after,
        data=outcome.data,
    )


def commit(run: ImportRun, user: User | None) -> None:
    """Write what was checked, as the service does: in one transaction, or not at all."""
    with translation.override(run.language), transaction.atomic():
        writer = writer_for(run)
        rows = run.rows.filter(action__in=["add", "change"]).order_by("pk")
        writer.commit(rows.iterator(), user=user, reason=run.reason)

"""What the page of an upload shows of rows, problems and columns, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils import get_column_letter

from exchange.matching import How, Match
from exchange.problems import Severity
from exchange.services.columns import missing_of
from exchange.subjects import subject_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise

    from exchange.matching import Found
    from exchange.models import ImportProblem, ImportRow, ImportRun
    from exchange.subjects import Subject

HOW: dict[How, StrOrPromise] = {
    How.LABEL: gettext_lazy("by its heading"),
    How.ALIAS: gettext_lazy("by another word for it"),
    How.REMEMBERED: gettext_lazy("as you confirmed before"),
    How.CONTENT: gettext_lazy("by what stands in it"),
    How.CHOSEN: gettext_lazy("as chosen"),
    How.NONE: gettext_lazy("no column is known by this heading"),
}


class Tab(NamedTuple):
    """A count of the preview that opens its rows."""

    key: str
    label: str
    number: int
    look: str


def tabs_of(run: ImportRun) -> list[Tab]:
    """Return the counts of a preview, what must be mended first."""
    is_over = run.state == run.State.COMMITTED
    return [
        Tab("errors", _("Errors"), run.errors, "bad" if run.errors else "plain"),
        Tab("warnings", _("Warnings"), run.warnings, "open" if run.warnings else "plain"),
        Tab("add", _("Added") if is_over else _("To be added"), run.added, "plain"),
        Tab("change", _("Changed") if is_over else _("To be changed"), run.changed, "plain"),
        Tab("same", _("Left alone"), run.same, "plain"),
    ]


def first_tab(run: ImportRun) -> str:
    """Return what a preview opens on: what must be mended, else what would be written."""
    if run.errors:
        return "errors"
    if run.changed:
        return "change"
    return "add" if run.added else ("warnings" if run.warnings else "same")


class Difference(NamedTuple):
    """One column of a row: what stood there and what would."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ShownRow:
    """A row of the preview."""

    row: ImportRow
    subject: str
    differences: list[Difference] = field(default_factory=list)


def shown_rows(rows: Iterable[ImportRow]) -> list[ShownRow]:
    """Return rows with the labels of their columns."""
    return [
        ShownRow(row, str(subject.label), _differences(subject, row.before, row.after))
        for row in rows
        for subject in (subject_with(row.subject),)
    ]


def _differences(
    subject: Subject, before: Mapping[str, str], after: Mapping[str, str]
) -> list[Difference]:
    labels = {column.name: str(column.label) for column in subject.columns}
    names = dict.fromkeys([*(name for name in labels if name in before or name in after)])
    names |= dict.fromkeys([*before, *after])
    return [
        Difference(labels.get(name, name), before.get(name, ""), after.get(name, ""))
        for name in names
    ]


class ShownProblem(NamedTuple):
    """A problem of the list, and its cell as a spreadsheet names it."""

    problem: ImportProblem
    cell: str
    is_error: bool


def shown_problems(problems: Iterable[ImportProblem]) -> list[ShownProblem]:
    """Return problems with the names of their cells."""
    return [
        ShownProblem(
            problem, cell_of(problem.row, problem.place), problem.severity == Severity.ERROR
        )
        for problem in problems
    ]


def cell_of(row: int | None, place: int | None) -> str:
    """Return a place as a spreadsheet names it: ``C12``, a row as ``12``."""
    if row is None:
        return ""
    return f"{'' if place is None else get_column_letter(place + 1)}{row}"


@dataclass(frozen=True)
class ShownColumn:
    """A column of the file to be confirmed: what it is taken for, and why somebody should look."""

    name: str
    letter: str
    found: Found
    chosen: str
    how: str
    error: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether a person should look at it first."""
        return bool(self.error or self.found.doubt or self.found.how == How.CONTENT)


@dataclass(frozen=True)
class ShownSheet:
    """A sheet of the file to be confirmed."""

    number: int
    match: Match
    subject: Subject
    columns: list[ShownColumn]
    missing: list[str]
    left_out: bool

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What a column may be: the subject's columns, those that are required with a star."""
        return [
            (column.name, f"{column.label}{' *' if column.required else ''}")
            for column in self.subject.read_columns
        ]

    @property
    def doubts(self) -> int:
        """How many columns somebody should look at."""
        return sum(column.is_doubtful for column in self.columns)

    @property
    def headings(self) -> str:
        """In which rows of the sheet the headings stand."""
        first, last = self.match.heading_rows
        return str(first) if first == last else f"{first}–{last}"


def field_of(number: int, place: int) -> str:
    """Return the name of the field of a column: sheet and place."""
    return f"s{number}-c{place}"


def shown_sheets(
    run: ImportRun,
    chosen: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[ShownSheet]:
    """Return the sheets of ``run`` to be confirmed, with what was ``chosen`` on the form, if it was."""
    sheets = []
    for number, data in enumerate(run.matches):
        match = Match.from_json(data)
        subject = subject_with(match.subject)
        columns = [_column(number, found, chosen, errors or {}) for found in match.found]
        names = {column.chosen for column in columns}
        missing = [str(subject.column(n).label) for n in missing_of(run, subject, names)]
        left_out = chosen is not None and f"s{number}-out" in chosen
        sheets.append(ShownSheet(number, match, subject, columns, missing, left_out))
    return sheets


def _column(
    number: int, found: Found, chosen: Mapping[str, str] | None, errors: Mapping[str, str]
) -> ShownColumn:
    name = field_of(number, found.place)
    return ShownColumn(
        name=name,
        letter=get_column_letter(found.place + 1),
        found=found,
        chosen=found.name if chosen is None else chosen.get(name, ""),
        how=str(HOW[found.how]) if found.name or found.how is How.NONE else "",
        error=errors.get(name, ""),
    )

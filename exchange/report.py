"""What the command says of an import: a table for people, or JSON for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.loading.report import table
from exchange.models import ImportRun
from exchange.problems import Severity
from exchange.selectors.runs import problems_of
from exchange.subjects import subject_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exchange.matching import Match
    from exchange.models import ImportProblem

_LONGEST = 40


@dataclass(frozen=True)
class Ending:
    """How an import by the command ended. ``marked`` is where the marked workbook was written."""

    run: ImportRun
    dry_run: bool
    marked: str = ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def problems_as_text(problems: Sequence[ImportProblem]) -> str:
    """Return errors and warnings as a table."""
    headings = [_("Kind"), _("Sheet"), _("Cell"), _("Column"), _("Value"), _("What is wrong")]
    rows = [
        [
            problem.get_severity_display(),
            problem.sheet,
            problem.cell,
            problem.heading,
            _short(problem.value),
            f"{problem.message} {problem.remedy}".strip(),
        ]
        for problem in problems
    ]
    return table(headings, rows)


def match_as_text(matches: Sequence[Match]) -> str:
    """Return the proposal of what the columns are."""
    rows = []
    for match in matches:
        subject = subject_with(match.subject)
        labels = {column.name: str(column.label) for column in subject.columns}
        rows += [
            [match.sheet, found.heading, labels.get(found.name, "—"), found.doubt]
            for found in match.found
        ]
        rows += [
            [match.sheet, "—", labels[name], _("This column is required and missing.")]
            for name in match.missing
        ]
    return table([_("Sheet"), _("Heading"), _("Taken as"), _("Doubt")], rows)


def ending_as_text(ending: Ending) -> str:
    """Return what was found and what was done."""
    run = ending.run
    parts = []
    problems = list(problems_of(run))
    if problems:
        parts += [problems_as_text(problems), ""]
    counts = [run.added, run.changed, run.same, run.faulty]
    headings = [_("to be added"), _("to be changed"), _("unchanged"), _("rows with errors")]
    parts.append(table(headings, [[str(count) for count in counts]]))
    absent = sum(run.absent.values())
    if absent:
        parts.append(
            _("The file does not name %(n)d records; they stay as they are.") % {"n": absent}
        )
    if ending.marked:
        parts.append(_("The marked workbook is “%(path)s”.") % {"path": ending.marked})
    parts.append(last_line(ending))
    return "\n".join(parts)


def last_line(ending: Ending) -> str:
    """Return how it ended, in one sentence."""
    run = ending.run
    if run.state == ImportRun.State.COMMITTED:
        return _("The import %(number)s is written.") % {"number": run.pk}
    if run.refusal:
        return f"{run.refusal} {run.remedy}".strip()
    if run.errors:
        return _("Errors: %(n)d. Nothing was written.") % {"n": run.errors}
    if not run.to_write:
        return _("There is nothing to write: the portal holds all of it already.")
    if ending.dry_run:
        return _("It can be written. This was a trial: nothing was written.")
    return _("Nothing was written.")


def ending_as_json(ending: Ending) -> str:
    """Return the same as JSON."""
    run = ending.run
    told: dict[str, list[dict[str, Any]]] = {"errors": [], "warnings": []}
    for problem in problems_of(run):
        kind = "errors" if problem.severity == Severity.ERROR else "warnings"
        told[kind].append(
            {
                "sheet": problem.sheet,
                "row": problem.row,
                "cell": problem.cell,
                "column": problem.column,
                "value": problem.value,
                "message": problem.message,
                "remedy": problem.remedy,
            }
        )
    content = {
        "run": run.pk,
        "template": run.template,
        "state": run.state,
        "written": run.state == ImportRun.State.COMMITTED,
        "dry_run": ending.dry_run,
        "refusal": run.refusal,
        "added": run.added,
        "changed": run.changed,
        "unchanged": run.same,
        "faulty": run.faulty,
        "absent": run.absent,
        **told,
        "marked": ending.marked,
    }
    return json.dumps(content, ensure_ascii=False, indent=2)

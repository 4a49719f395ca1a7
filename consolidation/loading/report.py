"""What a load says at its end: a table for people, or JSON for programs."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consolidation.loading.engine import Summary
    from consolidation.loading.problems import BadDataError, Problem

# Longer values are cut, or one of them would push the messages off the screen.
_LONGEST = 40


def width(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an aligned table; its last column runs on as it is."""
    lines = [headings, *rows]
    widths = [max(width(line[at]) for line in lines) for at in range(len(headings) - 1)]
    return "\n".join(
        "  ".join(
            [text + " " * (widths[at] - width(text)) for at, text in enumerate(line[:-1])]
            + [line[-1]]
        ).rstrip()
        for line in lines
    )


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def problems_as_text(problems: Sequence[Problem], heading: str = "") -> str:
    """Return errors or warnings as a table; ``heading`` stands over its last column."""
    headings = [_("Place"), _("Row"), _("Column"), _("Value"), heading or _("What is wrong")]
    rows = [
        [
            problem.place,
            "" if problem.row is None else str(problem.row),
            problem.column,
            _short(problem.value),
            problem.message,
        ]
        for problem in problems
    ]
    return table(headings, rows)


def how_many(problems: Sequence[Problem]) -> str:
    """Return the last line of a load that failed."""
    return ngettext(
        "%(number)s error. Nothing was written.",
        "%(number)s errors. Nothing was written.",
        len(problems),
    ) % {"number": len(problems)}


def warnings_as_text(warnings: Sequence[Problem]) -> str:
    """Return what is probably not meant as a table, and an empty text where there is nothing."""
    return problems_as_text(warnings, _("Please check")) + "\n\n" if warnings else ""


def problems_as_json(error: BadDataError) -> str:
    """Return errors and warnings as JSON."""
    return _json(
        {
            "loaded": False,
            "errors": [problem.as_dict() for problem in error.problems],
            "warnings": [problem.as_dict() for problem in error.warnings],
        }
    )


def summary_as_text(summary: Summary, *, dry_run: bool) -> str:
    """Return what was added, changed and left as it was, sheet by sheet."""
    rows = [
        [name, str(tally.added), str(tally.changed), str(tally.unchanged)]
        for name, tally in summary.sheets.items()
    ]
    headings = [_("Sheet"), _("added"), _("changed"), _("unchanged")]
    if dry_run:
        last = _("“%(code)s” can be loaded. This was a trial: nothing was written.")
    else:
        last = _("“%(code)s” is loaded.")
    warnings = warnings_as_text(summary.warnings)
    return f"{warnings}{table(headings, rows)}\n{last % {'code': summary.programme}}"


def summary_as_json(summary: Summary, *, dry_run: bool) -> str:
    """Return the same as JSON."""
    return _json({"loaded": not dry_run, "errors": [], "dry_run": dry_run, **asdict(summary)})


def present_as_json(code: str) -> str:
    """Return, as JSON, that the programme was there already and stays as it is."""
    return _json({"loaded": False, "errors": [], "present": True, "programme": code, "sheets": {}})


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)

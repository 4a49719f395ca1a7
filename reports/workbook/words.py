"""Words that several sheets share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.checks.base import Scope as Owner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reports.selectors.report import Report
    from reports.workbook.table import Column

SHOWN = 1000
"""So many characters of names stand in a cell; the list of platforms has them all."""


def about(report: Report) -> list[str]:
    """Return the line below each title: programme, state, day, whose records, and a warning."""
    words = [
        report.programme.label,
        str(report.state.label),
        report.as_of.isoformat(),
        whose(report),
    ]
    if report.overview.rests_on_placeholders:
        words.append(_("Rests on placeholder data"))
    return words


def whose(report: Report) -> str:
    """Return whose records are in the report."""
    if report.is_whole:
        return _("The whole city")
    return "、".join(str(Owner(owner).label) for owner in report.owners) or "—"


def joined(names: Sequence[str]) -> str:
    """Return names in one cell, cut off with their number where they are too many."""
    text = "、".join(names)
    if len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN]}… " + _("(%(number)d in all)") % {"number": len(names)}


def owner_columns(report: Report, key: str = "owner_id") -> tuple[Callable[[Any], Any], ...]:
    """Return what gives the code and the name of a line's owner."""
    codes = {owner.pk: owner.code for owner in report.overview.owners}
    labels = {owner.pk: str(Owner(owner).label) for owner in report.overview.owners}
    return lambda line: codes.get(line[key], ""), lambda line: labels.get(line[key], "")


def owners(report: Report) -> list[Column]:
    """Return the two columns that say whose a record is: the code, which formulas ask for, and the name."""
    from reports.workbook.table import Column  # noqa: PLC0415 - the two know each other

    code, label = owner_columns(report)
    return [
        Column("owner", _("Owner's code"), 9, code, named=True),
        Column("owner_name", _("Owner"), 12, label),
    ]


def choice(choices: Any) -> Callable[[str | None], str]:
    """Return what says a stored value in words, in the reader's language."""
    labels = {value: str(label) for value, label in choices.choices}
    return lambda value: labels.get(value, "") if value else ""

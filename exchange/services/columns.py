"""What a person says the columns of a file are, checked before anything is read by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from exchange.matching import How, Match
from exchange.subjects import subject_with

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from exchange.models import ImportRun
    from exchange.subjects import Subject


@dataclass
class Chosen:
    """The matches as chosen, or what is wrong with them: by field, and for the whole form."""

    matches: list[Match]
    at_fields: dict[str, str]
    general: list[str]

    @property
    def is_valid(self) -> bool:
        """Whether the file can be checked by these."""
        return not self.at_fields and not self.general


def choose(run: ImportRun, sent: Mapping[str, str]) -> Chosen:
    """Return the columns of ``run`` as a form sent them: ``s0-c3`` names the fourth of the first sheet.

    ``s0-out`` leaves a sheet out. A column named twice, a word that is none, a required column
    that is lacking and a file of which nothing is left are told.
    """
    chosen = Chosen([], {}, [])
    for number, data in enumerate(run.matches):
        if f"s{number}-out" in sent:
            continue
        match = Match.from_json(data)
        taken = _take(run, match, number, sent, chosen)
        if taken.missing:
            labels = [str(subject_with(match.subject).column(n).label) for n in taken.missing]
            chosen.general.append(
                _("%(sheet)s: no column is chosen for %(columns)s, which is required.")
                % {"sheet": match.sheet, "columns": "、".join(labels)}
            )
        chosen.matches.append(taken)
    if not chosen.matches:
        chosen.general.append(_("Every sheet is left out: nothing would be read."))
    return chosen


def missing_of(run: ImportRun, subject: Subject, used: Collection[str]) -> list[str]:
    """Return the required columns that no column of the file is.

    Whose rows they are is known where the file is one division's.
    """
    return [
        column.name
        for column in subject.read_columns
        if column.required and column.name not in used
        if column.name != "division" or run.division_id is None
    ]


def _take(
    run: ImportRun, match: Match, number: int, sent: Mapping[str, str], chosen: Chosen
) -> Match:
    subject = subject_with(match.subject)
    known = {column.name: column for column in subject.read_columns}
    used: dict[str, str] = {}
    found = []
    for column in match.found:
        field = f"s{number}-c{column.place}"
        name = sent.get(field, "").strip()
        if name and name not in known:
            chosen.at_fields[field] = _("Choose one of the list.")
        elif name in used:
            chosen.at_fields[field] = _("“%(name)s” is chosen for “%(other)s” already.") % {
                "name": known[name].label,
                "other": used[name],
            }
        if name:
            used.setdefault(name, column.heading)
        how = column.how if name == column.name and name else How.CHOSEN
        found.append(replace(column, name=name, how=how, doubt=""))
    missing = missing_of(run, subject, used)
    return replace(match, found=found, missing=missing)

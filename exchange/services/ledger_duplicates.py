"""Rows of one file that speak of one record: told at each of them, in whatever chunks they stand."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _

from exchange.matching import Line
from exchange.models import ImportProblem, ImportRow
from exchange.problems import Severity
from exchange.selectors.resolving import folded
from exchange.services.writers import problem_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from exchange.matching import Match
    from exchange.models import ImportRun
    from exchange.problems import Problem

    Matches = Mapping[tuple[str, str], Match]

_NAMES = {"platforms": "name", "bodies": "name", "plates": "title"}


def duplicates(run: ImportRun, matches: Matches) -> list[Problem]:
    """Return an error for each row whose key, or whose new record's name, stands in another too."""
    return [*_same_key(run, matches), *_same_name(run, matches), *_same_uscc(run, matches)]


def _repeated(run: ImportRun, field: str, **only: str) -> dict[tuple[str, str], list[ImportRow]]:
    """Return the rows of each value of ``field`` that several rows of a subject have."""
    rows = ImportRow.objects.filter(run=run, **only).exclude(**{field: ""})
    counted = rows.order_by().values("subject", field).annotate(n=Count("pk")).filter(n__gt=1)
    values = {row[field] for row in counted}
    groups: defaultdict[tuple[str, str], list[ImportRow]] = defaultdict(list)
    for row in rows.filter(**{f"{field}__in": values}).order_by("id") if values else ():
        groups[row.subject, getattr(row, field)].append(row)
    return {key: found for key, found in groups.items() if len(found) > 1}


def _same_key(run: ImportRun, matches: Matches) -> Iterator[Problem]:
    for (_subject, key), rows in _repeated(run, "key").items():
        # An empty part of a key is told as such; that two rows lack it makes no record of them.
        if not all(rows[0].data["key"]):
            continue
        message = _("The same record stands in %(others)s too.")
        yield from _told(rows, matches, message, _("Remove all rows of it but one."), key)


def _same_name(run: ImportRun, matches: Matches) -> Iterator[Problem]:
    for (_subject, label), rows in _repeated(run, "label", action="add").items():
        new: defaultdict[str, list[ImportRow]] = defaultdict(list)
        for row in rows:
            if row.data.get("new_code"):
                new[str((folded(label), row.data["owner"]))].append(row)
        for same in new.values():
            if len(same) > 1:
                message = _("A record of the same name without a code stands in %(others)s too.")
                remedy = _("Remove one of them, or give them their codes.")
                yield from _told(same, matches, message, remedy, label)


def _told(
    rows: list[ImportRow], matches: Matches, message: str, remedy: str, value: str
) -> Iterator[Problem]:
    for row in rows:
        others = [other for other in rows if other is not row]
        yield _at(row, matches, message % {"others": _places(row, others)}, remedy, value)


def _places(row: ImportRow, others: list[ImportRow]) -> str:
    """Return where the others stand: by the row, and the sheet where it is another one."""
    shown = [
        _("row %(row)s") % {"row": other.row}
        if other.sheet == row.sheet
        else _("row %(row)s of “%(sheet)s”") % {"row": other.row, "sheet": other.sheet}
        for other in others[:5]
    ]
    return "、".join(shown) + ("…" if len(others) > len(shown) else "")


def _at(row: ImportRow, matches: Matches, message: str, remedy: str, value: str) -> Problem:
    match = matches[row.subject, row.sheet]
    given = {found.name for found in match.found}
    wanted = ("code", _NAMES.get(row.subject, ""), "body")
    column = next((name for name in wanted if name and name in given), "")
    # What stands in the cell; a key of several parts stands in none.
    value = row.data.get("cells", {}).get(column) or value.partition(" / ")[0]
    return problem_at(
        match, Line(row.row, {column: value}), column, message, remedy, code="duplicate"
    )


def _same_uscc(run: ImportRun, matches: Matches) -> Iterator[Problem]:
    """Warn of bodies of the file that share a social credit code: one legal person is one body."""
    if not any(subject == "bodies" for subject, _sheet in matches):
        return
    # Within a chunk the engine has told it already.
    told = ImportProblem.objects.filter(run=run, column="uscc", severity=Severity.WARNING)
    places = set(told.values_list("sheet", "row"))
    first: dict[str, str] = {}
    rows = ImportRow.objects.filter(run=run, subject="bodies", action__in=["add", "change"])
    for row in rows.order_by("id").iterator(2000):
        uscc = row.data.get("cells", {}).get("uscc", "")
        if not uscc:
            continue
        if first.setdefault(uscc, row.key) == row.key or (row.sheet, row.row) in places:
            continue
        yield problem_at(
            matches["bodies", row.sheet],
            Line(row.row, {"uscc": uscc}),
            "uscc",
            _("The body %(code)s has the same code. One legal person counts as one body.")
            % {"code": first[uscc]},
            _("Check that it is meant so."),
            severity=Severity.WARNING,
            code="check",
        )

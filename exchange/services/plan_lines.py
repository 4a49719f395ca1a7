"""From a row of the plan's workbook to the record that it is about, and what it asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.models import Disposition, PlateDisposition
from exchange.selectors.plan_records import nothing_in
from exchange.selectors.resolving import UnresolvedError
from exchange.services.placing import Placed, as_number
from exchange.services.plan_apply import Item
from exchange.subjects import Kind
from staffing.models import Redeployment

if TYPE_CHECKING:
    from exchange.matching import Line, Match
    from exchange.selectors.plan_records import Key, PlanNames, Stored
    from exchange.selectors.resolving import Names
    from exchange.subjects import Subject

KEYS = {
    "dispositions": ("platform",),
    "body_dispositions": ("body",),
    "plate_dispositions": ("plate",),
    "staff_plans": ("body", "category"),
    "redeployments": ("body", "category", "destination", "to_body"),
}
"""The columns that say which record a row is about."""

_TO_A_BODY = Redeployment.Destination.BODY.value


_ONLY_WITH = {
    "target": ("kind", Disposition.Kind.MERGE.value),
    "transform_into": ("kind", Disposition.Kind.TRANSFORM.value),
    "carrier": ("fate", PlateDisposition.Fate.KEEP.value),
}


def _told_of(column: str) -> tuple[str, str]:
    """Return what is told of a cell that is filled and that its row has no place for, and what to do."""
    if column == "target":
        return (
            _("Only a merge has a target: the cell is not used."),
            _("Empty the cell, or choose “merge” as the disposition."),
        )
    if column == "transform_into":
        return (
            _("Only the disposition “transform” has this: the cell is not used."),
            _("Empty the cell, or choose “transform” as the disposition."),
        )
    return (
        _("Only a plate that is kept has a carrier: the cell is not used."),
        _("Empty the cell, or keep the plate."),
    )


@dataclass
class PlanLine(Placed):
    """A row with its place in the file; ``item`` is ``None`` where its record is not known."""

    item: Item | None = None


def placed(subject: Subject, match: Match, line: Line, names: PlanNames) -> PlanLine:
    """Return what the row is about and asks for, with what is wrong in it."""
    row = PlanLine(match, line)
    wrong = row.wrong
    key = _key(subject, row, names, wrong)
    asked = {}
    for column in subject.read_columns:
        name = column.name
        if name in KEYS[subject.key] or name in wrong:
            continue
        text = line.cells.get(name, "" if name in line.empty else None)
        if text and column.refers_to:
            text = _resolved(row, name, _names_of(names, name))
        if text is not None:
            asked[name] = as_number(text) if column.kind is Kind.COUNT else text
    if key is not None:
        row.item = Item(key, asked)
    _check_move(subject, row, asked, wrong)
    return row


def _names_of(names: PlanNames, column: str) -> Names:
    return {
        "platform": names.platforms,
        "body": names.bodies,
        "plate": names.plates,
        "to_body": names.receiving,
    }.get(column, names.targets)


def _resolved(row: PlanLine, column: str, names: Names) -> str | None:
    try:
        return str(names.find(row.line.cells[column]).pk)
    except UnresolvedError as error:
        row.fail(column, error.message, _remedy(row, column, error), code=error.code)
    return None


def _remedy(row: PlanLine, column: str, error: UnresolvedError) -> str:
    if error.code == "unknown" and column == "body" and row.line.cells.get("fate") == "found":
        return _("Found the new body on the page “Result” of the plan; then it can be named here.")
    if error.code == "unknown" and column in {"target", "carrier"}:
        return _("Name a platform of the list of retained ones, by its code or its full name.")
    return error.remedy


def _key(subject: Subject, row: PlanLine, names: PlanNames, wrong: set[str]) -> Key | None:
    parts: list[str | int] = [subject.key]
    line = row.line
    for name in KEYS[subject.key]:
        if name in wrong:
            return None
        text = line.cells.get(name, "")
        if not subject.column(name).refers_to:
            if not text:
                row.missing(name)
                return None
            parts.append(text)
        elif name == "to_body" and not text:
            parts.append(0)
        elif not text:
            row.missing(name)
            return None
        else:
            found = _resolved(row, name, _names_of(names, name))
            if found is None:
                return None
            parts.append(int(found))
    return tuple(parts)


def _check_move(subject: Subject, row: PlanLine, asked: dict[str, str], wrong: set[str]) -> None:
    """Judge a move by itself: to another body it names one, elsewhere none; and how many go."""
    if subject.key != "redeployments" or row.item is None:
        return
    to_a_body, named = row.item.key[3] == _TO_A_BODY, bool(row.item.key[4])
    if to_a_body and not named:
        row.fail(
            "to_body",
            _("This move goes to another body and does not say to which."),
            _("Name the body, or choose another destination."),
            code="to_body_missing",
        )
    elif named and not to_a_body:
        row.fail(
            "to_body",
            _("Only a move to another management body names one."),
            _("Empty the cell, or choose “another management body” as the destination."),
            code="to_body_not_due",
        )
    elif not asked.get("people") and "people" not in wrong:
        row.fail(
            "people",
            _("This row does not say how many people go."),
            _("Write a number; 0 takes the move away."),
            code="people_missing",
        )


def let_fall(row: PlanLine, stored: Stored) -> None:
    """Leave out what the row has no place for, as the desk does, and tell it.

    It is no error, or a file that was uploaded could not be uploaded again.
    """
    item = row.item
    if item is None:
        return
    held = stored.get(item.key) or nothing_in(item.subject)
    for column, (decisive, value) in _ONLY_WITH.items():
        of = item.asked.get(decisive, held.get(decisive))
        if item.asked.get(column) and of != value:
            item.asked[column] = ""
            row.warn(column, *_told_of(column), "not_due")

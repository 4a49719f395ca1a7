"""The sheets of the map: divisions, what follows them, who borders whom, and departments."""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.loading.loads import CascadeError
from consolidation.loading.references import division, division_on
from consolidation.loading.specs import Column, Scope, Sheet
from consolidation.loading.tables import Record
from consolidation.sheets import words
from zones.models import Adjacency, Department, Division, DivisionSuccession

if TYPE_CHECKING:
    from consolidation.loading.loads import Load
    from consolidation.loading.rows import Row


def _is_city(cells: dict[str, str], load: Load) -> bool:
    return cells.get("code") == load.city_code


def _level(row: Row) -> str | None:
    return Division.Level.MUNICIPAL.value if _is_city(row.line.cells, row.load) else None


def _parent(row: Row) -> Record | None:
    if _is_city(row.line.cells, row.load):
        return None
    return division_on(row.load.city_code, row.load.baseline, row.load)


def _parent_in_cell(text: str, load: Load) -> Record:
    """Return the division above, which is read before those below it."""
    found = division_on(text, load.baseline, load)
    if found is not None:
        return found
    if not load.city_code or load.is_told("divisions", text):
        raise CascadeError
    raise ValidationError(
        _("“%(value)s” is not the city above this division. Leave this empty for the city.")
        % {"value": text}
    )


def _start(record: Record) -> datetime.date:
    start: datetime.date | None = record.values.get("valid_from")
    return start or datetime.date.min


def _finish_divisions(load: Load) -> None:
    """Report codes of which two rows hold on one day: a reference to them would be ambiguous."""
    for code, records in load.table(Division).grouped("code").items():
        if load.is_told("divisions", code):
            continue
        for earlier, later in pairwise(sorted(records, key=_start)):
            end = earlier.values.get("valid_to")
            at_fault = max(earlier, later, key=lambda record: record.row)
            if at_fault.row and (end is None or end > _start(later)):
                message = _(
                    "Another row of this code is valid at the same time. "
                    "Let valid_to of the earlier one be valid_from of the later one."
                )
                load.fail("divisions", at_fault.row, "code", code, message)


DIVISIONS = Sheet(
    name="divisions",
    model=Division,
    key=("code", "valid_from"),
    columns=(
        Column("code", required=True),
        Column("name", required=True),
        Column("name_en"),
        Column("level", words=words.DIVISION_LEVELS, default=_level),
        Column("parent", parse=_parent_in_cell, default=_parent),
        Column("valid_from"),
        Column("valid_to"),
        Column("source"),
    ),
    required=True,
    finish=_finish_divisions,
    first=_is_city,
    # Another programme may stand on this row: a new name is a new row, with its own valid_from.
    frozen=("name",),
)


def _prepare_succession(row: Row) -> None:
    if row.get("predecessor") is not None and row.get("predecessor") is row.get("successor"):
        row.fail("successor", _("A division cannot follow itself. Name the later one as code@day."))


def _finish_successions(load: Load) -> None:
    if load.has_doubts("successions"):
        return
    _report_circles(load)
    for records in load.table(DivisionSuccession).grouped("predecessor").values():
        given = [record for record in records if record.row]
        if given and not any(record.values.get("is_default") for record in records):
            message = _(
                "One of the successors must be the default, for records whose place is not known."
            )
            load.fail("successions", given[0].row, "is_default", "no", message)


def _report_circles(load: Load) -> None:
    """Report successions that lead back to where they start: no division follows itself."""
    following = load.table(DivisionSuccession).grouped("predecessor")
    for record in list(load.table(DivisionSuccession)):
        start, ahead = record.values["predecessor"], [record.values["successor"]]
        reached: set[int] = set()
        while ahead:
            division_ = ahead.pop()
            if id(division_) not in reached:
                reached.add(id(division_))
                ahead += [later.values["successor"] for later in following.get(division_, [])]
        if record.row and id(start) in reached:
            message = _("These successions lead in a circle, back to the division they start from.")
            code = str(start.values.get("code", ""))
            load.fail("successions", record.row, "predecessor", code, message)


SUCCESSIONS = Sheet(
    name="successions",
    model=DivisionSuccession,
    key=("predecessor", "successor"),
    columns=(
        Column("predecessor", required=True, parse=division),
        Column("successor", required=True, parse=division),
        Column("effective_on", required=True),
        Column("is_default"),
        Column("note"),
    ),
    prepare=_prepare_succession,
    finish=_finish_successions,
)


def _prepare_adjacency(row: Row) -> None:
    if row.get("division") is not None and row.get("division") is row.get("neighbour"):
        row.fail("neighbour", _("A division is no neighbour of itself. Remove this row."))


def _finish_adjacency(load: Load) -> None:
    """Let each pair stand in both directions, as joins need it."""
    table = load.table(Adjacency)
    for record in list(table):
        one, other = record.values["division"], record.values["neighbour"]
        if table.find(other, one) is None:
            table.add(Record({"division": other, "neighbour": one}))


ADJACENCY = Sheet(
    name="adjacency",
    model=Adjacency,
    key=("division", "neighbour"),
    columns=(
        Column("division", required=True, parse=division),
        Column("neighbour", required=True, parse=division),
    ),
    prepare=_prepare_adjacency,
    finish=_finish_adjacency,
)

DEPARTMENTS = Sheet(
    name="departments",
    model=Department,
    key=("name",),
    scope=Scope("city", ("division",)),
    columns=(
        Column("name", required=True),
        Column("name_en"),
        Column("countersigns", words=words.COUNTERSIGNS),
    ),
)

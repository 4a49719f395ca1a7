"""Load a programme: read every sheet, report every error, write everything or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from consolidation.loading.cells import day_of
from consolidation.loading.grids import closest, grid_of
from consolidation.loading.loads import Load
from consolidation.loading.problems import BadDataError, Problem
from consolidation.loading.rows import Reader, check_unique
from consolidation.loading.sources import UnreadableError, open_source
from consolidation.loading.specs import SHEETS
from consolidation.loading.writing import ACTOR, Author, write
from consolidation.models import ExecutionStep, Programme
from consolidation.services.execution import settle_confirmations

if TYPE_CHECKING:
    import datetime

    from consolidation.loading.grids import Grid
    from consolidation.loading.tables import Record


@dataclass
class Tally:
    """What happened to the rows of one sheet."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class Summary:
    """What a load did: the programme's code, and a tally for each sheet that was given.

    ``warnings`` tell what was loaded and is probably not meant.
    """

    programme: str
    sheets: dict[str, Tally]
    warnings: list[Problem]


def load_programme(path: Path, *, update: bool = False, dry_run: bool = False) -> Summary:
    """Load the programme at ``path``; return what changed.

    Raises ``WrongPathError`` if there is nothing to read, ``BadDataError`` with every error found;
    then nothing is written. ``dry_run`` does everything and takes it back.
    """
    try:
        source = open_source(path)
    except UnreadableError as error:
        raise BadDataError([Problem(path.name, error.row, "", "", str(error))]) from error
    try:
        with transaction.atomic():
            summary = _load(Load(source, update=update))
            transaction.set_rollback(dry_run)
    except DatabaseError as error:
        # Every constraint is foreseen; if one was not, its words are better than a traceback.
        message = _("The database refused the data: %(error)s") % {"error": error}
        raise BadDataError([Problem(source.name, None, "", "", message)]) from error
    return summary


def code_at(path: Path) -> str:
    """Return the code of the programme at ``path``, or an empty string if it can't be read."""
    try:
        source = open_source(path)
    except UnreadableError:
        return ""
    if "programme" not in source.names():
        return ""
    grid = _grid("programme", Load(source, update=False))
    return grid.lines[0].cells.get("code", "") if grid else ""


def _load(load: Load) -> Summary:
    grids = _check_names(load)
    _read_sheets(load, grids)
    if load.problems:
        raise BadDataError(load.in_order(load.problems), load.in_order(load.warnings))
    code = str(load.programme.values["code"]) if load.programme else ""
    summary = Summary(code, _tallies(load), load.in_order(load.warnings))
    reason = f"{ACTOR} {load.source.name}"
    write(load, Author(reason))
    _settle(load, reason)
    refresh_statistics()
    return summary


def refresh_statistics() -> None:
    """Let PostgreSQL count what was loaded: planned for empty tables, the rules take minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _check_names(load: Load) -> set[str]:
    """Report unknown and missing sheets; return the names of those to be read."""
    names = set(load.source.names())
    for name in sorted(names - SHEETS.keys()):
        message = _("This sheet is unknown.") + " " + closest(name, SHEETS)
        load.fail(name, None, "", "", message)
    for sheet in SHEETS.values():
        if sheet.required and sheet.name not in names:
            load.broken.add(sheet.name)
            load.fail(sheet.name, None, "", "", _("This sheet is required and missing."))
    return names & SHEETS.keys()


def _grid(name: str, load: Load) -> Grid | None:
    sheet = SHEETS[name]

    def fail(row: int | None, column: str, value: str, message: str) -> None:
        load.fail(name, row, column, value, message)

    try:
        grid = grid_of(sheet, load.source.rows(name), fail)
    except UnreadableError as error:
        fail(error.row, "", "", str(error))
        grid = None
    if grid is None or not grid.whole:
        load.broken.add(name)
    return grid


def _read_sheets(load: Load, names: set[str]) -> None:
    programme = _grid("programme", load) if "programme" in names else None
    if programme:
        load.peek(programme, _day_or_none)
    for sheet in SHEETS.values():
        # Sheets are opened one after the other, so that only one is in memory as text.
        grid = programme if sheet.name == "programme" else None
        if grid is None and sheet.name in names and sheet.name not in load.broken:
            grid = _grid(sheet.name, load)
        if grid:
            Reader(sheet, load).read(grid)
        if sheet.finish:
            sheet.finish(load)
        check_unique(sheet, load)


def _day_or_none(text: str) -> datetime.date | None:
    try:
        return day_of(text)
    except ValidationError:
        return None  # Reported when the programme's own sheet is read.


def _tallies(load: Load) -> dict[str, Tally]:
    tallies = {}
    for name, records in load.given.items():
        tallies[name] = tally = Tally()
        for record in records:
            if record.pk is None:
                tally.added += 1
            elif record.is_changed:
                tally.changed += 1
            else:
                tally.unchanged += 1
    return tallies


def _settle(load: Load, reason: str) -> None:
    programme: Record | None = load.programme
    if programme is not None and any(True for _step in load.table(ExecutionStep)):
        settle_confirmations(
            Programme.objects.get(code=programme.values["code"]), actor=ACTOR, reason=reason
        )

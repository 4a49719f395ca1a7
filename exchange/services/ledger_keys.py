"""What identifies a row of the ledger's sheets, and which rows a chunk has to read for it.

A load of the programme format reads whole tables; here every table is narrowed to what the rows
at hand name, so that neither time nor memory grows with the ledger.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from consolidation.loading.cells import day_of
from consolidation.loading.loads import Load
from consolidation.models import Programme
from staffing.models import HeadCount
from zones.models import (
    BodyPlatform,
    Industry,
    LeadershipPost,
    LeadingIndustry,
    Ledger,
    ManagementBody,
    Plate,
    Platform,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from django.db import models

    from consolidation.loading.sources import Rows
    from exchange.models import ImportRun
    from exchange.subjects import Subject

    Cells = dict[str, str]

KEYS: dict[str, tuple[str, ...]] = {
    "platforms": ("code",),
    "bodies": ("code",),
    "plates": ("code",),
    "posts": ("body", "title"),
    "staff": ("body", "counted_on", "category"),
}
"""By sheet: the columns that identify a row."""

CODE_PREFIXES = {"platforms": "P", "bodies": "B", "plates": "G"}
"""As corrections give codes (``consolidation.ledger_records``)."""


class OneSheet:
    """A source of the loading engine that hands out no rows: they are fed to it one by one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def names(self) -> list[str]:
        """Return no sheet."""
        return []

    def place(self, sheet: str) -> str:
        """Return the name of the sheet."""
        return sheet

    def rows(self, sheet: str) -> Rows:
        """Return no row."""
        del sheet
        return []


def key_of(sheet: str, cells: Cells, run: ImportRun) -> list[str]:
    """Return what identifies a row, as text."""
    parts = dict(cells)
    if sheet == "staff":
        parts.setdefault("counted_on", run.programme.baseline_date.isoformat())
    return [parts.get(name, "") for name in KEYS[sheet]]


def key_in(sheet: str, key: Sequence[str], load: Load) -> list[Any]:
    """Return a key as text as the values by which a table of ``load`` finds its record."""
    values: list[Any] = list(key)
    for place, name in enumerate(KEYS[sheet]):
        if name == "body":
            values[place] = load.table(ManagementBody).find(key[place])
        elif name == "counted_on":
            with contextlib.suppress(ValidationError):
                values[place] = day_of(key[place])
    return values


def rows_in_reach(run: ImportRun, sheet: str) -> Q:
    """Return the filter for the records that a whole file of the run would name."""
    ledger, division = run.programme.ledger_id, run.division_id
    way = {"platforms": "", "bodies": "", "plates": "platform__"}.get(sheet, "body__")
    condition = Q(**{f"{way}ledger": ledger})
    if division is not None:
        condition &= Q(**{f"{way}division": division})
    if sheet == "staff":
        condition &= Q(counted_on=run.programme.baseline_date)
    return condition


def open_load(
    run: ImportRun, subject: Subject, rows: Sequence[Cells], *, lock: bool = False
) -> Load:
    """Return a load into the run's programme that reads only what ``rows`` name."""
    narrowed = _narrowed(run, subject.sheet, rows)
    narrowed[Programme] = Q(pk=run.programme_id)
    narrowed[Ledger] = Q(pk=run.programme.ledger_id)
    load = Load(
        OneSheet(run.file_name),
        update=True,
        narrowed=narrowed,
        locked=[subject.format.model] if lock else [],
    )
    load.take_root(run.programme)
    return load


def _given(rows: Iterable[Cells], *columns: str) -> set[str]:
    return {cells[column] for cells in rows for column in columns if cells.get(column)}


def _items(rows: Iterable[Cells], column: str) -> set[str]:
    listed = {cells.get(column, "") for cells in rows}
    parts = {part.strip() for text in listed for part in text.replace("；", ";").split(";")}
    return parts - {""}


def _narrowed(run: ImportRun, sheet: str, rows: Sequence[Cells]) -> dict[type[models.Model], Q]:
    ledger = run.programme.ledger_id
    codes = _given(rows, "code")
    if sheet == "platforms":
        return _of_platforms(ledger, codes, _items(rows, "industries"))
    if sheet == "bodies":
        return _of_bodies(ledger, codes, _given(rows, "uscc"), _items(rows, "platforms"))
    if sheet == "plates":
        known = Q(pk__in=Plate.objects.filter(ledger=ledger, code__in=codes).values("platform"))
        return {
            Plate: Q(code__in=codes),
            Platform: Q(code__in=_given(rows, "platform")) | known,
        }
    bodies = _given(rows, "body")
    of_bodies: dict[type[models.Model], Q] = {ManagementBody: Q(code__in=bodies)}
    if sheet == "posts":
        return {**of_bodies, LeadershipPost: Q(body__code__in=bodies)}
    return {**of_bodies, HeadCount: Q(body__code__in=bodies) & _counted_on(run, rows)}


def _of_platforms(
    ledger: int, codes: Collection[str], industries: Collection[str]
) -> dict[type[models.Model], Q]:
    held = LeadingIndustry.objects.filter(platform__ledger=ledger, platform__code__in=codes)
    return {
        Platform: Q(code__in=codes),
        LeadingIndustry: Q(platform__code__in=codes),
        Industry: Q(name__in=industries) | Q(pk__in=held.values("industry")),
    }


def _of_bodies(
    ledger: int, codes: Collection[str], usccs: Collection[str], platforms: Collection[str]
) -> dict[type[models.Model], Q]:
    held = BodyPlatform.objects.filter(body__ledger=ledger, body__code__in=codes)
    return {
        # One social credit code is one legal person: whoever else has it is told.
        ManagementBody: Q(code__in=codes) | Q(uscc__in=usccs),
        BodyPlatform: Q(body__code__in=codes),
        Platform: Q(code__in=platforms) | Q(pk__in=held.values("platform")),
    }


def _counted_on(run: ImportRun, rows: Iterable[Cells]) -> Q:
    days = {run.programme.baseline_date}
    for text in _given(rows, "counted_on"):
        try:
            day: Any = day_of(text)
        except ValidationError:
            continue  # Told where the row is read.
        days.add(day)
    return Q(counted_on__in=days)

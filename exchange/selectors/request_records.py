"""A division's ledger as its upload meets it: every record as it stands, by the template's columns."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from consolidation.correctable import CORRECTABLE
from consolidation.ledger_records import REMITS
from consolidation.models import Correction
from consolidation.selectors.corrections import open_corrections
from exchange.selectors.filled_names import dated
from exchange.selectors.resolving import Names, names_of_bodies, names_of_plates, names_of_platforms
from staffing.models import HeadCount
from zones.models import LeadershipPost, LeadingIndustry, ManagementBody, Plate, Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from consolidation.correctable import Correctable, Json, Reading
    from consolidation.models import Programme
    from zones.models import Division

KINDS = {
    "platforms": Correction.Subject.PLATFORM,
    "bodies": Correction.Subject.BODY,
    "plates": Correction.Subject.PLATE,
    "staff": Correction.Subject.HEAD_COUNT,
}
"""By subject of a template: the kind of record that can be corrected. Leading posts are none."""

FIXED = ("origin", "note")
"""Columns that stand in the record as they are, and that no correction asks for."""


@dataclass(frozen=True)
class Record:
    """A record of the division: ``reading`` as a correction has it, ``held`` what else a file shows.

    ``is_open`` is false for records outside the baseline, which no correction is asked for.
    """

    pk: int
    reading: Reading
    held: Mapping[str, str]
    is_open: bool

    @property
    def says_something(self) -> bool:
        """Whether there is anything of it that a file could name: figures may all be unknown."""
        return any(value not in (None, "", []) for value in self.reading.values.values())


@dataclass(frozen=True)
class Book:
    """All records of one subject in the division, and the names by which a file calls them."""

    names: Names
    records: Mapping[int, Record]


def _in_division(subject: str, programme: Programme, division_id: int) -> QuerySet[Any, Any]:
    ledger = {"ledger": programme.ledger_id}
    if subject == "platforms":
        return Platform.objects.filter(**ledger, division=division_id)
    if subject == "plates":
        return Plate.objects.filter(**ledger, platform__division=division_id)
    return ManagementBody.objects.filter(**ledger, division=division_id)


def book_of(subject: str, programme: Programme, division: Division) -> Book:
    """Return the division's records of ``subject`` in a number of queries that stays the same."""
    kind: Correctable = CORRECTABLE[KINDS[subject]]
    found = _in_division(subject, programme, division.pk).select_related()
    rows = {row.pk: row for row in found}
    baseline = set(kind.records(programme, division.pk).values_list("pk", flat=True))
    readings = kind.read(programme, rows.values())
    held = _held(subject, rows)
    records = {pk: Record(pk, readings[pk], held.get(pk, {}), pk in baseline) for pk in rows}
    names = {"platforms": names_of_platforms, "plates": names_of_plates}.get(
        subject, names_of_bodies
    )
    return Book(names(found), records)  # type: ignore[operator]  # each takes its own


def _held(subject: str, rows: Mapping[int, Any]) -> dict[int, dict[str, str]]:
    """Return what a file shows of records and no correction changes, as the file writes it."""
    if subject == "staff":
        return {}
    held: dict[int, dict[str, str]] = {}
    for pk, row in rows.items():
        known = {name: str(getattr(row, name, "") or "") for name in (*FIXED, "name_en")}
        for name in ("established_on", "closed_on", "abolished_on"):
            known[name] = as_text(getattr(row, name, None))
        if hasattr(row, "division"):
            known |= {"division": row.division.code, "division_name": row.division.name}
            today = row.current_division
            known["current_division"] = dated(today.code, today.valid_from) if today else ""
            known["current_division_name"] = today.name if today else ""
        held[pk] = known
    if subject == "platforms":
        leading = LeadingIndustry.objects.filter(platform__in=rows).order_by("industry__name")
        for pk, name in leading.values_list("platform_id", "industry__name"):
            joined = held[pk].get("industries", "")
            held[pk]["industries"] = f"{joined};{name}" if joined else name
    return held


def as_text(value: Any) -> str:
    """Return a value as a file writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


@dataclass(frozen=True)
class Figures:
    """The head counts of the baseline by body and category: what stands beside the figures."""

    sources: Mapping[tuple[int, str], str]
    placeholders: frozenset[tuple[int, str]]
    notes: Mapping[tuple[int, str], str]


def figures_of(programme: Programme, division: Division) -> Figures:
    """Return what stands beside the figures of the division's bodies."""
    counts = HeadCount.objects.filter(
        body__ledger=programme.ledger_id,
        body__division=division,
        counted_on=programme.baseline_date,
    )
    rows = list(counts.values_list("body_id", "category", "source", "is_placeholder", "note"))
    return Figures(
        {(row[0], row[1]): row[2] for row in rows},
        frozenset((row[0], row[1]) for row in rows if row[3]),
        {(row[0], row[1]): row[4] for row in rows},
    )


def posts_of(programme: Programme, division: Division) -> dict[tuple[int, str], dict[str, str]]:
    """Return the leading posts of the division's bodies as a file shows them, by body and title."""
    posts = LeadershipPost.objects.filter(body__ledger=programme.ledger_id, body__division=division)
    names = ("authorised", "filled", "is_exempt", "source", "note", "is_placeholder")
    found = {}
    for body, title, *values in posts.values_list("body_id", "title", *names):
        known = dict(zip(names, map(as_text, values), strict=True))
        known["placeholder"] = known.pop("is_placeholder")
        found[body, title] = known
    return found


def requests_digest(programme: Programme, division: Division, subjects: Iterable[str]) -> str:
    """Return the digest of the division's records of ``subjects``, and of what is asked for them."""
    content: list[Any] = []
    for subject in sorted(subjects):
        if subject in KINDS:
            records = book_of(subject, programme, division).records
            content.append(
                [
                    [pk, r.reading.values, r.reading.is_placeholder, r.is_open, dict(r.held)]
                    for pk, r in sorted(records.items())
                ]
            )
        else:
            content.append(
                sorted((pk, title, v) for (pk, title), v in posts_of(programme, division).items())
            )
    waiting = open_corrections(programme, division.pk).order_by("pk")
    content.append([*waiting.values_list("pk", flat=True)])
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def empty_of(kind: Correctable, name: str) -> Json:
    """Return what an empty cell means for a field: not known."""
    if name == REMITS:
        return []
    if kind.subject == Correction.Subject.HEAD_COUNT:
        return None
    field = kind.model._meta.get_field(name)  # type: ignore[attr-defined]  # noqa: SLF001 - a LedgerRecord, see above
    if field.choices and "unknown" in dict(field.flatchoices):
        return "unknown"
    return None if field.null else ""

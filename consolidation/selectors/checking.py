"""The check of the ledger: a division's baseline, platform by platform, with what is asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator

from consolidation.correctable import CORRECTABLE
from consolidation.models import Correction
from consolidation.selectors.corrections import open_corrections
from zones.models import BodyPlatform, Platform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.models import Programme

PAGE_SIZE = 50


@dataclass(frozen=True)
class Checked:
    """One record: whether it stands in for a real one, and the open request about it."""

    subject: str
    record: Any
    is_placeholder: bool
    correction_id: int | None
    brief: str = ""


@dataclass(frozen=True)
class CheckedBody:
    """A body at a platform of its remit, with its staff; ``first`` is where it stands in full."""

    body: Checked
    staff: Checked | None
    first: Platform | None


@dataclass(frozen=True)
class CheckedPlatform:
    """A platform with its bodies and plates."""

    platform: Checked
    bodies: list[CheckedBody] = field(default_factory=list)
    plates: list[Checked] = field(default_factory=list)


@dataclass(frozen=True)
class LedgerCheck:
    """A page of a division's ledger, with the bodies that manage no platform of it."""

    page: Page[Any]
    rows: list[CheckedPlatform]
    others: list[CheckedBody]
    placeholders: int
    open_number: int


def ledger_check(programme: Programme, division_id: int, page: str) -> LedgerCheck:
    """Return page ``page`` of the division's baseline, in a constant number of queries."""
    kinds = CORRECTABLE
    subjects = Correction.Subject
    platforms = kinds[subjects.PLATFORM].records(programme, division_id)
    shown = Paginator(platforms, PAGE_SIZE).get_page(page)
    open_ones = list(open_corrections(programme, division_id))
    reader = _Reader(programme, {(row.subject, row.subject_id): row.pk for row in open_ones})
    bodies = list(kinds[subjects.BODY].records(programme, division_id))
    remits = list(
        BodyPlatform.objects.filter(body__in=bodies, platform__in=platforms)
        .order_by("platform__code", "body__code")
        .select_related("platform")
    )
    plates = kinds[subjects.PLATE].records(programme, division_id)
    checked_bodies = reader.bodies(bodies, remits)
    bodies_at: dict[int, list[CheckedBody]] = defaultdict(list)
    for remit in remits:
        bodies_at[remit.platform_id].append(checked_bodies[remit.body_id])
    plates_at: dict[int, list[Checked]] = defaultdict(list)
    for plate in reader.read(subjects.PLATE, plates.filter(platform__in=list(shown))):
        plates_at[plate.record.platform_id].append(plate)
    return LedgerCheck(
        page=shown,
        rows=[
            CheckedPlatform(
                platform,
                bodies_at[platform.record.pk],
                plates_at[platform.record.pk],
            )
            for platform in reader.read(subjects.PLATFORM, shown)
        ],
        others=[body for body in checked_bodies.values() if body.first is None],
        placeholders=sum(kind.placeholders(programme, division_id) for kind in kinds.values()),
        open_number=len(open_ones),
    )


class _Reader:
    """Reads records of one division, and finds the open request about each."""

    def __init__(self, programme: Programme, asked: dict[tuple[str, int | None], int]) -> None:
        self.programme = programme
        self.asked = asked

    def read(self, subject: str, records: Iterable[Any]) -> list[Checked]:
        found = list(records)
        kind = CORRECTABLE[subject]
        readings = kind.read(self.programme, found)
        return [
            Checked(
                subject,
                record,
                readings[record.pk].is_placeholder,
                self.asked.get((subject, record.pk)),
                kind.brief(readings[record.pk].values),
            )
            for record in found
        ]

    def bodies(self, bodies: list[Any], remits: list[BodyPlatform]) -> dict[int, CheckedBody]:
        first: dict[int, Platform] = {}
        for remit in remits:
            first.setdefault(remit.body_id, remit.platform)
        staff: dict[int, Checked] = {}
        if Correction.Subject.HEAD_COUNT in CORRECTABLE:
            counted = self.read(Correction.Subject.HEAD_COUNT, bodies)
            staff = {checked.record.pk: checked for checked in counted}
        return {
            checked.record.pk: CheckedBody(
                checked, staff.get(checked.record.pk), first.get(checked.record.pk)
            )
            for checked in self.read(Correction.Subject.BODY, bodies)
        }

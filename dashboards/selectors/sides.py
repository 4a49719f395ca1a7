"""A plan in three columns: what the baseline holds, what one version said, what this one says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.sections import baseline_bodies, baseline_plates, baseline_platforms
from consolidation.selectors.kept import kept
from consolidation.selectors.reading import reading_of
from zones.models import ManagementBody, Platform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from consolidation.models import MergePlan
    from consolidation.selectors.document import Cell, ReadSection, Section
    from consolidation.selectors.reading import ShownRow

OF_THE_LEDGER = {"level", "before"}
"""The cells of a plan's lines that repeat the ledger: they belong into the first column."""


@dataclass(frozen=True)
class Said:
    """One value with its heading; ``differs`` where the other version says something else."""

    label: StrOrPromise
    shown: str
    differs: bool


@dataclass(frozen=True)
class SideRow:
    """One record: its baseline, and what each version says of it (nothing: an empty list)."""

    row: ShownRow
    baseline: str
    before: list[Said]
    now: list[Said]


@dataclass(frozen=True)
class SideSection:
    """A section of the plan in three columns; ``total`` counts the rows that a filter hides too."""

    section: Section
    rows: list[SideRow]
    total: int
    changed: int


def sides_of(
    plan: MergePlan,
    document: list[ReadSection],
    before: list[ReadSection] | None,
    *,
    only_changed: bool,
) -> list[SideSection]:
    """Return ``document`` of ``plan`` beside the baseline and ``before``, an earlier version's.

    Both have been read with the reader's rights. Sections about no record of the ledger, such as
    attachments, have no baseline and are left out. ``only_changed`` keeps the rows that differ.
    """
    known = kept("baseline", plan.pk, lambda: _baseline_words(plan))
    sections = []
    for part in reading_of(document, before=before).sections:
        rows = [
            SideRow(
                row, _baseline(row, known), _before(row, was_read=before is not None), _now(row)
            )
            for row in part.rows
            if row.line.subject_id is not None
        ]
        if rows:
            shown = [side for side in rows if side.row.is_changed or not only_changed]
            changed = sum(side.row.is_changed for side in rows)
            sections.append(SideSection(part.section, shown, len(rows), changed))
    return sections


def _baseline_words(plan: MergePlan) -> dict[tuple[str, int], str]:
    """Return what the ledger holds of each record at the baseline, in three queries."""
    words = {("platform", row.pk): _platform(row) for row in baseline_platforms(plan)}
    words |= {("body", row.pk): _body(row) for row in baseline_bodies(plan)}
    words |= {("plate", row.pk): row.platform.name for row in baseline_plates(plan)}
    return words


def _platform(platform: Platform) -> str:
    return " · ".join(filter(None, [str(platform.get_level_display()), platform.kind]))


def _body(body: ManagementBody) -> str:
    known = []
    if body.nature != ManagementBody.Nature.UNKNOWN:
        known.append(str(body.get_nature_display()))
    if body.rank != ManagementBody.Rank.UNKNOWN:
        known.append(str(body.get_rank_display()))
    return " · ".join(known) or _("in being")


def _baseline(row: ShownRow, known: Mapping[tuple[str, int], str]) -> str:
    of_ledger = [
        f"{cell.label} {cell.shown}"
        for cell in row.line.cells
        if cell.name in OF_THE_LEDGER and cell.shown
    ]
    if any(cell.name == "before" for cell in row.line.cells):
        return "".join(of_ledger)
    record = known.get((row.line.subject, row.line.subject_id or 0), "")
    return " · ".join(filter(None, [*of_ledger, record]))


def _told(row: ShownRow) -> list[tuple[Cell, str | None]]:
    """Return the cells that the plan itself says, each with what the other version said."""
    pairs = zip(row.line.cells, row.cells, strict=True)
    return [(cell, shown.was) for cell, shown in pairs if cell.name not in OF_THE_LEDGER]


def _before(row: ShownRow, *, was_read: bool) -> list[Said]:
    if not was_read or row.is_new:
        return []
    return [
        Said(cell.label, cell.shown if was is None else was, was is not None)
        for cell, was in _told(row)
        if (cell.shown if was is None else was)
    ]


def _now(row: ShownRow) -> list[Said]:
    if row.is_gone:
        return []
    return [Said(cell.label, cell.shown, was is not None) for cell, was in _told(row) if cell.shown]

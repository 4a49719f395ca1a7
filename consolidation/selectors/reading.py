"""A plan's document as a page shows it: what differs from another version, opinions at their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from consolidation.selectors.opinions import WHOLE_PLAN, by_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from consolidation.models import Opinion
    from consolidation.selectors.document import Cell, Line, ReadSection, Section


@dataclass(frozen=True)
class ShownCell:
    """A value in words; ``was`` is what another version said, ``None`` where it said the same."""

    label: StrOrPromise
    shown: str
    was: str | None = None


@dataclass(frozen=True)
class ShownRow:
    """A line of the document with its marks and its opinions.

    ``opens`` says whether opinions on its record are given here: a record may stand in several
    lines of a part, and its opinions stand at the first.
    """

    line: Line
    cells: list[ShownCell]
    opens: bool
    anchor: str
    opinions: list[Opinion] = field(default_factory=list)
    is_new: bool = False
    is_gone: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the other version."""
        return self.is_new or self.is_gone or any(cell.was is not None for cell in self.cells)

    @property
    def differing(self) -> list[ShownCell]:
        """The cells that differ; of a row that came or went, those that say something."""
        if self.is_new or self.is_gone:
            return [cell for cell in self.cells if cell.shown] or self.cells[:1]
        return [cell for cell in self.cells if cell.was is not None]


@dataclass(frozen=True)
class ShownSection:
    """A section with its rows, those of the other version that are gone at the end."""

    section: Section
    headings: list[StrOrPromise]
    rows: list[ShownRow]

    @property
    def opens(self) -> bool:
        """Whether opinions are given at one of its rows."""
        return any(row.opens for row in self.rows)

    @property
    def changed(self) -> int:
        """How many rows differ from the other version."""
        return sum(row.is_changed for row in self.rows)


@dataclass(frozen=True)
class Reading:
    """A whole document, and the opinions that stand at no row of it."""

    sections: list[ShownSection]
    general: list[Opinion]

    @property
    def changed(self) -> int:
        """How many rows differ from the other version."""
        return sum(part.changed for part in self.sections)


def reading_of(
    document: list[ReadSection],
    *,
    before: list[ReadSection] | None = None,
    opinions: Iterable[Opinion] = (),
) -> Reading:
    """Return ``document`` to be shown, with what differs from ``before`` and ``opinions``.

    ``before`` has been read with the same rights; without it nothing is marked.
    """
    left = by_row(opinions)
    seen: set[tuple[str, str, int | None]] = set()
    earlier = {part.section.key: part for part in before or ()}
    sections = []
    for part in document:
        old = earlier.get(part.section.key)
        lines = {line.key: line for line in old.lines} if old else {}
        rows = []
        for line in part.lines:
            about = (part.section.part, line.subject, line.subject_id)
            opens = (line.subject, line.subject_id) != WHOLE_PLAN and about not in seen
            seen.add(about)
            was = lines.pop(line.key, None)
            rows.append(
                ShownRow(
                    line,
                    _cells(line, was),
                    opens,
                    _anchor(part, line),
                    left.pop(about, []) if opens else [],
                    is_new=before is not None and was is None,
                )
            )
        rows += [
            ShownRow(line, _cells(line, None), opens=False, anchor="", is_gone=True)
            for line in lines.values()
        ]
        headings = part.headings or (old.headings if old else [])
        sections.append(ShownSection(part.section, headings, rows))
    return Reading(sections, [opinion for found in left.values() for opinion in found])


def _cells(line: Line, was: Line | None) -> list[ShownCell]:
    old: dict[str, Cell] = {cell.name: cell for cell in was.cells} if was else {}
    return [
        ShownCell(cell.label, cell.shown, _was(cell, old.get(cell.name))) for cell in line.cells
    ]


def _was(cell: Cell, old: Cell | None) -> str | None:
    """Return what the other version said; nothing given is the same however it is stored."""
    if old is None or old.raw == cell.raw or not (old.shown or cell.shown):
        return None
    return old.shown


def _anchor(part: ReadSection, line: Line) -> str:
    """Return a name of the row that is unique on the page and may stand in an address."""
    if line.subject_id is None:
        return ""
    return f"{part.section.part}-{line.subject}-{line.subject_id}"

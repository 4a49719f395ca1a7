"""A plan as it is read: every line that it says, in sections. One reading for all who read it.

The page of submission shows it, a signature's digest is made of it, and two versions differ by
it. Another app adds sections of its own (``staffing``: people).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from consolidation.models import Part
from platforms_portal.access import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from django_stubs_ext import StrOrPromise

    from consolidation.models import MergePlan


class Cell(NamedTuple):
    """One value of a line: its name, its heading, its words, and what is stored."""

    name: str
    label: StrOrPromise
    shown: str
    raw: Any


@dataclass(frozen=True)
class Line:
    """What a plan says of one record.

    ``key`` tells the line apart in its section and is the same in every version of the plan;
    ``subject`` and ``subject_id`` name the record (``platform``, ``body``, ``plate``); ``url_name``
    is empty where it has no page.
    """

    key: str
    subject: str
    subject_id: int | None
    label: str
    cells: tuple[Cell, ...]
    is_placeholder: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the document: who signs it, its heading, its columns, and how it is read."""

    key: str
    part: str
    title: StrOrPromise
    read: Callable[[MergePlan], list[Line]]
    empty: StrOrPromise = ""


SECTIONS: dict[str, Section] = {}

LEDGERS: dict[str, Callable[[MergePlan], Iterable[Any]]] = {}
"""What a plan rests on: readers of the ledger, each of which yields rows of plain values."""


def register(section: Section) -> Section:
    """Add a section; a key taken already is an error of the programmer."""
    if section.key in SECTIONS:
        raise ValueError(f"section {section.key!r} is registered twice")
    SECTIONS[section.key] = section
    return section


@dataclass(frozen=True)
class ReadSection:
    """A section with its lines, as one plan has it."""

    section: Section
    lines: list[Line]

    @property
    def headings(self) -> list[StrOrPromise]:
        """The headings of its columns."""
        return [cell.label for cell in self.lines[0].cells] if self.lines else []


RIGHT_FOR: dict[str, Right] = {
    Part.CONTENT: Right.VIEW_LEDGER,
    Part.BODIES: Right.VIEW_BODIES,
    Part.PEOPLE: Right.VIEW_PEOPLE,
}
"""The right that each part of a plan asks for."""


def document_of(plan: MergePlan, rights: Collection[Right] | None = None) -> list[ReadSection]:
    """Return what ``plan`` says, in the order of the sections; with ``rights`` what they allow."""
    return [
        ReadSection(section, section.read(plan))
        for section in SECTIONS.values()
        if rights is None or RIGHT_FOR[section.part] in rights
    ]


def content_digest(plan: MergePlan, rights: Collection[Right] | None = None) -> str:
    """Return the SHA-256 of ``document_of``, as stored: no language changes it."""
    return digest_of(document_of(plan, rights))


def digest_of(read: list[ReadSection]) -> str:
    """Return the SHA-256 of a document that has been read."""
    content = {
        part.section.key: {
            line.key: {cell.name: cell.raw for cell in line.cells} for line in part.lines
        }
        for part in read
    }
    return _sha256(content)


def ledger_digest(plan: MergePlan) -> str:
    """Return the SHA-256 of the ledger that ``plan`` rests on: its owner's baseline."""
    return _sha256({key: sorted(read(plan)) for key, read in LEDGERS.items()})


def _sha256(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Difference(NamedTuple):
    """One line in which two versions differ: the cells as they were and as they are.

    ``before`` or ``after`` is ``None`` where the line stands in one version only.
    """

    label: str
    before: Line | None
    after: Line | None
    changed: list[tuple[StrOrPromise, str, str]]


def differences(
    one: MergePlan, other: MergePlan, rights: Collection[Right] | None = None
) -> list[tuple[Section, list[Difference]]]:
    """Return by section what ``other`` says otherwise than ``one``; equal sections are left out."""
    before, after = document_of(one, rights), document_of(other, rights)
    found = []
    for old, new in zip(before, after, strict=True):
        lines = _between({line.key: line for line in old.lines}, {x.key: x for x in new.lines})
        if lines:
            found.append((old.section, lines))
    return found


def _between(old: dict[str, Line], new: dict[str, Line]) -> list[Difference]:
    found = []
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        changed = _changed(before, after)
        if changed:
            known = after or before
            found.append(Difference(known.label if known else key, before, after, changed))
    return found


def _changed(before: Line | None, after: Line | None) -> list[tuple[StrOrPromise, str, str]]:
    old = {cell.name: cell for cell in before.cells} if before else {}
    new = {cell.name: cell for cell in after.cells} if after else {}
    changed: list[tuple[StrOrPromise, str, str]] = []
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        if (was.raw if was else None) != (now.raw if now else None):
            label = (now or was).label  # type: ignore[union-attr]  # one of them is there
            changed.append((label, was.shown if was else "", now.shown if now else ""))
    return changed

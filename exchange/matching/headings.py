"""Where the headings of a sheet stand, and which column each of them names."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from exchange.matching.how import How
from exchange.matching.words import in_all_languages, normalised, without_unit
from exchange.reading.cells import EMPTY, Cell, CellState
from exchange.subjects.spec import TEMPLATES, subject_with

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exchange.subjects import Column, Subject

    Row = tuple[int, list[Cell]]
    Remembered = Mapping[tuple[str, str], str]

LOOKED_AT = 30
"""Rows from the top among which the headings must be."""

_ALIKE = 0.8
_ALMOST = 0.75
_TELLING = 2
"""A single word that is a heading's may be a value as well."""

_HEADING_MAX = 60
_STRENGTH = {How.ALIAS: 1, How.LABEL: 2, How.REMEMBERED: 3}
_REQUIRED_WEIGHT = 2


@dataclass
class Named:
    """A column of the file: its heading, and what it was taken for, if anything.

    ``rival`` is the place of the column that has the same name already.
    """

    place: int
    heading: str
    name: str = ""
    how: How = How.NONE
    rival: int | None = None


@dataclass
class Headings:
    """The rows of headings and what they name. ``score`` counts required columns twice."""

    rows: tuple[int, int]
    columns: list[Named] = field(default_factory=list)
    score: int = 0
    needed: int = 0

    @property
    def names(self) -> dict[str, Named]:
        """The columns of the file by the subject's."""
        return {column.name: column for column in self.columns if column.name}


def known_headings(subject: Subject) -> dict[str, tuple[Column, How]]:
    """Return what each normalised heading means in a subject; of equal aliases the first counts."""
    return _known(subject.key)


@cache
def _known(key: str) -> dict[str, tuple[Column, How]]:
    subject = subject_with(key)
    known: dict[str, tuple[Column, How]] = {}
    for column in subject.columns:
        for word in (column.name, *in_all_languages(column.label)):
            known.setdefault(normalised(word), (column, How.LABEL))
    for column in subject.columns:
        for word in column.aliases:
            known.setdefault(normalised(word), (column, How.ALIAS))
    return known


def find_headings(subject: Subject, top: Sequence[Row], remembered: Remembered) -> Headings | None:
    """Return the headings among the rows of ``top`` that name most of the subject's columns.

    One row, or two where a heading stands over several others. ``None`` if nothing is named.
    """
    found: list[Headings] = []
    for at, (number, cells) in enumerate(top[:LOOKED_AT]):
        below = top[at + 1] if at + 1 < len(top) else (0, [])
        found.append(_named(subject, number, number, [], cells, remembered))
        if below[0] == number + 1:
            found.append(_named(subject, number, below[0], cells, below[1], remembered))
    # A title above the headings makes them no better: of equals, one row goes before two.
    best = max(
        found,
        key=lambda headings: (headings.score, headings.rows[0] - headings.rows[1]),
        default=None,
    )
    return best if best and best.score else None


def nearest(subject: Subject, heading: str) -> Column | None:
    """Return the column whose heading is almost this one."""
    known = known_headings(subject)
    near = difflib.get_close_matches(normalised(heading)[:60], known, n=1, cutoff=_ALMOST)
    return known[near[0]][0] if near else None


def _named(
    subject: Subject,
    first: int,
    last: int,
    upper: Sequence[Cell],
    lower: Sequence[Cell],
    remembered: Remembered,
) -> Headings:
    columns, meanings = [], {}
    groups = _groups(upper, lower)
    for place in range(max(len(groups), len(lower))):
        above = _word(groups[place] if place < len(groups) else EMPTY)
        below = _word(lower[place] if place < len(lower) else EMPTY)
        heading = below if not above or above == below else f"{above} / {below}" if below else above
        if heading:
            columns.append(Named(place, heading))
            meanings[place] = _meaning(subject, above, below, heading, remembered)
    headings = Headings((first, last), columns)
    _assign(headings, meanings)
    known = {column.name: column for column in subject.columns}
    for name in headings.names:
        required = known[name].required
        headings.score += _REQUIRED_WEIGHT if required else 1
        headings.needed += required
    return headings


def _word(cell: Cell) -> str:
    """Return the text of a heading; a number is none, but what stands in a sheet as text is."""
    return cell.text.strip() if isinstance(cell.value, str) else ""


def _groups(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """Let a heading above others that is not merged over them reach to the right."""
    groups: list[Cell] = []
    for place, cell in enumerate(upper):
        own_below = place < len(lower) and bool(_word(lower[place]))
        before_below = place > 0 and place - 1 < len(lower) and bool(_word(lower[place - 1]))
        if not cell.text and own_below and before_below and groups:
            groups.append(groups[-1])
        else:
            groups.append(cell)
    return groups


def _meaning(
    subject: Subject, above: str, below: str, heading: str, remembered: Remembered
) -> tuple[str, How] | None:
    """Return the column that a heading names; what was remembered goes before labels and aliases."""
    kept = remembered.get((subject.key, normalised(heading)))
    if kept is not None:
        return (kept, How.REMEMBERED)
    known = known_headings(subject)
    words = [above + below, below + above, below] if above and below else [above or below]
    for word in words:
        key = normalised(word)
        for candidate in (key, without_unit(key)):
            if candidate in known:
                column, how = known[candidate]
                return column.name, how
    return None


def _assign(headings: Headings, meanings: dict[int, tuple[str, How] | None]) -> None:
    """Give each column of the subject to one of the file: the surest, else the first."""
    places = {column.place: column for column in headings.columns}
    order = sorted(
        (place for place, meaning in meanings.items() if meaning),
        key=lambda place: (-_strength(meanings[place]), place),
    )
    taken: dict[str, int] = {}
    for place in order:
        name, how = meanings[place] or ("", How.NONE)
        if not name:
            places[place].how = how
        elif name in taken:
            places[place].rival = taken[name]
        else:
            taken[name] = place
            places[place].name, places[place].how = name, how


def _strength(meaning: tuple[str, How] | None) -> int:
    return _STRENGTH[meaning[1]] if meaning else 0


def is_heading_again(cells: Sequence[Cell], headings: Mapping[int, str]) -> bool:
    """Whether a row repeats the headings, as long printed tables do on each page."""
    told = [
        (place, cell.text)
        for place, cell in enumerate(cells)
        if cell.text and cell.state is not CellState.ACROSS
    ]
    same = 0
    for looked_at, (place, text) in enumerate(told, start=1):
        heading = headings.get(place, "")
        same += bool(heading) and _same_heading(text, heading)
        if looked_at == _TELLING and not same:
            return False
    return same >= max(_TELLING, len(told) * _ALIKE)


def _same_heading(text: str, heading: str) -> bool:
    return len(text) < _HEADING_MAX and normalised(text) == normalised(heading.rpartition(" / ")[2])


def begins_another_table(cells: Sequence[Cell], own: Mapping[int, str]) -> bool:
    """Whether a row below the headings holds headings itself, and others than those above it."""
    words = [cell.text for cell in cells if cell.text and cell.state is CellState.PLAIN]
    if len(words) < _TELLING or not all(_is_heading(word) for word in words[:_TELLING]):
        return False
    known = sum(_is_heading(word) for word in words)
    return known >= len(words) * _ALIKE and not is_heading_again(cells, own)


def _is_heading(text: str) -> bool:
    return len(text) < _HEADING_MAX and normalised(text) in _headings_of_all()


@cache
def _headings_of_all() -> frozenset[str]:
    subjects = [subject for template in TEMPLATES.values() for subject in template.subjects]
    return frozenset(word for subject in subjects for word in known_headings(subject))

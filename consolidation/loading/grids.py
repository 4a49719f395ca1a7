"""The shape of one sheet: its headings, and its rows without blanks and comments."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.loading.lost_values import is_lost

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from consolidation.loading.sources import Rows
    from consolidation.loading.specs import Sheet

    Fail = Callable[[int | None, str, str, str], None]
    """Takes row, column, value and message of an error."""


@dataclass
class Line:
    """One row: its cells that are not empty, by heading, and where each of them stands."""

    number: int
    cells: dict[str, str]
    numbers: dict[str, int] | None = None

    def row_of(self, heading: str) -> int | None:
        """Return the spreadsheet's row of a cell; ``None`` if it is missing from a list of keys."""
        return self.number if self.numbers is None else self.numbers.get(heading)


@dataclass
class Grid:
    """A sheet whose headings were understood. ``whole`` is false if a required one is missing."""

    headings: frozenset[str]
    lines: list[Line]
    whole: bool = True


def closest(word: str, known: Collection[str]) -> str:
    """Return a hint at the known word that ``word`` is nearest to, else the list of them all."""
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return _("Did you mean “%(word)s”?") % {"word": near[0]}
    return _("Known are: %(words)s.") % {"words": ", ".join(sorted(known))}


def _content(rows: Rows) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(rows, start=1):
        if any(cells) and (not cells[0].startswith("#") or is_lost(cells[0])):
            yield number, cells


def grid_of(sheet: Sheet, rows: Rows, fail: Fail) -> Grid | None:
    """Return the grid of ``rows``; ``None`` after a ``fail`` if there are not even headings."""
    content = _content(rows)
    number, headings = next(content, (None, []))
    if number is None:
        fail(None, "", "", _("This is empty. Give it a row of headings, or remove it."))
        return None
    if sheet.as_pairs:
        known, required = frozenset({"key", "value"}), frozenset({"key", "value"})
    else:
        known = frozenset(column.heading for column in sheet.all_columns)
        required = frozenset(column.heading for column in sheet.columns if column.required)
    places = _places(headings, known, number, fail)
    missing = required - places.keys()
    for heading in sorted(missing):
        fail(number, heading, "", _("This heading is required and missing."))
    grid = Grid(frozenset(places), [], whole=not missing)
    if not missing:
        grid.lines.extend(_lines(content, headings, places, fail))
    return _transposed(sheet, grid, fail) if sheet.as_pairs else grid


def _places(headings: list[str], known: frozenset[str], number: int, fail: Fail) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        if not heading:
            continue
        if heading in places:
            fail(number, heading, heading, _("This heading stands twice."))
        elif heading in known:
            places[heading] = place
        else:
            message = _("This heading is unknown.") + " " + closest(heading, known)
            fail(number, heading, heading, message)
    return places


def _lines(
    content: Iterator[tuple[int, list[str]]],
    headings: list[str],
    places: dict[str, int],
    fail: Fail,
) -> Iterator[Line]:
    wanted = list(places.items())
    unnamed = {place for place, heading in enumerate(headings) if not heading}
    for number, cells in content:
        width = len(cells)
        for place in (
            unnamed.union(range(len(headings), width)) if unnamed or width > len(headings) else ()
        ):
            if place < width and cells[place]:
                message = _("This cell stands below no heading. Is there a comma too many?")
                fail(number, column_letters(place), cells[place], message)
        yield Line(number, {name: cells[at] for name, at in wanted if at < width and cells[at]})


def column_letters(place: int) -> str:
    """Return the letters by which a spreadsheet names the column at ``place`` (0 is A)."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _transposed(sheet: Sheet, grid: Grid, fail: Fail) -> Grid | None:
    """Turn a list of keys and values into one row with the keys as its headings."""
    if not grid.whole:
        return None
    known = {column.heading for column in sheet.all_columns}
    line = Line(0, {}, {})
    numbers: dict[str, int] = {}
    for pair in grid.lines:
        key, value = pair.cells.get("key", ""), pair.cells.get("value", "")
        if key not in known:
            fail(pair.number, "key", key, _("This key is unknown.") + " " + closest(key, known))
        elif key in numbers:
            message = _("This key already stands in row %(row)s.") % {"row": numbers[key]}
            fail(pair.number, "key", key, message)
        else:
            numbers[key] = pair.number
            if value:
                line.cells[key] = value
    line.number, line.numbers = min(numbers.values(), default=0), numbers
    return Grid(frozenset(numbers), [line])

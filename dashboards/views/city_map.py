"""The map of the divisions as the page draws it: shapes with their figures before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consolidation.selectors.narrowing import Counted
from consolidation.selectors.state import State
from dashboards.selectors.maps import drawing_for
from dashboards.views.city_charts import records_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from consolidation.checks.base import Finding
    from consolidation.selectors.home import Overview
    from dashboards.selectors.city import Ranked
    from dashboards.selectors.maps import Drawing, Shape

LEVELS = 4
"""Shades of the map, beside the one for nothing."""

_GENERIC = re.compile(r" (District|County|City)$")


@dataclass(frozen=True)
class Area:
    """One shape with the figures of its division; without ``row`` it is outline only."""

    shape: Shape
    row: Ranked | None
    name: str = ""
    number: int | None = None
    level: int = 0
    url: str = ""
    words: str = ""
    finding: Finding | None = None


@dataclass(frozen=True)
class Picture:
    """The map in one state: ``key`` names it in the page."""

    key: str
    title: str
    areas: list[Area]


@dataclass(frozen=True)
class CityMap:
    """Both pictures on one drawing, and the divisions that it does not draw."""

    drawing: Drawing
    pictures: list[Picture]
    undrawn: list[Ranked]


def city_map(overview: Overview, name: str, rows: list[Ranked], *, today: bool) -> CityMap | None:
    """Return the map of ``rows``, counted by ``name``; nothing where no drawing has their codes."""
    programme = overview.programme
    day = overview.as_of if today else programme.baseline_date
    drawing = drawing_for({row.code for row in rows}, day)
    if drawing is None:
        return None
    most = max((row.baseline for row in rows if row.code in drawing.codes), default=0)
    place = "today" if today else "division"

    def address(state: State, row: Ranked) -> str:
        counted = Counted.BASELINE if state == State.BASELINE else Counted.STATE
        return records_address(
            programme, name, state, overview.as_of, counted=counted.value, **{place: row.code}
        )

    before = _picture("before", drawing, rows, lambda row: row.baseline, most, address)
    after = _picture("after", drawing, rows, lambda row: row.in_state, most, address, overview)
    undrawn = [row for row in rows if row.code not in drawing.codes]
    return CityMap(drawing, [before, after], undrawn)


def _picture(
    key: str,
    drawing: Drawing,
    rows: list[Ranked],
    number: Callable[[Ranked], int],
    most: int,
    address: Callable[[State, Ranked], str],
    overview: Overview | None = None,
) -> Picture:
    state = overview.state if overview is not None else State.BASELINE
    by_code = {row.code: row for row in rows}
    areas = []
    for shape in drawing.shapes:
        row = by_code.get(shape.code)
        if row is None:
            areas.append(Area(shape, None))
            continue
        is_known = not (row.tally.missing_baseline if overview is None else not row.is_known)
        shown = number(row) if is_known else None
        finding = row.finding if overview is not None else None
        areas.append(
            Area(
                shape,
                row,
                short_name(row),
                shown,
                -(-shown * LEVELS // most) if shown and most else 0,
                address(state, row),
                _words(row, shown, finding),
                finding,
            )
        )
    return Picture(key, str(state.label), areas)


def short_name(row: Ranked) -> str:
    """Return the name of a division as a map has room for it."""
    name = str(row.scope.label)
    return _GENERIC.sub("", name) if get_language() == "en" else name


def _words(row: Ranked, shown: int | None, finding: Finding | None) -> str:
    words: list[Any] = [row.scope.label, _("not known") if shown is None else number_format(shown)]
    if finding is not None:
        words.append(finding.status.label)
    return " ".join(str(word) for word in words)

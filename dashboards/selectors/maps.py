"""Schematic maps of divisions: which packaged drawing fits a programme's divisions on a day.

A drawing is found by the codes of the divisions, never by the name of a city: of the maps that
``fixtures/maps/index.json`` lists for the day, the one that draws the most of them. Where none draws
any there is no map. Drawings are schematic (示意图), so coordinates are whole units of a small picture.
"""

from __future__ import annotations

import datetime
import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

WIDTH = 1000
"""The width of a drawing in its own units."""

SMALL = 10
"""A division whose box is less than a part in so many of the largest is drawn in the inset too."""

Ring = list[tuple[float, float]]


class Box(NamedTuple):
    """A rectangle."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def area(self) -> int:
        """Width by height."""
        return self.width * self.height


@dataclass(frozen=True)
class Shape:
    """One division: its outline as the data of an SVG path, its box, and where its label stands.

    ``inset_x`` and ``inset_y`` place the label in the inset; a shape that is not small has none.
    """

    code: str
    path: str
    box: Box
    x: int
    y: int
    inset_x: int | None = None
    inset_y: int | None = None

    @property
    def is_small(self) -> bool:
        """Whether it is drawn in the inset too, where its label stands."""
        return self.inset_x is not None

    @property
    def label_x(self) -> int:
        """Where its label stands, from the left."""
        return self.x if self.inset_x is None else self.inset_x

    @property
    def label_y(self) -> int:
        """Where its label stands, from the top."""
        return self.y if self.inset_y is None else self.inset_y


@dataclass(frozen=True)
class Inset:
    """The part that is drawn again, as wide as the whole: what it shows, its height, its scale."""

    of: Box
    height: int
    transform: str


@dataclass(frozen=True)
class Drawing:
    """A map, ``WIDTH`` wide: its height, its shapes, and its inset where some are small."""

    name: str
    height: int
    shapes: tuple[Shape, ...]
    inset: Inset | None

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the divisions that it draws."""
        return frozenset(shape.code for shape in self.shapes)


def drawing_for(codes: Collection[str], day: datetime.date) -> Drawing | None:
    """Return the drawing, valid on ``day``, of most divisions with these codes; none, nothing."""
    best: Drawing | None = None
    best_number = 0
    for file, valid_from, valid_to in _listed():
        if (valid_from and day < valid_from) or (valid_to and day >= valid_to):
            continue
        drawing = drawing_in(file)
        number = len(drawing.codes & set(codes))
        if number > best_number:
            best, best_number = drawing, number
    return best


@cache
def _listed() -> tuple[tuple[Path, datetime.date | None, datetime.date | None], ...]:
    folder = Path(settings.BASE_DIR) / "fixtures" / "maps"
    listed = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return tuple(
        (folder / entry["file"], _day(entry["valid_from"]), _day(entry["valid_to"]))
        for entry in listed
    )


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


@cache
def drawing_in(file: Path) -> Drawing:
    """Return the drawing that ``file`` (GeoJSON with ``code`` in its properties) holds."""
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    rings = {feature["properties"]["code"]: _rings(feature["geometry"]) for feature in features}
    placed = _placed(rings)
    shapes = [_shape(code, outline) for code, outline in sorted(placed.items())]
    height = max(shape.box.bottom for shape in shapes)
    largest = max(shape.box.area for shape in shapes)
    small = [shape for shape in shapes if shape.box.area * SMALL < largest]
    inset = None
    if 1 < len(small) < len(shapes):
        inset = _inset(small)
        shapes = [_with_label(shape, inset) if shape in small else shape for shape in shapes]
    return Drawing(file.stem, height, tuple(shapes), inset)


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [[(x, y) for x, y, *_height in ring] for polygon in polygons for ring in polygon]


def _placed(rings: dict[str, list[Ring]]) -> dict[str, list[list[tuple[int, int]]]]:
    """Return the rings in whole units of the picture: degrees east shrink with the latitude."""
    points = [point for outline in rings.values() for ring in outline for point in ring]
    west, east = (edge(x for x, _y in points) for edge in (min, max))
    south, north = (edge(y for _x, y in points) for edge in (min, max))
    shrink = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * shrink)
    placed = {}
    for code, outline in rings.items():
        placed[code] = [
            _thinned(
                [(round((x - west) * shrink * scale), round((north - y) * scale)) for x, y in ring]
            )
            for ring in outline
        ]
    return placed


def _thinned(ring: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [point for at, point in enumerate(ring) if at == 0 or point != ring[at - 1]]


def _shape(code: str, outline: list[list[tuple[int, int]]]) -> Shape:
    points = [point for ring in outline for point in ring]
    path = "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in outline)
    x, y = _middle(max(outline, key=lambda ring: abs(_moments(ring)[0])))
    return Shape(code, path, _box(points), x, y)


def _box(points: Iterable[tuple[int, int]]) -> Box:
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _moments(ring: list[tuple[int, int]]) -> tuple[int, int, int]:
    """Return twice the area of a ring, and six times its first moments."""
    area = at_x = at_y = 0
    for (x, y), (next_x, next_y) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x * next_y - next_x * y
        area, at_x, at_y = (
            area + cross,
            at_x + (x + next_x) * cross,
            at_y + (y + next_y) * cross,
        )
    return area, at_x, at_y


def _middle(ring: list[tuple[int, int]]) -> tuple[int, int]:
    area, at_x, at_y = _moments(ring)
    return (at_x // (3 * area), at_y // (3 * area)) if area else ring[0]


def _inset(small: list[Shape]) -> Inset:
    of = _box(
        point for shape in small for point in (shape.box[:2], (shape.box.right, shape.box.bottom))
    )
    moved = f"scale({WIDTH / of.width:.4f}) translate({-of.left} {-of.top})"
    return Inset(of, of.height * WIDTH // of.width, moved)


def _with_label(shape: Shape, inset: Inset) -> Shape:
    across = (shape.x - inset.of.left) * WIDTH // inset.of.width
    down = (shape.y - inset.of.top) * WIDTH // inset.of.width
    return Shape(shape.code, shape.path, shape.box, shape.x, shape.y, across, down)

"""The method of the comprehensive evaluation: from values to points, totals and ranks.

Pure arithmetic on integers and decimals, without the database, so that a published year is
computed again exactly as it was. The method is described in docs/evaluation.md; changing it means
adding a further one to ``METHODS``, for what was published keeps the number of its own.

Method 1, by the best value:

* An indicator gives at most its weight in points; all weights make 100 points.
* Where higher is better, points = weight × value ÷ best value; where lower is better, weight ×
  best value ÷ value. The best value is the best one known among all that are evaluated.
* Points of an indicator are rounded once, to two decimals, halves up. Sums are sums of these
  rounded points, so that every printed total is exactly what is printed above it.
* A value that is not known gives no points and is not zero: dimension and total are then
  incomplete, and the platform stands apart from the ranking.
* Equal totals share a rank, and the next rank is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from django.utils.translation import get_language

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
TENTHS = 10
"""A weight is in thousandths, and all of them are worth 100 points: ten of them are one."""


@dataclass(frozen=True)
class Measure:
    """An indicator as the method sees it; ``weight`` in thousandths."""

    code: str
    name: str
    dimension: str
    unit: str
    weight: int
    higher_is_better: bool = True
    decimals: int = 2
    name_en: str = ""
    source: str = ""
    department: str = ""
    is_placeholder: bool = False

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name

    @property
    def full(self) -> Decimal:
        """The points that the best value gets."""
        return _points(Fraction(self.weight, TENTHS))


@dataclass(frozen=True)
class Party:
    """A retained platform that is evaluated, with its owner."""

    id: int
    code: str
    name: str
    division_id: int
    division: str
    name_en: str = ""
    division_en: str = ""
    is_placeholder: bool = False

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name

    @property
    def owner(self) -> str:
        """The owner's name in the reader's language."""
        return self.division_en if get_language() == "en" and self.division_en else self.division


@dataclass(frozen=True)
class Figure:
    """A value that is known, and where from."""

    value: Decimal
    source: str = ""
    is_placeholder: bool = False


Figures: TypeAlias = Mapping[tuple[str, int], Figure]
"""The values that are known, by the code of the indicator and the key of the platform."""


@dataclass(frozen=True)
class Best:
    """The best value of an indicator, and whose it is (the first few where several share it)."""

    value: Decimal
    holders: tuple[Party, ...]


@dataclass(frozen=True)
class Point:
    """What one platform gets for one indicator; ``None`` where its value is not known."""

    measure: Measure
    figure: Figure | None
    best: Best | None
    points: Decimal | None


@dataclass(frozen=True)
class Subtotal:
    """Points of one dimension: ``known`` of at most ``full``, with ``missing`` values not known."""

    dimension: str
    full: Decimal
    known: Decimal
    missing: int

    @property
    def points(self) -> Decimal | None:
        """The score; ``None`` where a value is missing."""
        return None if self.missing else self.known


@dataclass(frozen=True)
class Row:
    """One platform's result. ``rank`` and ``total`` are ``None`` where a value is missing."""

    party: Party
    points: tuple[Point, ...]
    dimensions: tuple[Subtotal, ...]
    rank: int | None = None

    @property
    def missing(self) -> int:
        """How many values are not known."""
        return sum(part.missing for part in self.dimensions)

    @property
    def known(self) -> Decimal:
        """The points for what is known."""
        return sum((part.known for part in self.dimensions), NOTHING)

    @property
    def total(self) -> Decimal | None:
        """The total; ``None`` where a value is missing."""
        return None if self.missing else self.known

    @property
    def rests_on_placeholder(self) -> bool:
        """Whether the platform or a value of it is a placeholder."""
        return self.party.is_placeholder or any(
            point.figure is not None and point.figure.is_placeholder for point in self.points
        )


@dataclass(frozen=True)
class Table:
    """A year's result: those ranked by rank, then those with missing values by code."""

    measures: tuple[Measure, ...]
    rows: tuple[Row, ...]

    @property
    def weight(self) -> int:
        """The sum of all weights, in thousandths."""
        return sum(measure.weight for measure in self.measures)

    @property
    def ranked(self) -> list[Row]:
        """The platforms whose values are all known."""
        return [row for row in self.rows if row.rank is not None]

    @property
    def incomplete(self) -> list[Row]:
        """The platforms of which a value is missing."""
        return [row for row in self.rows if row.rank is None]

    @property
    def dimensions(self) -> list[tuple[str, int]]:
        """The dimensions that indicators measure, with their weights, in the indicators' order."""
        weights: dict[str, int] = {}
        for measure in self.measures:
            weights[measure.dimension] = weights.get(measure.dimension, 0) + measure.weight
        return list(weights.items())

    @property
    def rests_on_placeholders(self) -> bool:
        """Whether any indicator, platform or value is a placeholder."""
        return any(measure.is_placeholder for measure in self.measures) or any(
            row.rests_on_placeholder for row in self.rows
        )

    def row_of(self, party_id: int) -> Row | None:
        """Return the result of one platform."""
        return next((row for row in self.rows if row.party.id == party_id), None)


def share_of_best(value: Decimal, best: Decimal, *, higher_is_better: bool) -> Fraction:
    """Return which part of the full points ``value`` earns beside the ``best`` one, from 0 to 1."""
    if higher_is_better:
        return Fraction(value) / Fraction(best) if best else Fraction(0)
    if value == best:
        return Fraction(1)
    return Fraction(best) / Fraction(value)


def by_best_value(measures: Sequence[Measure], parties: Sequence[Party], figures: Figures) -> Table:
    """Return the result by method 1. The order in which anything is given makes no difference."""
    known = sorted(parties, key=lambda party: (party.code, party.id))
    bests = {measure.code: _best(measure, known, figures) for measure in measures}
    rows = [_row(measures, party, figures, bests) for party in known]
    complete = sorted((row for row in rows if not row.missing), key=lambda row: -row.known)
    # A stable sort: equal totals stay in the order of their codes.
    ranked: list[Row] = []
    for place, row in enumerate(complete, start=1):
        is_tie = bool(ranked) and ranked[-1].known == row.known
        ranked.append(replace(row, rank=ranked[-1].rank if is_tie else place))
    return Table(tuple(measures), (*ranked, *(row for row in rows if row.missing)))


METHODS: dict[int, Callable[[Sequence[Measure], Sequence[Party], Figures], Table]] = {
    1: by_best_value
}
METHOD = 1
"""The method of years that are not published yet."""


def _points(exact: Fraction) -> Decimal:
    """Return points rounded to two decimals, halves up, without a float on the way."""
    cents = (200 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return Decimal(cents).scaleb(-2)


def _best(measure: Measure, parties: Sequence[Party], figures: Figures) -> Best | None:
    values = {
        party.id: figures[measure.code, party.id].value
        for party in parties
        if (measure.code, party.id) in figures
    }
    if not values:
        return None
    best = max(values.values()) if measure.higher_is_better else min(values.values())
    return Best(best, tuple(party for party in parties if values.get(party.id) == best))


def _row(
    measures: Sequence[Measure],
    party: Party,
    figures: Figures,
    bests: Mapping[str, Best | None],
) -> Row:
    points = tuple(
        _point(measure, figures.get((measure.code, party.id)), bests[measure.code])
        for measure in measures
    )
    names = dict.fromkeys(measure.dimension for measure in measures)
    return Row(party, points, tuple(_subtotal(name, points) for name in names))


def _point(measure: Measure, figure: Figure | None, best: Best | None) -> Point:
    if figure is None or best is None:
        return Point(measure, None, best, None)
    share = share_of_best(figure.value, best.value, higher_is_better=measure.higher_is_better)
    return Point(measure, figure, best, _points(Fraction(measure.weight, TENTHS) * share))


def _subtotal(dimension: str, points: Sequence[Point]) -> Subtotal:
    own = [point for point in points if point.measure.dimension == dimension]
    return Subtotal(
        dimension,
        sum((point.measure.full for point in own), NOTHING),
        sum((point.points for point in own if point.points is not None), NOTHING),
        sum(point.points is None for point in own),
    )

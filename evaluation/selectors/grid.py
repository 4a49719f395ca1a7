"""The grid in which a year's values are entered: a row a platform, a column an indicator."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.models import RetainedPlatform
from evaluation.models import Indicator, IndicatorValue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from evaluation.models import EvaluationYear


def field_name(retained_id: int, indicator_id: int) -> str:
    """Return the name of the field of one value."""
    return f"v{retained_id}-{indicator_id}"


def written(value: Decimal) -> str:
    """Return a value as a form sends it: all its digits, no zeros behind them."""
    return f"{value.normalize():f}"


def digest(values: Mapping[str, str]) -> str:
    """Return the digest of what a form showed: the same as long as nobody changes anything."""
    text = json.dumps(dict(values), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class GridCell:
    """One value: its indicator, the name of its field, and what is stored (or nothing)."""

    indicator: Indicator
    name: str
    stored: IndicatorValue | None

    @property
    def text(self) -> str:
        """The value as a form sends it; what is not known is empty."""
        return "" if self.stored is None else written(self.stored.value)


@dataclass(frozen=True)
class GridRow:
    """One retained platform with a cell for each indicator."""

    retained: RetainedPlatform
    cells: list[GridCell]

    @property
    def values(self) -> dict[str, str]:
        """The values of the row's fields, as a form sends them."""
        return {cell.name: cell.text for cell in self.cells}

    @property
    def seen(self) -> str:
        """The digest of the values."""
        return digest(self.values)

    @property
    def is_placeholder(self) -> bool:
        """Whether a value of the row is a placeholder."""
        return any(cell.stored is not None and cell.stored.is_placeholder for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    """All rows of a year, with the indicators of the columns."""

    indicators: list[Indicator]
    rows: list[GridRow]

    @property
    def missing(self) -> int:
        """How many values are not known."""
        return sum(cell.stored is None for row in self.rows for cell in row.cells)


def grid_of(evaluation: EvaluationYear) -> Grid:
    """Return the grid of a year, in three queries."""
    indicators = list(Indicator.objects.filter(evaluation=evaluation))
    values = {
        (value.retained_id, value.indicator_id): value
        for value in IndicatorValue.objects.filter(indicator__evaluation=evaluation)
    }
    platforms = RetainedPlatform.objects.filter(programme=evaluation.programme_id)
    rows = [
        GridRow(
            retained,
            [
                GridCell(
                    indicator,
                    field_name(retained.pk, indicator.pk),
                    values.get((retained.pk, indicator.pk)),
                )
                for indicator in indicators
            ],
        )
        for retained in platforms.select_related("platform__division").order_by("sequence", "pk")
    ]
    return Grid(indicators, rows)

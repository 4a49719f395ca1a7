"""A year's list of indicators, as a form shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.selectors.grid import digest
from zones.models import Department

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.models import Programme
    from evaluation.models import Indicator

FIELDS = (
    "code", "dimension", "name", "name_en", "unit", "weight", "direction", "decimals",
    "department_id", "source", "is_placeholder",
)  # fmt: skip
"""What the list shows of an indicator."""


def shown_values(indicators: Iterable[Indicator]) -> dict[str, str]:
    """Return what a form shows of the indicators, by key and field."""
    return {
        f"{indicator.pk}-{field}": _text(getattr(indicator, field))
        for indicator in indicators
        for field in FIELDS
    }


def list_seen(indicators: Iterable[Indicator]) -> str:
    """Return the digest of a list of indicators."""
    return digest(shown_values(indicators))


def departments_of(programme: Programme) -> list[Department]:
    """Return the departments of the programme's city."""
    return list(Department.objects.filter(division=programme.division_id).order_by("pk"))


def _text(value: object) -> str:
    return "" if value is None else str(value)

"""A year's result as CSV: the ranking with points by dimension and every value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evaluation.models import Dimension
from evaluation.selectors.grid import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.scoring import Row
    from evaluation.selectors.years import ShownYear


def about(shown: ShownYear) -> list[str]:
    """Return what the file says of itself: the year, and which version it is."""
    title = _("Comprehensive evaluation of %(year)d") % {"year": shown.year}
    publication = shown.publication
    if publication is None:
        return [title, _("Not published"), str(shown.evaluation.get_state_display())]
    return [
        title,
        _("Version %(version)d") % {"version": publication.version},
        publication.published_on.isoformat(),
        publication.document,
    ]


def headings(shown: ShownYear) -> list[Any]:
    """Return the headings of ``lines``."""
    table = shown.table
    headings: list[Any] = [
        pgettext("place", "Rank"),
        _("Code"),
        _("Retained platform"),
        _("Owner"),
        _("Total"),
    ]
    headings += [Dimension(name).label for name, _weight in table.dimensions]
    for measure in table.measures:
        headings += [f"{measure.label} ({measure.unit})", _("Points")]
    return [*headings, _("Values missing"), _("Placeholder")]


def lines(shown: ShownYear) -> Iterator[list[Any]]:
    """Yield the ranking. What is not known is empty; points have two decimals, as on the page."""
    for row in shown.table.rows:
        yield [
            row.rank,
            row.party.code,
            row.party.label,
            row.party.owner,
            row.total,
            *(part.points for part in row.dimensions),
            *_values(row),
            row.missing,
            _("Yes") if row.rests_on_placeholder else _("No"),
        ]


def _values(row: Row) -> Iterator[Any]:
    for point in row.points:
        yield None if point.figure is None else written(point.figure.value)
        yield point.points

"""What the template of a month's head counts is filled with: the bodies in being, and the count before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from staffing.reporting import FIGURES, count_rows

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from consolidation.models import Programme
    from zones.models import Division

    Row = dict[str, Any]


def head_counts(programme: Programme, division: Division, day: datetime.date) -> Iterator[Row]:
    """Yield a row for each body in being on ``day`` and category, as the monthly report has them."""
    for row in count_rows(programme, division.pk, day):
        cells = iter(row.cells)
        for category in programme.counted_categories:
            figures = {figure: next(cells) for figure in FIGURES}
            yield {
                "body": row.body.code,
                "body_name": row.body.name,
                "category": category,
                "counted_on": day,
                **{figure: cell.value for figure, cell in figures.items()},
                **{f"{figure}_before": cell.before for figure, cell in figures.items()},
                "flag": row.is_placeholder,
            }

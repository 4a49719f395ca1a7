"""A year's result as CSV: the ranking with points by dimension and every value."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consolidation.views.export import BOM, harmless
from evaluation.models import Dimension
from evaluation.selectors.grid import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from consolidation.models import Programme
    from evaluation.scoring import Row
    from evaluation.selectors.years import ShownYear


def csv_of(programme: Programme, shown: ShownYear) -> HttpResponse:
    """Return the table of a year. The first lines say what it is, what follows is the table.

    What is not known is an empty cell. Points are written with two decimals, as the page has them.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for line in (*_about(programme, shown), _headings(shown), *_lines(shown)):
        writer.writerow([harmless(value) for value in line])
    response = HttpResponse(BOM + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    version = f"v{shown.publication.version}" if shown.publication else "draft"
    name = quote(f"{programme.code}-evaluation-{shown.year}-{version}.csv")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _about(programme: Programme, shown: ShownYear) -> Iterator[list[Any]]:
    yield [_("Comprehensive evaluation of %(year)d") % {"year": shown.year}, programme.label]
    publication = shown.publication
    if publication is None:
        yield [_("Not published"), shown.evaluation.get_state_display()]
    else:
        yield [
            _("Version %(version)d") % {"version": publication.version},
            publication.published_on.isoformat(),
            publication.document,
        ]
    if shown.table.rests_on_placeholders:
        yield [_("Rests on placeholder data")]


def _headings(shown: ShownYear) -> list[Any]:
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


def _lines(shown: ShownYear) -> Iterator[list[Any]]:
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

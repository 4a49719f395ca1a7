"""A list as CSV: exactly what is listed, in a stream."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from platforms_portal.csv_files import csv_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet
    from django.http import StreamingHttpResponse

    from consolidation.views.lists import RecordList

EXPORT_LIMIT = 200_000
"""More rows than any city's ledger; a longer list is refused, not cut."""

_CHUNK = 2000


def csv_response(page: RecordList, rows: QuerySet[Any, Any], number: int) -> StreamingHttpResponse:
    """Return ``rows`` as the columns of the page's table.

    The first line names the list and the programme, the second says state, day, filters and the
    number of records; then come the headings and the records.
    """
    heading = [
        [str(page.title), page.programme.label],
        [*page.described(), f"{number} {page.unit}"],
    ]
    asked = page.asked
    parts = [page.programme.code, page.file_name, asked.as_of.isoformat()]
    if page.of_a_state:
        parts.insert(2, asked.state.value)
    if asked.division is not None:
        parts.append(asked.division.code)
    return csv_file("-".join(parts), _chunks(page, rows, heading))


def _chunks(
    page: RecordList, rows: QuerySet[Any, Any], heading: list[list[str]]
) -> Iterator[Iterable[Iterable[Any]]]:
    table = page.table_class([], page=page, order_by=())
    yield [*heading, next(table.plain_rows([]))]
    records = rows.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(records, _CHUNK)):
        values = table.plain_rows(chunk)
        next(values)  # The headings again.
        yield values

"""A list as CSV: exactly what is listed, in a stream, for a spreadsheet in Chinese."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from consolidation.views.lists import RecordList

EXPORT_LIMIT = 200_000
"""More rows than any city's ledger; a longer list is refused, not cut."""

BOM = "\ufeff"
_CHUNK = 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: Any) -> Any:
    """Return ``value`` as a cell that no spreadsheet takes for a formula.

    Text that starts like one gets a leading apostrophe; numbers stay numbers; an empty value is
    an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_response(page: RecordList, rows: QuerySet[Any, Any], number: int) -> StreamingHttpResponse:
    """Return ``rows`` as the columns of the page's table.

    UTF-8 with the mark that lets a spreadsheet read Chinese. The first line names the list and
    the programme, the second says state, day, filters and the number of records; then come the
    headings and the records.
    """
    heading = [
        [str(page.title), page.programme.label],
        [*page.described(), f"{number} {page.unit}"],
    ]
    response = StreamingHttpResponse(
        _stream(page, rows, heading, get_language() or ""), content_type="text/csv; charset=utf-8"
    )
    asked = page.asked
    parts = [page.programme.code, page.file_name, asked.as_of.isoformat()]
    if page.of_a_state:
        parts.insert(2, asked.state.value)
    if asked.division is not None:
        parts.append(asked.division.code)
    name = quote("-".join(parts) + ".csv")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _stream(
    page: RecordList, rows: QuerySet[Any, Any], heading: list[list[str]], language: str
) -> Iterator[str]:
    # The middleware gives the language back before the stream runs, so each chunk takes it again.
    table = page.table_class([], page=page, order_by=())
    with override(language):
        headings = next(table.plain_rows([]))
        start = BOM + _lines([*heading, headings])
    yield start
    records = rows.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(records, _CHUNK)):
        with override(language):
            values = table.plain_rows(chunk)
            next(values)
            lines = _lines(values)
        yield lines


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return buffer.getvalue()

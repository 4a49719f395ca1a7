"""Tables as CSV files: for a spreadsheet in Chinese, and no cell that it takes for a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    Rows: TypeAlias = Iterable[Iterable[Any]]

BOM = "\ufeff"
"""The mark that lets a spreadsheet read Chinese in UTF-8."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: Any) -> Any:
    """Return ``value`` as a cell that no spreadsheet takes for a formula.

    Text that starts like one gets a leading apostrophe; numbers stay numbers; an empty value is
    an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_file(name: str, chunks: Iterable[Rows]) -> StreamingHttpResponse:
    """Return the rows of ``chunks`` as the file ``name``.csv, sent while they are made.

    Each chunk is made in the reader's language; first should come rows that say what is listed.
    """
    response = StreamingHttpResponse(
        _stream(chunks, get_language() or ""), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{quote(name)}.csv"'
    return response


def table_file(
    name: str, about: Iterable[Sequence[Any]], headings: Sequence[Any], rows: Rows
) -> StreamingHttpResponse:
    """Return a table that is at hand as the file ``name``.csv, under the lines of ``about``."""
    return csv_file(name, [[*about, headings, *rows]])


def _stream(chunks: Iterable[Rows], language: str) -> Iterator[str]:
    yield BOM
    coming = iter(chunks)
    while True:
        # The middleware gives the language back before the stream runs, so each chunk takes it again.
        with override(language):
            chunk = next(coming, None)
            if chunk is None:
                return
            lines = _lines(chunk)
        yield lines


def _lines(rows: Rows) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return buffer.getvalue()

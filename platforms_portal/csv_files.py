"""Lists as CSV files: for a spreadsheet in Chinese, and no cell that it takes for a formula."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override

from platforms_portal.listings import as_attachment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from platforms_portal.listings import Listing, Rows

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
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_file(listing: Listing) -> StreamingHttpResponse:
    """Return ``listing`` as a CSV file, sent while its rows are made.

    Each chunk is made in the reader's language.
    """
    response = StreamingHttpResponse(
        _stream(_chunks(listing), get_language() or ""), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = as_attachment(listing.name, listing.plain_name, ".csv")
    return response


def _chunks(listing: Listing) -> Iterator[Rows]:
    yield [*listing.about, listing.headings]
    yield from listing.chunks


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

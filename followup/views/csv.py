"""What is shown as CSV, in a stream, for a spreadsheet in Chinese."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

from consolidation.views.export import BOM, harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def csv_of(
    name: str, heading: Iterable[list[Any]], chunks: Iterable[list[list[Any]]]
) -> StreamingHttpResponse:
    """Return ``heading`` and the lines of ``chunks`` as the file ``name``.csv.

    ``chunks`` makes its lines in the reader's language while the answer is sent.
    """
    response = StreamingHttpResponse(
        _stream(list(heading), chunks, get_language() or ""), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{quote(name)}.csv"'
    return response


def _stream(
    heading: list[list[Any]], chunks: Iterable[list[list[Any]]], language: str
) -> Iterator[str]:
    yield BOM + _lines(heading)
    lines = iter(chunks)
    while True:
        # The middleware gives the language back before the stream runs.
        with override(language):
            chunk = next(lines, None)
        if chunk is None:
            return
        yield _lines(chunk)


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return buffer.getvalue()

"""What a chart shows as CSV: for a spreadsheet in Chinese, and no cell taken for a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import HttpResponse

from consolidation.views.export import BOM, harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def csv_of(
    file_name: str, about: Sequence[Any], headings: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """Return a line that says what is shown, the headings, and ``rows``."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in (about, headings, *rows):
        writer.writerow([harmless(value) for value in row])
    response = HttpResponse(BOM + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{quote(file_name)}.csv"'
    return response

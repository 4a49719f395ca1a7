"""The signals listed, as CSV: one line a record, for a spreadsheet in Chinese."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext as _

from consolidation.checks.base import Scope
from consolidation.views.export import BOM, harmless
from platforms_portal.words import in_words

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator

    from consolidation.models import Programme
    from signals.selectors.seen import Seen


def csv_of(
    programme: Programme, day: datetime.date, described: list[str], seen: Iterable[Seen]
) -> HttpResponse:
    """Return ``seen`` as CSV. The first lines say what is listed; then headings and records."""
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    for row in _rows(programme, described, seen):
        writer.writerow([harmless(value) for value in row])
    response = HttpResponse(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    name = quote(f"{programme.code}-signals-{day.isoformat()}.csv")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(
    programme: Programme, described: list[str], seen: Iterable[Seen]
) -> Iterator[list[object]]:
    yield [_("Figures to verify"), programme.label]
    yield list(described)
    yield [
        _("Signal"),
        _("Division"),
        _("Status"),
        _("Since"),
        _("What was seen"),
        _("Basis"),
        _("Type of record"),
        _("Key"),
        _("Record"),
        _("What was seen of it"),
        _("Records in all"),
        _("Placeholder"),
        _("Explanation"),
    ]
    for item in seen:
        about = [
            f"{item.signal.code} {item.title}",
            str(Scope(item.owner).label),
            item.status.label,
            in_words(item.signal.since),
            item.sentence,
            item.basis,
        ]
        end = [
            item.signal.total,
            in_words(item.signal.placeholders),
            item.account,
        ]
        for record in item.records:
            yield [*about, record.type, record.id, record.name, record.why, *end]

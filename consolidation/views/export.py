"""A list as a file: exactly what is listed, made row by row."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.checks.base import Scope
from platforms_portal.listings import Listing, file_name
from platforms_portal.pages import BadParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from consolidation.views.lists import RecordList

EXPORT_LIMIT = 200_000
"""More rows than any city's ledger; a longer list is refused, not cut."""

_CHUNK = 2000


def refuse_too_long(number: int, limit: int = EXPORT_LIMIT) -> None:
    """Tell the reader where ``number`` rows are more than a file may have."""
    if number > limit:
        raise BadParameterError(
            _("The list is too long to be exported: %(number)s records, at most %(limit)s.")
            % {"number": f"{number:,}", "limit": f"{limit:,}"},
            _("Narrow it first, for instance by division."),
        )


def listing_of(
    page: RecordList, rows: QuerySet[Any, Any], number: int, *, placeholders: bool
) -> Listing:
    """Return ``rows`` as the columns of the page's table.

    The first line names the list and the programme, the second says state, day, filters, the number
    of records, and where one of them is a placeholder.
    """
    asked = page.asked
    day = asked.as_of.isoformat()
    plain = [page.programme.code, page.file_name, day]
    words: list[Any] = [page.programme.division.label, page.title, day]
    if page.of_a_state:
        plain.insert(2, asked.state.value)
        words.insert(2, asked.state.label)
    if asked.division is not None:
        plain.append(asked.division.code)
        words.append(Scope(asked.division).label)
    said = [*page.described(), f"{number} {page.unit}"]
    if placeholders:
        said.append(_("Rests on placeholder data"))
    table = page.table_class([], page=page, order_by=())
    return Listing(
        name=file_name(*words),
        plain_name="-".join(plain),
        title=str(page.title),
        about=[[str(page.title), page.programme.label], said],
        headings=next(table.plain_rows([])),
        chunks=_chunks(page, rows),
    )


def _chunks(page: RecordList, rows: QuerySet[Any, Any]) -> Iterator[Iterable[Iterable[Any]]]:
    table = page.table_class([], page=page, order_by=())
    records = rows.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(records, _CHUNK)):
        values = table.plain_rows(chunk)
        next(values)  # The headings again.
        yield values

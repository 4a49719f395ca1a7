"""A document of thousands of rows is shown in pieces: so many rows of each of its parts a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS_SHOWN = 300
"""How many rows of each part stand on one page; a division's plan of any real city fits on one."""


def pieces_of(parts: Sequence[Any], number: str | None, *, place: str = "") -> dict[str, Any]:
    """Return the page ``number`` of ``parts`` (each with ``rows``), and the slice of rows on it.

    With ``place``, the anchor of a row, it is the page on which that row stands.
    """
    longest = max((len(part.rows) for part in parts), default=0)
    pages = Paginator(range(longest), ROWS_SHOWN)
    page = pages.get_page(_page_with(parts, place) or number)
    first = (page.number - 1) * ROWS_SHOWN
    return {"page_obj": page, "piece": f"{first}:{first + ROWS_SHOWN}"}


def _page_with(parts: Sequence[Any], place: str) -> int:
    if not place:
        return 0
    return next(
        (
            at // ROWS_SHOWN + 1
            for part in parts
            for at, row in enumerate(part.rows)
            if getattr(row, "anchor", "") == place
        ),
        0,
    )

"""What a cell refuses to take, and what it offers to choose from."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from exchange.subjects import Kind
from exchange.templates_out.words import allowed_in, heading_of, kind_of

if TYPE_CHECKING:
    from exchange.subjects import Column

# What Excel takes: a longer title or message makes it repair the file.
TITLE_LONGEST, MESSAGE_LONGEST = 32, 255
COUNT_LARGEST = 2_147_483_647
AREA_LARGEST = 999_999
_FIRST, _LAST = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)


def validation_of(column: Column, source: str) -> dict[str, Any] | None:
    """Return the validation of a column's cells; ``None`` where anything may stand.

    ``source`` is the range of its list, or empty. A choice is one of its list; of a reference the
    list only helps: another name or code may be typed.
    """
    if column.told:
        return None
    rule = _list(column, source) if source else _number(column)
    if rule is None:
        return None
    return {
        "ignore_blank": True,
        "error_title": heading_of(column)[:TITLE_LONGEST],
        "error_message": _message(column)[:MESSAGE_LONGEST],
        **rule,
    }


def _message(column: Column) -> str:
    allowed = allowed_in(column, ())
    return f"{kind_of(column)}: {allowed}" if allowed else kind_of(column)


def _list(column: Column, source: str) -> dict[str, Any]:
    is_closed = column.kind in {Kind.CHOICE, Kind.YES_NO}
    return {"validate": "list", "source": source, "show_error": is_closed}


def _number(column: Column) -> dict[str, Any] | None:
    between: dict[str, Any] = {"criteria": "between", "minimum": 0}
    if column.kind is Kind.COUNT:
        return {"validate": "integer", **between, "maximum": COUNT_LARGEST}
    if column.kind is Kind.AREA:
        return {"validate": "decimal", **between, "maximum": AREA_LARGEST}
    if column.kind is Kind.DATE:
        return {"validate": "date", **between, "minimum": _FIRST, "maximum": _LAST}
    return None

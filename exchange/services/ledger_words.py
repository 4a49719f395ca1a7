"""Values of the ledger in the words of a reader: choices by their labels, records by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consolidation.loading.meta import fields_of
from consolidation.loading.tables import Record
from platforms_portal.words import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db import models


def value_in_words(model: type[models.Model], field: str, value: Any) -> str:
    """Return the value of one field."""
    if isinstance(value, Record):
        return name_of(value)
    known = fields_of(model).get(field)
    if known is not None and known.choices:
        return str(dict(known.flatchoices).get(value, value) or "")
    return in_words(value)


def name_of(record: Record) -> str:
    """Return the name of a record; of two with one name the reader sees the codes in the file."""
    values = record.values
    return str(values.get("name") or values.get("title") or values.get("code") or "")


def list_in_words(records: Iterable[Record]) -> str:
    """Return the names of several records, in an order that does not depend on the rows."""
    return "；".join(sorted(name_of(record) for record in records))

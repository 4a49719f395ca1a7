"""The history of records as a reader reads it: who, when, from what to what, in which request."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from platforms_portal.words import actor_in_words

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from django.db.models import Field, Model, QuerySet
    from django_stubs_ext import StrOrPromise

CHANGES_LIMIT = 200
"""How many changes of one kind of record a page shows, the newest first."""


class FieldChange(NamedTuple):
    """One field: its name, what it was, what it became."""

    label: StrOrPromise
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change of one record. ``kind`` is ``+`` created, ``~`` changed, ``-`` deleted."""

    kind: str
    subject: StrOrPromise
    when: datetime.datetime
    actor: str
    reason: str
    request_id: str
    fields: tuple[FieldChange, ...]


def changes_in(histories: Iterable[QuerySet[Any]]) -> list[Change]:
    """Return the changes that the rows of ``histories`` tell, the newest first.

    A record's first row tells that it was created, and every later one what differs from the
    row before. The number of queries depends on the kinds of records, not on their number.
    """
    rows = [
        list(rows.order_by("-history_date", "-history_id")[: CHANGES_LIMIT + 1])
        for rows in histories
    ]
    names = _names([row for found in rows for row in found])
    changes: list[Change] = []
    for found in rows:
        changes += _told(found, names)
    return sorted(changes, key=lambda change: change.when, reverse=True)


def differences(before: Any, after: Any) -> tuple[FieldChange, ...]:
    """Return the fields in which two rows of history of one record differ, or a row and today's."""
    return _differences(before, after, _names([before, after]))


def _told(rows: list[Any], names: dict[type[Model], dict[Any, str]]) -> list[Change]:
    following: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        following[row.id].append(row)
    changes = []
    for own in following.values():
        for row, previous in zip(own, [*own[1:], None], strict=True):
            cut_off = previous is None and row.history_type != "+"
            if cut_off and row.history_type == "~":
                continue
            fields = (
                _differences(previous, row, names)
                if previous is not None and row.history_type == "~"
                else ()
            )
            if row.history_type != "~" or fields or row.history_change_reason:
                changes.append(_change(row, fields))
    return changes


def _change(row: Any, fields: tuple[FieldChange, ...]) -> Change:
    return Change(
        kind=row.history_type,
        subject=row.instance_type._meta.verbose_name,  # noqa: SLF001 - a documented name of Django
        when=row.history_date,
        actor=actor_in_words(row.actor) or _("not recorded"),
        reason=row.history_change_reason or "",
        request_id=row.request_id,
        fields=fields,
    )


def _tracked(row: Any) -> list[Field[Any, Any]]:
    model = getattr(row, "instance_type", type(row))
    fields = model._meta.concrete_fields  # noqa: SLF001 - a documented name of Django
    return [field for field in fields if not field.primary_key]


def _names(rows: list[Any]) -> dict[type[Model], dict[Any, str]]:
    """Return the names of the records that the rows point to, one query a kind of record."""
    keys: dict[type[Model], set[Any]] = defaultdict(set)
    for row in rows:
        for field in _tracked(row):
            if isinstance(field, ForeignKey):
                keys[field.related_model].add(getattr(row, field.attname))
    return {
        model: {key: str(found) for key, found in _found(model, wanted).items()}
        for model, wanted in keys.items()
        if wanted != {None}
    }


def _found(model: Any, wanted: set[Any]) -> dict[Any, Any]:
    fields = model._meta.concrete_fields  # noqa: SLF001 - a documented name of Django
    # A plan names itself by its division, and would ask for it one by one.
    relations = [field.name for field in fields if isinstance(field, ForeignKey)]
    rows = model.objects.filter(pk__in=wanted - {None}).select_related(*relations)
    return {row.pk: row for row in rows}


def _differences(
    before: Any, after: Any, names: dict[type[Model], dict[Any, str]]
) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(field.verbose_name, _shown(field, old, names), _shown(field, new, names))
        for field in _tracked(after)
        if (old := getattr(before, field.attname)) != (new := getattr(after, field.attname))
    )


def _shown(field: Field[Any, Any], value: Any, names: dict[type[Model], dict[Any, str]]) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(field, ForeignKey):
        return names.get(field.related_model, {}).get(value, str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(dict(field.flatchoices).get(value, value))

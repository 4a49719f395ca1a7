"""How what an official enters is stored: record by record, or many at once with the same history."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from platforms_portal.history import (
    create_recorded,
    delete_recorded,
    save_recorded,
    update_recorded,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model
    from django_stubs_ext import StrOrPromise

    from accounts.models import User

REASON = gettext_lazy("Entered")


def mark_real(record: Any) -> None:
    """Take the mark of a placeholder from what an official has entered: it is no stand-in."""
    if record.is_placeholder:
        record.is_placeholder = False
        record.note = ""


class Recorder:
    """Stores each record at once, judged by its fields and by the constraints of the database."""

    def __init__(self, user: User, reason: StrOrPromise = REASON) -> None:
        """Take who does it, and why."""
        self.user = user
        self.reason = str(reason)

    def store(self, record: Any, fields: Mapping[str, Any], *, keep: bool = True) -> None:
        """Save ``record`` with ``fields``, or delete it where it is not to be kept any more.

        Raises ``ValidationError`` with every error by its field.
        """
        if not keep:
            if record.pk is not None:
                self._delete(record)
            return
        for name, value in fields.items():
            setattr(record, name, value)
        mark_real(record)
        self._save(record, fields)

    def _save(self, record: Model, _fields: Mapping[str, Any]) -> None:
        save_recorded(record, user=self.user, reason=self.reason)

    def _delete(self, record: Model) -> None:
        delete_recorded(record, user=self.user, reason=self.reason)


class ManyRecorder(Recorder):
    """Collects what is to be stored, and writes it with ``flush`` in a few queries a model.

    Each record is judged by its fields when it comes. That it is no second one, and what the
    database's own checks say, follows from the rules of the service that read it under its lock;
    the database refuses what a service forgot.
    """

    def __init__(self, user: User, reason: StrOrPromise = REASON) -> None:
        """Begin with nothing."""
        super().__init__(user, reason)
        self._new: dict[type[Model], list[Model]] = defaultdict(list)
        self._changed: dict[type[Model], list[Model]] = defaultdict(list)
        self._names: dict[type[Model], set[str]] = defaultdict(set)
        self._gone: list[Model] = []

    def _save(self, record: Model, fields: Mapping[str, Any]) -> None:
        meta = record._meta  # noqa: SLF001 - documented by Django
        record.clean_fields(exclude=[field.name for field in meta.fields if field.is_relation])
        kind = type(record)
        if record.pk is None:
            self._new[kind].append(record)
            return
        self._changed[kind].append(record)
        self._names[kind] |= {meta.get_field(name).name for name in fields}

    def _delete(self, record: Model) -> None:
        self._gone.append(record)

    def take_up(self, other: ManyRecorder) -> None:
        """Take up what ``other`` collected: a part that was judged as a whole."""
        for kind, records in other._new.items():
            self._new[kind] += records
        for kind, records in other._changed.items():
            self._changed[kind] += records
            self._names[kind] |= other._names[kind]
        self._gone += other._gone

    def flush(self) -> None:
        """Write everything that was collected."""
        by: dict[str, Any] = {
            "actor": self.user.get_username(),
            "reason": self.reason,
            "user": self.user,
        }
        for record in self._gone:
            delete_recorded(record, user=self.user, reason=self.reason)
        for kind, records in self._changed.items():
            names = [*sorted(self._names[kind]), "is_placeholder", "note"]
            update_recorded(kind, records, names, **by)
        for kind, records in self._new.items():
            create_recorded(kind, records, **by)

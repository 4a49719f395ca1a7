"""What can be corrected in the ledger: how a kind of record is found, read, shown and written.

Platforms, bodies and plates are in ``consolidation.ledger_records``; another app registers its
own beside them (``staffing``: head counts). Values are kept as plain JSON, by field.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from django.db.models import Model, QuerySet

from consolidation.models import Correction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django import forms
    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.models import Programme
    from platforms_portal.access import Right
    from zones.models import Division

Json: TypeAlias = str | int | bool | list[int] | None
Values: TypeAlias = dict[str, Json]


class Reading(NamedTuple):
    """A record as it stands: its values by field, and whether it stands in for a real one."""

    values: Values
    is_placeholder: bool


class Correctable(ABC):
    """One kind of record of the ledger that a division may ask to correct."""

    subject: ClassVar[Correction.Subject]
    right: ClassVar[Right]
    """Who may not see such records does not see their corrections either."""

    kinds: ClassVar[tuple[str, ...]] = tuple(Correction.Kind.values)

    @abstractmethod
    def records(self, programme: Programme, division_id: int) -> QuerySet[Any, Any]:
        """Return the division's records of the baseline, in the ledger's order."""

    @abstractmethod
    def read(self, programme: Programme, records: Iterable[Any]) -> dict[int, Reading]:
        """Return each of ``records`` by its key as it stands, in a constant number of queries."""

    @abstractmethod
    def placeholders(self, programme: Programme, division_id: int) -> int:
        """Return how many of the division's records stand in for real ones."""

    @abstractmethod
    def name_of(self, record: Any) -> str:
        """Return what a correction of ``record`` is called."""

    def name_in(self, values: Mapping[str, Json]) -> str:
        """Return what the addition of a record with these ``values`` is called."""
        return str(values.get("name") or values.get("title") or "")

    @abstractmethod
    def form_fields(
        self, programme: Programme, division: Division, record: Any
    ) -> dict[str, forms.Field]:
        """Return the form's fields for ``record``, or for a new one where it is ``None``."""

    @abstractmethod
    def label(self, name: str) -> StrOrPromise:
        """Return the heading of a field."""

    def words(self, name: str, value: Json) -> str:  # noqa: ARG002 - for subclasses
        """Return a value as it is read; nothing for one that is not known."""
        return "" if value is None else str(value)

    def brief(self, values: Values) -> str:  # noqa: ARG002 - for subclasses
        """Return the values in one line, for kinds of which the check of the ledger shows one."""
        return ""

    @abstractmethod
    def struck(self, programme: Programme, record: Any) -> tuple[Values, Values]:
        """Return what striking ``record`` out changes: before and after.

        Raises ``ValidationError`` where it can't be struck out, with the reason.
        """

    @abstractmethod
    def check(
        self, programme: Programme, division: Division, record: Any, after: Mapping[str, Json]
    ) -> None:
        """Judge what ``record`` (``None``: a new one) would be with ``after``; write nothing.

        Raises ``ValidationError`` with every error by its field.
        """

    @abstractmethod
    def apply(self, correction: Correction, record: Any, *, user: User, reason: str) -> int | None:
        """Write what ``correction`` asks for to ``record``; return the key of what it is then.

        ``None`` where the record is deleted. Raises ``ValidationError`` where it is not valid.
        """


CORRECTABLE: dict[str, Correctable] = {}


def register(correctable: Correctable) -> Correctable:
    """Add a kind of record; one that is there already is an error of the programmer."""
    if correctable.subject in CORRECTABLE:
        raise ValueError(f"{correctable.subject!r} is registered twice")
    CORRECTABLE[correctable.subject] = correctable
    return correctable


def as_json(value: Any) -> Json:
    """Return a value of a record or a form as it is kept: equal values are kept alike."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, QuerySet):
        return sorted(int(record.pk) for record in value)
    if isinstance(value, Model):
        return int(value.pk)
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)

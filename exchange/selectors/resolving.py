"""What a cell means that names a record: by its code, or by a name that only one record has.

Codes and names are compared without what differs from keyboard to keyboard: full width and half
width, spaces at the ends and several in a row.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from django.utils.translation import gettext as _

from zones.models import PlatformName

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from zones.models import ManagementBody, Plate, Platform

SHOWN = 5
"""How many codes are told where a name is borne by several records."""


class Named(NamedTuple):
    """A record as a cell names it."""

    pk: int
    code: str
    name: str


class Coded(Protocol):
    """Whatever has a code."""

    @property
    def code(self) -> str:
        """Its code."""


class UnresolvedError(Exception):
    """A cell names no record, or several. ``code`` is ``unknown`` or ``ambiguous``."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        """Keep what is wrong, and what to do about it."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy


def folded(text: str) -> str:
    """Return a code or a name as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


class Names:
    """Records of one kind by their codes and names; ``former`` names count where no code or name does."""

    def __init__(self, records: Iterable[Named], former: Iterable[tuple[int, str]] = ()) -> None:
        """Read them once."""
        self.by_key: dict[int, Named] = {}
        self._codes: dict[str, Named] = {}
        self._names: dict[str, dict[int, Named]] = defaultdict(dict)
        self._former: dict[str, dict[int, Named]] = defaultdict(dict)
        for record in records:
            self.by_key[record.pk] = record
            self._codes[folded(record.code)] = record
            self._names[folded(record.name)][record.pk] = record
        for pk, name in former:
            if pk in self.by_key:
                self._former[folded(name)][pk] = self.by_key[pk]

    def before(self, others: Names, former: Iterable[tuple[int, str]] = ()) -> Names:
        """Return these names and, where none of them is meant, ``others``; ``former`` are their own."""
        both = _Both(self, others)
        for pk, name in former:
            if pk in self.by_key:
                self._former[folded(name)][pk] = self.by_key[pk]
        return both

    def with_code(self, text: str) -> Named | None:
        """Return the record with this code."""
        return self._codes.get(folded(text))

    def with_name(self, text: str) -> list[Named]:
        """Return the records of this name; those that bore it once, where none bears it now."""
        return self.now(text) or self.once(text)

    def now(self, text: str) -> list[Named]:
        """Return the records that bear this name."""
        return [*self._names.get(folded(text), {}).values()]

    def once(self, text: str) -> list[Named]:
        """Return the records that bore this name over time."""
        return [*self._former.get(folded(text), {}).values()]

    def find(self, text: str) -> Named:
        """Return the record that a cell names; raises ``UnresolvedError``."""
        found = self.with_code(text)
        if found is not None:
            return found
        named = self.with_name(text)
        if len(named) == 1:
            return named[0]
        raise several(text, named) if named else unknown(text)


class _Both(Names):
    """Names of which the first ones win: a retained platform before another of its name."""

    def __init__(self, first: Names, others: Names) -> None:
        super().__init__([])
        self._first, self._others = first, others
        self.by_key = {**others.by_key, **first.by_key}

    def with_code(self, text: str) -> Named | None:
        return self._first.with_code(text) or self._others.with_code(text)

    def now(self, text: str) -> list[Named]:
        return self._first.now(text) or self._others.now(text)

    def once(self, text: str) -> list[Named]:
        return self._first.once(text) or self._others.once(text)


def several(text: str, named: Sequence[Coded]) -> UnresolvedError:
    """Return the error for a name that several records have."""
    codes = ", ".join(sorted(record.code for record in named)[:SHOWN])
    return UnresolvedError(
        "ambiguous",
        _("“%(value)s” is the name of %(n)d records: %(codes)s.")
        % {"value": text, "n": len(named), "codes": codes},
        _("Write the code of the one that is meant."),
    )


def unknown(text: str) -> UnresolvedError:
    """Return the error for a code or a name that no record has."""
    return UnresolvedError(
        "unknown",
        _("“%(value)s” is neither a code nor a name of a record that can stand here.")
        % {"value": text},
        _("Write the code as the portal shows it, or the full name."),
    )


def names_of_platforms(platforms: QuerySet[Platform, Any]) -> Names:
    """Return ``platforms`` by code, by name, and by the names that they bore over time."""
    rows = platforms.order_by().values_list("pk", "code", "name")
    former = PlatformName.objects.filter(platform__in=platforms.order_by().values("pk"))
    return Names(
        (Named(*row) for row in rows), former.order_by().values_list("platform_id", "name")
    )


def names_of_bodies(bodies: QuerySet[ManagementBody, Any]) -> Names:
    """Return ``bodies`` by code and by name."""
    return Names(Named(*row) for row in bodies.order_by().values_list("pk", "code", "name"))


def names_of_plates(plates: QuerySet[Plate, Any]) -> Names:
    """Return ``plates`` by code and by title."""
    return Names(Named(*row) for row in plates.order_by().values_list("pk", "code", "title"))

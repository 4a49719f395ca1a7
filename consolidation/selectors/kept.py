"""What takes many questions to read and changes seldom is kept under the marks of data and code."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.cache import cache
from django.utils.translation import get_language

from consolidation.selectors import findings

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from django.db.models import QuerySet

    T = TypeVar("T")

KEPT_SECONDS = 60 * 60
"""How long what nobody asks for stays; the marks say whether it still holds."""

_NOTHING = object()


def kept(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """Return ``make()``, or what it answered before as long as no record has changed since.

    ``name`` names the question, ``key`` all that the answer depends on besides the records and the
    reader's language; its ``repr`` must be the same for the same question. The answer must be
    picklable. Inside a transaction nothing is kept: should it be rolled back, its marks are given
    out again.
    """
    if findings.in_trial():
        return make()
    asked = hashlib.sha256(repr((key, get_language())).encode()).hexdigest()
    place = f"kept:{name}:{findings.data_version()}:{findings.code_version()}:{asked}"
    found = cache.get(place, _NOTHING)
    if found is _NOTHING:
        found = make()
        cache.set(place, found, KEPT_SECONDS)
    return found  # type: ignore[no-any-return] # It is what was put there.


class KeptRows:
    """Rows of values that a page shows piece by piece: their number and each piece are kept.

    For rows that take the database long to find, such as the records that a rule judged.
    """

    def __init__(self, name: str, key: tuple[Hashable, ...], rows: QuerySet[Any, Any]) -> None:
        """Take the rows, and what they are kept by, as ``kept`` does."""
        self.name, self.key, self.rows = name, key, rows

    def __len__(self) -> int:
        return kept(f"{self.name}-number", self.key, self.rows.count)

    def __getitem__(self, piece: slice) -> list[Any]:
        key = (*self.key, piece.start, piece.stop)
        return kept(f"{self.name}-piece", key, lambda: list(self.rows[piece]))

"""What takes many questions to read and changes seldom is kept under the marks of data and code."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

from django.core.cache import cache
from django.utils.translation import get_language

from consolidation.selectors import findings

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

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

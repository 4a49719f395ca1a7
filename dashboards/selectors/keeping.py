"""Figures that are slow to read and change only with the data: kept as judgements are."""

from __future__ import annotations

import hashlib
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from django.core.cache import cache

from consolidation.selectors import findings

if TYPE_CHECKING:
    from collections.abc import Callable

    from consolidation.selectors.state import StateView


class Kept:
    """What one answer needs of what is kept; asks once whether the data changed."""

    @cached_property
    def _version(self) -> str:
        return f"{findings.data_version()}:{findings.code_version()}"

    def get(
        self, view: StateView, what: tuple[object, ...], make: Callable[[], list[Any]]
    ) -> list[Any]:
        """Return what ``make`` makes of ``view``, found again until a record or the code changes.

        ``what`` names it, with all that it depends on beside the view; it must be plain JSON.
        """
        named = (
            *what,
            view.programme.pk,
            view.state.value,
            view.as_of,
            view.plan_ids,
            view.planned_owner_ids,
        )
        key = f"shown:{self._version}:{hashlib.sha256(repr(named).encode()).hexdigest()}"
        found = cache.get(key)
        if found is not None:
            shown: list[Any] = orjson.loads(found)
            return shown
        started = time.monotonic()
        made = make()
        if findings.may_keep(view, time.monotonic() - started):
            cache.set(key, orjson.dumps(made), findings.KEPT_SECONDS)
        return made

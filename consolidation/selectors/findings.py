"""What the rules say of a view, as pages, sheets and the API show it.

Judging takes some ninety questions to the database; what came of it is kept under a mark of the
data and of the code, so that it is found again as long as neither has changed, and never after.
"""

from __future__ import annotations

import hashlib
import time
from functools import cache as cached_for_good
from pathlib import Path
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from consolidation.checks.keeping import pack, unpack
from consolidation.checks.run import judge
from consolidation.selectors.plans import owners_of
from platforms_portal.once import once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consolidation.checks.base import Finding
    from consolidation.checks.keeping import Judged
    from consolidation.selectors.state import StateView
    from zones.models import Division

SLOW_SECONDS = 1.0
"""What a draft comes to is kept only where it took longer: the next key typed changes it."""

KEPT_SECONDS = 7 * 24 * 60 * 60
"""How long a judgement that nobody asks for stays; the mark says whether it still holds."""


def data_version() -> str:
    """Return a mark that changes with every recorded change of any record, in one query.

    It is made of the newest row of each history, which every write adds to, and of its time.
    """
    return once("data_version", _read_version)


def _read_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_newest_of_each())
        newest = cursor.fetchone()
    return hashlib.sha256(repr(newest).encode()).hexdigest()[:20]


@cached_for_good
def _newest_of_each() -> str:
    # Django has no way to ask many tables for one number each; each is read off an index. The
    # time tells a database apart from another, or from its own backup, that has used the same keys.
    quoted = connection.ops.quote_name
    asked = [
        f"(SELECT MAX({quoted(column)}) FROM {quoted(model._meta.db_table)})"  # noqa: S608, SLF001 - names of our own tables
        for model in apps.get_models()
        if hasattr(model, "history_id")
        for column in ("history_id", "history_date")
    ]
    return f"SELECT {', '.join(asked)}"


JUDGING = (
    *("zones", "consolidation", "staffing", "signals", "solver", "dashboards"),
    *("platforms_portal", "locale"),
)
"""The packages whose code or texts go into what is kept."""


@cached_for_good
def code_version() -> str:
    """Return a mark of the code and texts that judge: a new release judges afresh."""
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256()
    for package in JUDGING:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".mo"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def judged(view: StateView) -> Judged:
    """Return the findings of every rule in ``view``, and all its tallies."""
    return judged_in([view])[0]


def judged_in(
    views: Sequence[StateView], *, owners: Sequence[Division] | None = None
) -> list[Judged]:
    """Return the judgement of each of ``views``, all of one programme, in their order.

    ``owners`` are the programme's, where they are at hand. What is kept takes one query, and one
    for the owners.
    """
    version = f"{data_version()}:{code_version()}"
    keys = [_key(view, version) for view in views]
    kept = cache.get_many(keys)
    found: list[Judged] = []
    for key, view in zip(keys, views, strict=True):
        if key in kept:
            owners = owners_of(view.programme) if owners is None else owners
            found.append(unpack(kept[key], owners))
        else:
            found.append(_judge_and_keep(key, view))
    return found


def findings_in(view: StateView) -> list[Finding]:
    """Return the findings of every rule in ``view``: what page, sheet and API show."""
    return judged(view).findings


def _key(view: StateView, version: str) -> str:
    what = (view.programme.pk, view.state.value, view.as_of, view.plan_ids, view.planned_owner_ids)
    return f"judged:{version}:{hashlib.sha256(repr(what).encode()).hexdigest()}"


def may_keep(view: StateView, seconds: float) -> bool:
    """Return whether what came of ``view`` after ``seconds`` is worth keeping, and may be.

    Inside a transaction it may not: should it be rolled back, its marks are given out again.
    """
    worth = not view.is_tried or seconds > SLOW_SECONDS
    return worth and not in_trial()


def in_trial() -> bool:
    """Return whether a transaction is open: should it be rolled back, its marks are reused."""
    return connection.in_atomic_block


def _judge_and_keep(key: str, view: StateView) -> Judged:
    started = time.monotonic()
    found = judge(view)
    if may_keep(view, time.monotonic() - started):
        cache.set(key, pack(found), KEPT_SECONDS)
    return found

"""The findings that pages and API show, kept for a while where they were slow to compute."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.cache import cache
from django.db.models import Max

from consolidation.checks.run import run_checks

if TYPE_CHECKING:
    from consolidation.checks.base import Finding
    from consolidation.selectors.state import StateView

SLOW_SECONDS = 1.0
"""Only findings that took longer are kept: a small city is always judged afresh."""

KEPT_SECONDS = 300


def data_version() -> str:
    """Return a mark that changes with every recorded change of any record, in one query.

    It is made of the newest row of each history, which every write adds to.
    """
    histories = [
        # Any model's own manager, as Django documents it for code that does not know the model.
        model._default_manager.order_by().values(newest=Max("history_id"))  # noqa: SLF001
        for model in apps.get_models()
        if hasattr(model, "history_id")
    ]
    first, *others = histories
    newest = first.union(*others, all=True).values_list("newest", flat=True)
    return hashlib.sha256(repr(list(newest)).encode()).hexdigest()[:20]


def findings_in(view: StateView) -> list[Finding]:
    """Return the findings of every rule in ``view``: what page, sheet and API show."""
    what = (view.programme.pk, view.state.value, view.as_of, view.plan_ids)
    key = f"findings:{data_version()}:{hashlib.sha256(repr(what).encode()).hexdigest()}"
    kept: list[Finding] | None = cache.get(key)
    if kept is not None:
        return kept
    started = time.monotonic()
    findings = run_checks(view)
    if time.monotonic() - started > SLOW_SECONDS:
        cache.set(key, findings, KEPT_SECONDS)
    return findings

"""Every read of runs: those that a reader may see, and whether the data moved since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache

from consolidation.selectors.findings import code_version, data_version
from solver.engine.situation import Wishes
from solver.models import SolverRun
from solver.selectors.reading import Asked, read_situation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from consolidation.models import Programme
    from platforms_portal.access import Scope

SHOWN = 50
"""How many runs a list shows: the newest."""


def runs_visible_to(scope: Scope, programme: Programme) -> QuerySet[SolverRun]:
    """Return the runs that a reader may see, the newest first.

    A division sees those that it asked for itself; everybody else those of the commission. What a
    division asks rests on its draft, which is nobody else's.
    """
    runs = SolverRun.objects.filter(
        scope.q("owner_id"), programme=programme, is_internal=not scope.is_city
    )
    return runs.select_related("owner", "asked_by", "programme").order_by("-pk")


def asked_of(run: SolverRun) -> Asked:
    """Return what a run asks for, in the terms of the reading."""
    options = run.options
    return Asked(
        programme=run.programme,
        as_of=run.as_of,
        owner=run.owner,
        with_draft=run.is_internal,
        wishes=Wishes(
            rules=tuple(options["rules"]),
            mode=options["mode"],
            list_may_change=options["list_may_change"],
            may_designate=options["may_designate"],
            far_with_reason=options["far_with_reason"],
            transform_into=options["transform_into"],
        ),
        pinned=tuple(options["pinned"]),
    )


def has_moved(run: SolverRun) -> bool:
    """Return whether anything that the run rests on is different today.

    The digest of today is kept as long as no record of any kind changes.
    """
    if not run.digest:
        return False
    key = f"solver:{data_version()}:{code_version()}:{run.pk}"
    digest = cache.get(key)
    if digest is None:
        digest = read_situation(asked_of(run)).situation.digest
        cache.set(key, digest, 24 * 60 * 60)
    return bool(digest != run.digest)

"""What a division has reported by month, as the template of head counts needs it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from exchange.selectors.resolving import Names, names_of_bodies
from staffing.models import HeadCount
from staffing.reporting import count_rows, months_to_report
from zones.models import ManagementBody

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection

    from django.db.models import QuerySet

    from consolidation.models import Programme

REPORTED = ("authorised", "on_post")
"""The figures that a month reports of a body and a category."""


def months_of(programme: Programme) -> frozenset[datetime.date]:
    """Return the days that heads are counted on."""
    return frozenset(months_to_report(programme))


def _bodies(programme: Programme, division_id: int) -> QuerySet[ManagementBody]:
    return ManagementBody.objects.filter(ledger=programme.ledger_id, division=division_id)


def names_of_reporting(programme: Programme, division_id: int) -> Names:
    """Return the division's bodies by code and by name."""
    return names_of_bodies(_bodies(programme, division_id))


def counts_digest(programme: Programme, division_id: int) -> str:
    """Return the digest of every figure that the division has reported, and of its bodies."""
    bodies = _bodies(programme, division_id).order_by("pk")
    counts = HeadCount.objects.filter(
        body__in=bodies.order_by().values("pk"), counted_on__gt=programme.baseline_date
    ).order_by("body", "counted_on", "category")
    content = [
        [*bodies.values_list("pk", "code", "name", "established_on", "abolished_on")],
        [*counts.values_list("body", "counted_on", "category", *REPORTED)],
        [day.isoformat() for day in months_to_report(programme)],
        programme.counted_categories,
    ]
    return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()


def unnamed(
    programme: Programme, division_id: int, named: Collection[tuple[datetime.date, int, str]]
) -> dict[str, int]:
    """Return how many bodies and categories of the months that are ``named`` are not."""
    lacking = 0
    for day in {key[0] for key in named}:
        rows = count_rows(programme, division_id, day)
        due = {(day, row.body.pk, c) for row in rows for c in programme.counted_categories}
        lacking += len(due - {*named})
    return {"head_counts": lacking} if lacking else {}

"""Reads of the ledger that need no plan: divisions over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zones.models import Division, DivisionSuccession

if TYPE_CHECKING:
    import datetime


def today_of(day: datetime.date) -> dict[int, int]:
    """Return, by division, the division that follows it on ``day`` (its default successor).

    Chains are followed to their end; a division without a successor by then is left out.
    """
    successor = dict(
        DivisionSuccession.objects.filter(is_default=True, effective_on__lte=day).values_list(
            "predecessor_id", "successor_id"
        )
    )
    result: dict[int, int] = {}
    for start, follower in successor.items():
        seen = {start}
        end = follower
        # A circle in the data must not hang the page; its first repeated division ends the walk.
        while end in successor and end not in seen:
            seen.add(end)
            end = successor[end]
        result[start] = end
    return result


def existing_on(day: datetime.date) -> set[int]:
    """Return the keys of the divisions that exist on ``day``."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    going_on = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    return set(Division.objects.filter(begun, going_on).values_list("pk", flat=True))

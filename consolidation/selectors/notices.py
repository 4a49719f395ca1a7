"""What a user was told, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consolidation.models import Notice

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


def notices_of(user: User) -> QuerySet[Notice]:
    """Return the notices of ``user``."""
    return Notice.objects.filter(user=user).select_related("programme").order_by("-pk")


def unread_count(user: User) -> int:
    """Return how many notices ``user`` has not read."""
    return Notice.objects.filter(user=user, read_at=None).count()

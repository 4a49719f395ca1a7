"""Which programmes a user sees, and what they fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from consolidation.models import Programme

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from platforms_portal.access import Scope


def programmes_visible_to(scope: Scope) -> QuerySet[Programme]:
    """Return the programmes in ``scope``: all of them, or those of the division's own city."""
    programmes = Programme.objects.select_related("division", "ledger")
    if scope.nothing:
        return programmes.none()
    if scope.division_id is None:
        return programmes
    own = Q(division=scope.division_id) | Q(division__children=scope.division_id)
    return programmes.filter(own).distinct()

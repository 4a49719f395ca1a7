"""What waits for a reader: read once for the panel on the overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from consolidation.models import Correction, MergePlan, Signature, Task
from consolidation.selectors.plans import plans_visible_to

if TYPE_CHECKING:
    import datetime

    from consolidation.models import Programme
    from platforms_portal.access import Scope


def plans_by_state(scope: Scope, programme: Programme) -> dict[str, int]:
    """Return how many plans in scope are in each state; another's draft is never counted."""
    plans = plans_visible_to(scope, programme, viewer_division_id=scope.division_id)
    counted = plans.order_by().values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in counted}


def latest_plan_of(scope: Scope, programme: Programme) -> MergePlan | None:
    """Return the latest version of the plan of a district reader's division, its draft included."""
    if scope.division_id is None:
        return None
    plans = plans_visible_to(scope, programme, viewer_division_id=scope.division_id)
    return plans.order_by("version").last()


def open_tasks_of(programme: Programme, department_id: int, day: datetime.date) -> tuple[int, int]:
    """Return how many tasks a department has to see to on ``day``, and how many are overdue."""
    tasks = Task.objects.filter(programme=programme, departments=department_id)
    counted = tasks.filter(state__in=Task.WITH_THE_DEPARTMENTS).aggregate(
        open=Count("pk", distinct=True),
        overdue=Count("pk", distinct=True, filter=Q(due_on__lt=day)),
    )
    return counted["open"], counted["overdue"]


def plans_to_countersign(scope: Scope, programme: Programme, part: str) -> int:
    """Return how many submitted plans still lack the signature for ``part``."""
    plans = plans_visible_to(scope, programme).filter(state=MergePlan.State.SUBMITTED)
    signed = Signature.objects.filter(action=Signature.Action.COUNTERSIGN, part=part)
    return plans.exclude(pk__in=signed.values("plan")).count()


def open_corrections(scope: Scope, programme: Programme) -> int:
    """Return how many corrections of the ledger in ``scope`` await an answer."""
    return Correction.objects.filter(
        scope.q("division_id"), programme=programme, state=Correction.State.REQUESTED
    ).count()

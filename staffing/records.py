"""Reads of the people one by one: head counts, planned staff, redeployments, as a reader sees them.

Each row says whether it rests on placeholder data: its own, or that of its body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from consolidation.selectors.records import readable_plans, rests_on
from consolidation.selectors.state import State, StateView, state_view
from staffing.models import HeadCount, Redeployment, StaffPlan
from staffing.selectors import head_counts, latest_head_counts, staff_plans

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from consolidation.models import Programme
    from platforms_portal.access import Scope


def head_counts_visible_to(scope: Scope, programme: Programme) -> QuerySet[HeadCount, Any]:
    """Return the head counts of the bodies in ``scope``, of every day and category."""
    counts = HeadCount.objects.filter(
        scope.q("body__division_id"), body__ledger=programme.ledger_id
    )
    return counts.annotate(rests_on_placeholder=rests_on("body"))


def staff_plans_visible_to(scope: Scope, programme: Programme) -> QuerySet[StaffPlan, Any]:
    """Return the planned staff of the readable plans."""
    plans = readable_plans(scope, programme).order_by().values("pk")
    return StaffPlan.objects.filter(plan__in=plans).annotate(rests_on_placeholder=rests_on("body"))


def redeployments_visible_to(scope: Scope, programme: Programme) -> QuerySet[Redeployment, Any]:
    """Return where the readable plans send people."""
    plans = readable_plans(scope, programme).order_by().values("pk")
    return Redeployment.objects.filter(plan__in=plans).annotate(
        rests_on_placeholder=rests_on("body")
    )


def head_counts_behind(programme: Programme, state: State, day: datetime.date) -> Q:
    """Return the filter for the head counts whose people the tally of ``state`` sums up.

    In the planned state they are those of bodies that no plan decides; the others' people are
    planned (``staff_plans_behind``).
    """
    view = state_view(programme, state, day)
    if state == State.ACTUAL:
        rows = latest_head_counts(view)
    elif state == State.PLANNED:
        rows = head_counts(view).filter(Q(decided=False))
    else:
        rows = head_counts(view)
    return Q(pk__in=rows.order_by().values("pk"))


def staff_plans_behind(programme: Programme, day: datetime.date) -> Q:
    """Return the filter for the planned staff that the tally of the planned state sums up."""
    view: StateView = state_view(programme, State.PLANNED, day)
    return Q(pk__in=staff_plans(view).order_by().values("pk"))

"""Reads of what is inside plans: what they make of platforms, plates and bodies, one by one.

Another owner's draft, and everything in it, is for nobody but that owner. Each row says whether
it rests on placeholder data: its own, or that of the record it is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, OuterRef, Q

from consolidation.models import BodyDisposition, Disposition, PlateDisposition
from consolidation.selectors.plans import effective_plans, plans_visible_to
from consolidation.selectors.state import flag

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from consolidation.models import MergePlan, Programme
    from platforms_portal.access import Scope


def readable_plans(scope: Scope, programme: Programme) -> QuerySet[MergePlan]:
    """Return the plans of ``programme`` in ``scope``; drafts only for the division they are of."""
    return plans_visible_to(scope, programme, viewer_division_id=scope.division_id)


def with_provenance(plans: QuerySet[MergePlan, Any]) -> QuerySet[MergePlan, Any]:
    """Return ``plans``, each with ``rests_on_placeholder``: it, or anything it decides, is one."""
    of_plan = Q(plan=OuterRef("pk"), is_placeholder=True)
    return plans.annotate(
        rests_on_placeholder=flag(
            Q(is_placeholder=True)
            | Q(Exists(Disposition.objects.filter(of_plan)))
            | Q(Exists(PlateDisposition.objects.filter(of_plan)))
            | Q(Exists(BodyDisposition.objects.filter(of_plan)))
        )
    )


def dispositions_visible_to(scope: Scope, programme: Programme) -> QuerySet[Disposition, Any]:
    """Return what the readable plans make of platforms."""
    decisions = Disposition.objects.filter(plan__in=_plans(scope, programme))
    return decisions.annotate(rests_on_placeholder=rests_on("platform"))


def plate_dispositions_visible_to(
    scope: Scope, programme: Programme
) -> QuerySet[PlateDisposition, Any]:
    """Return what the readable plans make of plates."""
    decisions = PlateDisposition.objects.filter(plan__in=_plans(scope, programme))
    return decisions.annotate(rests_on_placeholder=rests_on("plate"))


def body_dispositions_visible_to(
    scope: Scope, programme: Programme
) -> QuerySet[BodyDisposition, Any]:
    """Return what the readable plans make of management bodies."""
    decisions = BodyDisposition.objects.filter(plan__in=_plans(scope, programme))
    return decisions.annotate(rests_on_placeholder=rests_on("body"))


def effective_plan_ids(programme: Programme, as_of: datetime.date) -> list[int]:
    """Return the keys of the plans that count on ``as_of``, one an owner at most."""
    return [plan.pk for plan in effective_plans(programme, as_of).values()]


def rests_on(about: str) -> Case:
    """Return a column that says whether a row or the record ``about`` is a placeholder."""
    return flag(Q(is_placeholder=True) | Q(**{f"{about}__is_placeholder": True}))


def _plans(scope: Scope, programme: Programme) -> Any:
    return readable_plans(scope, programme).order_by().values("pk")

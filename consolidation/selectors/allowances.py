"""What the commission decided, and divisions gave as reasons, that bears on one rule's answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.models import BreachReason, QuotaException, RetainedPlatform
from consolidation.selectors.state import State

if TYPE_CHECKING:
    from consolidation.selectors.state import StateView
    from platforms_portal.access import Scope

BY_SUB_AREAS = {"R04", "R05"}
"""The rules whose answer a designation changes."""

BY_EXCEPTIONS = {"R04"}
"""The rule whose limit an exception raises."""


@dataclass(frozen=True)
class Allowances:
    """Designated sub-areas, places granted beyond a quota, and reasons that plans give."""

    sub_areas: list[RetainedPlatform]
    exceptions: list[QuotaException]
    reasons: list[BreachReason]

    def __bool__(self) -> bool:
        return bool(self.sub_areas or self.exceptions or self.reasons)


def allowances_of(rule: str, view: StateView, scope: Scope) -> Allowances:
    """Return what bears on ``rule`` in ``view``, as far as ``scope`` shows it.

    Designations and exceptions are those made by the view's day; reasons are those of the plans
    that count there. At the baseline nothing has been decided.
    """
    if view.state == State.BASELINE:
        return Allowances([], [], [])
    programme, day = view.programme, view.as_of
    sub_areas = RetainedPlatform.objects.filter(
        scope.q("platform__division_id"), programme=programme, is_sub_area=True
    ).exclude(designated_on__gt=day)
    exceptions = QuotaException.objects.filter(
        scope.q("division_id"), programme=programme, granted_on__lte=day
    )
    reasons = BreachReason.objects.filter(
        scope.q("plan__division_id"), plan__in=view.plan_ids, rule=rule
    )
    return Allowances(
        sub_areas=list(sub_areas.select_related("platform__division").order_by("pk"))
        if rule in BY_SUB_AREAS
        else [],
        exceptions=list(exceptions.select_related("division").order_by("granted_on", "pk"))
        if rule in BY_EXCEPTIONS
        else [],
        reasons=list(
            reasons.select_related("plan__division").order_by("plan__division__code", "pk")
        ),
    )

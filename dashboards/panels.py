"""Parts that the dashboards add to pages of other apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consolidation.panels import PLAN, Panel, register
from dashboards.selectors.weighing import weigh
from platforms_portal.access import Right

if TYPE_CHECKING:
    from consolidation.models import MergePlan
    from consolidation.selectors.state import StateView
    from platforms_portal.access import Scope


def _weighed(scope: Scope, view: StateView, plan: MergePlan) -> dict[str, Any]:  # noqa: ARG001 - every panel's signature
    """Return what the plan does to the city, for those who decide on it: they hold every right."""
    return {"plan": plan, "weighing": weigh(plan, view, frozenset(Right))}


EFFECT_IF_APPROVED = register(Panel(PLAN, Right.REVIEW, "dashboards/review/effect.html", _weighed))

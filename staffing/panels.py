"""What the pages of bodies and plans show of their people. Imported with the addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consolidation.panels import BODY, PLAN, Panel, register
from consolidation.selectors.kept import kept
from platforms_portal.access import Right
from staffing.people import balance_of_body, figures_of_body, figures_of_plan, moves_of_body

if TYPE_CHECKING:
    from consolidation.models import MergePlan
    from consolidation.selectors.state import StateView
    from platforms_portal.access import Scope
    from zones.models import ManagementBody


def of_body(scope: Scope, view: StateView, body: ManagementBody) -> dict[str, Any]:
    """Return the figures of a body, and who leaves it and arrives there."""
    return {
        "figures": figures_of_body(view, body),
        "balance": balance_of_body(view, body),
        **moves_of_body(view, body),
        "scope": scope,
        "view": view,
    }


def of_plan(scope: Scope, view: StateView, plan: MergePlan) -> dict[str, Any]:
    """Return what a plan makes of the people of its owner."""
    asked = (plan.pk, view.state.value, view.as_of, view.plan_ids)
    figures = kept("people", asked, lambda: figures_of_plan(view, plan))
    return {"figures": figures, "scope": scope, "view": view}


BODY_PANEL = register(Panel(BODY, Right.VIEW_PEOPLE, "staffing/body.html", of_body))
PLAN_PANEL = register(Panel(PLAN, Right.VIEW_PEOPLE, "staffing/plan.html", of_plan))

"""The findings of the rules, shown read-only on the pages of programmes and plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.checks.base import Status
from consolidation.checks.run import findings_of
from consolidation.models import MergePlan
from consolidation.selectors.findings import findings_in
from consolidation.selectors.state import State, state_view

if TYPE_CHECKING:
    from django.http import HttpRequest

    from consolidation.checks.base import Finding
    from consolidation.models import Programme
    from consolidation.selectors.state import StateView


def _asked_state(request: HttpRequest) -> State:
    try:
        return State(request.GET.get("state", State.PLANNED))
    except ValueError:
        return State.PLANNED


def _panel(title: str, view: StateView, findings: list[Finding]) -> dict[str, Any]:
    return {
        "title": title,
        "as_of": view.as_of,
        "tabs": [{"state": state, "current": state == view.state} for state in State],
        "rows": findings,
        "placeholders": any(finding.placeholders for finding in findings),
    }


def findings_of_programme(request: HttpRequest, programme: Programme) -> dict[str, Any]:
    """Return what the programme's page shows: the city's findings, and every owner's open ones.

    The state is the one that ``request`` asks for, else the planned one.
    """
    view = state_view(programme, _asked_state(request))
    shown = [
        finding
        for finding in findings_in(view)
        if finding.scope.is_city or finding.status != Status.MET
    ]
    return _panel(_("Findings of the programme"), view, shown)


def findings_of_plan(request: HttpRequest, plan: MergePlan) -> dict[str, Any]:
    """Return what the plan's page shows: the findings of its owner, a draft as if submitted."""
    is_draft = plan.is_internal
    view = state_view(
        plan.programme, _asked_state(request), draft_of=plan.division if is_draft else None
    )
    found = findings_of(
        findings_in(view), division_id=plan.division_id, city_id=plan.programme.division_id
    )
    title = _("Findings of the owner's plan in force")
    if is_draft:
        title = _("Findings, were this draft submitted")
    return _panel(title, view, found)

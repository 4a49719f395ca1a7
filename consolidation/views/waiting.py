"""The panel "What waits for you": what each role finds first on the overview, as links."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.checks.base import Status
from consolidation.filters_tasks import WITH_THE_DEPARTMENTS
from consolidation.models import MergePlan
from consolidation.selectors.desk import undecided_count
from consolidation.selectors.home import is_breach
from consolidation.selectors.readiness import Readiness
from consolidation.selectors.signing import part_of
from consolidation.selectors.state import State
from consolidation.selectors.stepping import CARRIED_OUT_STATES, step_counts
from consolidation.selectors.waiting import (
    latest_plan_of,
    open_corrections,
    open_tasks_of,
    plans_by_state,
    plans_to_countersign,
)
from platforms_portal.access import Countersigns, Right, Role, has_right
from platforms_portal.admin_rights import may_look

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User
    from consolidation.selectors.home import Overview


class Waiting(NamedTuple):
    """One thing that waits: its sentence, where to go, and more to know."""

    text: str
    url: str
    detail: str = ""


_FURTHER: list[Callable[[User, Overview], list[Waiting]]] = []


def register(panel: Callable[[User, Overview], list[Waiting]]) -> None:
    """Add what another app knows to wait for its readers, after what this one knows."""
    if panel not in _FURTHER:
        _FURTHER.append(panel)


def waiting_for(user: User, overview: Overview) -> list[Waiting]:
    """Return what waits for ``user`` in the programme, the most pressing first."""
    panel = _PANELS.get(user.role)
    items = panel(user, overview) if panel else []
    for further in _FURTHER:
        items += further(user, overview)
    if may_look(user):
        items.append(Waiting(_("Records, accounts and their history"), reverse("admin:index")))
    return items


def _url(overview: Overview, name: str, **asked: str) -> str:
    address = reverse(name, args=[overview.programme.code])
    return f"{address}?{urlencode(asked)}" if asked else address


def _rule(overview: Overview, rule: str) -> str:
    return reverse("rule", args=[overview.programme.code, rule])


def _breaches(overview: Overview, *, city: bool) -> list[Waiting]:
    number = sum(
        is_breach(finding)
        for finding in overview.findings[overview.state]
        if finding.scope.is_city == city
    )
    if not number:
        return []
    sentence = ngettext("%(n)d rule is broken", "%(n)d rules are broken", number) % {"n": number}
    return [Waiting(sentence, "#breaches", str(overview.state.label))]


def _review(overview: Overview) -> list[Waiting]:
    states = plans_by_state(overview.scope, overview.programme)
    items: list[Waiting] = []
    for state in (MergePlan.State.SUBMITTED, MergePlan.State.COUNTERSIGNED):
        if number := states.get(state, 0):
            sentence = ngettext("%(n)d plan awaits review", "%(n)d plans await review", number) % {
                "n": number
            }
            url = _url(overview, "plans", plan_state=state.value)
            items.append(Waiting(sentence, url, str(state.label)))
    return items


def _missing_plans(overview: Overview) -> list[Waiting]:
    missing = overview.plans_due - len(overview.plans)
    if not missing:
        return []
    sentence = ngettext(
        "%(n)d owner has not submitted its plan",
        "%(n)d owners have not submitted their plans",
        missing,
    )
    # The rule on deadlines names them; a list of plans cannot show what is not there.
    told = overview.finding_of(State.PLANNED, "R17", "plans") is not None
    url = _rule(overview, "R17") if told else _url(overview, "plans")
    return [Waiting(sentence % {"n": missing}, url)]


def _sub_areas(overview: Overview) -> list[Waiting]:
    quota = overview.finding_of(State.PLANNED, "R04", "")
    places = overview.finding_of(State.PLANNED, "R05", "sub_areas_max")
    if quota is None or places is None or quota.status != Status.NOT_MET or not places.margin:
        return []
    number = max(0, places.margin)
    sentence = ngettext(
        "%(n)d sub-area is not designated yet", "%(n)d sub-areas are not designated yet", number
    ) % {"n": number}
    return [Waiting(sentence, _rule(overview, "R04"), str(quota.message))] if number else []


def _steps_to_confirm(overview: Overview) -> list[Waiting]:
    number = step_counts(overview.scope, overview.programme, overview.as_of).reported
    if not number:
        return []
    sentence = ngettext(
        "%(n)d step awaits confirmation", "%(n)d steps await confirmation", number
    ) % {"n": number}
    return [Waiting(sentence, _url(overview, "follow-up", kind="step", light="waiting"))]


def _corrections(overview: Overview) -> list[Waiting]:
    number = open_corrections(overview.scope, overview.programme)
    if not number:
        return []
    sentence = ngettext(
        "%(n)d correction of the ledger awaits an answer",
        "%(n)d corrections of the ledger await an answer",
        number,
    ) % {"n": number}
    return [Waiting(sentence, _url(overview, "corrections"))]


def _commission(_user: User, overview: Overview) -> list[Waiting]:
    return [
        *_review(overview),
        *_steps_to_confirm(overview),
        *_corrections(overview),
        *_sub_areas(overview),
        *_breaches(overview, city=True),
        *_missing_plans(overview),
    ]


def _district(user: User, overview: Overview) -> list[Waiting]:
    plan = latest_plan_of(overview.scope, overview.programme)
    if plan is None:
        own = [Waiting(_("Your division has no plan yet"), _url(overview, "plans"))]
    else:
        own = _own_plan(plan, overview)
    return [*own, *_steps_of_division(overview, user), *_breaches(overview, city=False)]


def _own_plan(plan: MergePlan, overview: Overview) -> list[Waiting]:
    """Return where the division's plan stands, and what is to be done with it next."""
    code = overview.programme.code
    sentence = _("Your plan, version %(version)d: %(state)s") % {
        "version": plan.version,
        "state": plan.get_state_display(),
    }
    if plan.state != MergePlan.State.DRAFT:
        reason = plan.return_reason if plan.state == MergePlan.State.RETURNED else ""
        told = reason and _("Reason: %(reason)s") % {"reason": reason}
        return [Waiting(sentence, reverse("plan", args=[code, plan.pk]), told)]
    edit = reverse("plan-edit", args=[code, plan.pk])
    items = [Waiting(sentence, edit, _returned_because(plan))]
    if undecided := undecided_count(plan):
        told = ngettext(
            "%(n)d platform is not decided on", "%(n)d platforms are not decided on", undecided
        )
        items.append(Waiting(told % {"n": undecided}, edit))
    elif not Readiness(plan).is_ready:
        submit = reverse("plan-submit", args=[code, plan.pk])
        items.append(Waiting(_("Breaches keep the plan from being submitted"), submit))
    else:
        submit = reverse("plan-submit", args=[code, plan.pk])
        items.append(Waiting(_("The plan can be submitted"), submit))
    return items


def _returned_because(plan: MergePlan) -> str:
    return _("Reason: %(reason)s") % {"reason": plan.return_reason} if plan.return_reason else ""


def _steps_of_division(overview: Overview, user: User) -> list[Waiting]:
    plan = latest_plan_of(overview.scope, overview.programme)
    if plan is None or plan.state not in CARRIED_OUT_STATES or not has_right(user, Right.EDIT_PLAN):
        return []
    steps = step_counts(overview.scope, overview.programme, overview.as_of)
    address = reverse("plan-execution", args=[overview.programme.code, plan.pk])
    items: list[Waiting] = []
    if steps.objected:
        told = ngettext(
            "%(n)d step was not confirmed", "%(n)d steps were not confirmed", steps.objected
        )
        items.append(Waiting(told % {"n": steps.objected}, f"{address}?show=open"))
    open_steps = steps.total - steps.confirmed - steps.reported
    if open_steps:
        told = ngettext(
            "%(n)d step is to be carried out", "%(n)d steps are to be carried out", open_steps
        )
        late = _("%(n)d late") % {"n": steps.late} if steps.late else ""
        items.append(Waiting(told % {"n": open_steps}, f"{address}?show=open", late))
    return items


def _leader(_user: User, overview: Overview) -> list[Waiting]:
    plan = latest_plan_of(overview.scope, overview.programme)
    own = _district(_user, overview) if plan is None or not plan.is_internal else []
    if plan is not None and plan.state == MergePlan.State.LEADER_REVIEW:
        address = reverse("plan", args=[overview.programme.code, plan.pk])
        return [Waiting(_("Your division's plan awaits your approval"), address)]
    if plan is not None and plan.is_internal:
        address = reverse("plan", args=[overview.programme.code, plan.pk])
        return [Waiting(_("Your officials are drawing up the plan"), address)]
    return own


def _countersigner(user: User, overview: Overview) -> list[Waiting]:
    items: list[Waiting] = []
    department = user.department
    if department is None:
        return items
    if department.countersigns != Countersigns.NOTHING:
        part = part_of(user) or ""
        if number := plans_to_countersign(overview.scope, overview.programme, part):
            sentence = ngettext(
                "%(n)d plan awaits your department", "%(n)d plans await your department", number
            ) % {"n": number}
            url = _url(overview, "plans", plan_state=MergePlan.State.SUBMITTED.value)
            items.append(Waiting(sentence, url))
    number, overdue = open_tasks_of(overview.programme, department.pk, overview.as_of)
    if number:
        sentence = ngettext(
            "%(n)d task of your department is open",
            "%(n)d tasks of your department are open",
            number,
        ) % {"n": number}
        late = _("%(n)d overdue") % {"n": overdue} if overdue else ""
        url = _url(overview, "tasks", task_state=WITH_THE_DEPARTMENTS)
        items.append(Waiting(sentence, url, late))
    return items


def _analyst(_user: User, overview: Overview) -> list[Waiting]:
    return [
        Waiting(_("Filter the ledger"), _url(overview, "platforms")),
        Waiting(_("The same figures by the API"), reverse("api-docs")),
    ]


def _auditor(_user: User, overview: Overview) -> list[Waiting]:
    if Right.VIEW_HISTORY not in overview.rights:
        return []
    return [
        Waiting(_("Plans and their versions"), _url(overview, "plans")),
        Waiting(
            _("The ledger"),
            _url(overview, "platforms"),
            _("The page of each record shows who changed what and when."),
        ),
    ]


_PANELS: dict[str, Callable[[User, Overview], list[Waiting]]] = {
    Role.DISTRICT_OFFICIAL: _district,
    Role.DISTRICT_LEADER: _leader,
    Role.COMMISSION_REVIEWER: _commission,
    Role.COUNTERSIGNER: _countersigner,
    Role.ANALYST: _analyst,
    Role.AUDITOR: _auditor,
}

"""Every address of the site, opened by a stranger and by every role: what is not granted is refused.

The tables below say who may open what. An address that stands in none of them fails the test, so
that nobody adds a page without deciding who may see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.authtoken.models import TokenProxy

from accounts.models import User
from consolidation.models import (
    ArrangedIndustry,
    Arrangement,
    Attachment,
    BodyDisposition,
    BreachReason,
    Correction,
    Disposition,
    ExecutionStep,
    NationalRank,
    Notice,
    Opinion,
    PlateDisposition,
    Programme,
    QuotaException,
    RankGoal,
    RetainedIndustry,
    Signature,
    StepTemplate,
    Task,
    TaskNote,
)
from dashboards.models import SavedView
from evaluation.models import EvaluationYear, Indicator, IndicatorValue, RankReport
from evaluation.services.years import freeze, publish
from exchange.models import HeadingMemory, ImportProblem, ImportRow, ImportRun
from followup.models import FollowUpSettings, Reminder, TaskAct
from platforms_portal.access import Countersigns, Role
from signals.models import SignalNote, SignalSetting
from solver.models import SolverRun
from tests import factories as make
from zones.models import (
    Division,
    DivisionSuccession,
    Industry,
    LeadershipPost,
    LeadingIndustry,
    PlatformName,
)

# --- The cast -------------------------------------------------------------------------------------

OFFICIAL, LEADER = "district official", "district leader"
REVIEWER, ANALYST, AUDITOR, ADMINISTRATOR = "reviewer", "analyst", "auditor", "administrator"
SIGNS_BODIES, SIGNS_PEOPLE = "countersigns bodies", "countersigns people"
STRANGER = "stranger"

DISTRICT = frozenset({OFFICIAL, LEADER})
OFFICIALS = frozenset({OFFICIAL})
REVIEWERS = frozenset({REVIEWER})
EVERYBODY = DISTRICT | {REVIEWER, ANALYST, AUDITOR, ADMINISTRATOR, SIGNS_BODIES, SIGNS_PEOPLE}
SEE_PEOPLE = EVERYBODY - {SIGNS_BODIES}
LOOK_INTO_ADMIN = frozenset({AUDITOR, ADMINISTRATOR})
CHANGE_IN_ADMIN = frozenset({ADMINISTRATOR})
NOBODY: frozenset[str] = frozenset()
ANSWER = frozenset({SIGNS_BODIES, SIGNS_PEOPLE})


# --- Who may open what ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What an address answers: ``status`` to those who may open it, 403 to all others.

    ``record`` names the record in its address. Where it belongs to a division, it is asked for
    twice, and the districts get 404 for the one of another division; so do those in
    ``hidden_from`` for either.
    """

    opened_by: frozenset[str]
    status: int = 200
    record: str = ""
    method: str = "get"
    stranger: int = 302
    hidden_from: frozenset[str] = NOBODY


def api(opened_by: frozenset[str], record: str = "") -> Row:
    """An address of the API, which tells a stranger 401."""
    return Row(opened_by, record=record, stranger=401)


PAGES = {
    "home": Row(EVERYBODY),
    "programmes": Row(EVERYBODY),
    "programme": Row(EVERYBODY),
    "rule": Row(EVERYBODY),
    "platforms": Row(EVERYBODY),
    "platform": Row(EVERYBODY, record="platform"),
    "bodies": Row(EVERYBODY),
    "body": Row(EVERYBODY, record="body"),
    "plates": Row(EVERYBODY),
    "plate": Row(EVERYBODY, record="plate"),
    "people": Row(SEE_PEOPLE),
    "retained-list": Row(EVERYBODY),
    "retained": Row(EVERYBODY, record="retained"),
    "designate-sub-area": Row(frozenset({REVIEWER}), 422, "retained", "post"),
    "withdraw-designation": Row(frozenset({REVIEWER}), 422, "retained", "post"),
    "grant-exception": Row(frozenset({REVIEWER}), 422, "retained", "post"),
    "plans": Row(EVERYBODY),
    "plan": Row(EVERYBODY, record="plan"),
    "tasks": Row(EVERYBODY),
    # A department sees only its own tasks, and this one is of those who sign for bodies.
    "task": Row(EVERYBODY, record="task", hidden_from=frozenset({SIGNS_PEOPLE})),
    "task-report": Row(ANSWER, 422, "task", "post", hidden_from=frozenset({SIGNS_PEOPLE})),
    "task-act": Row(
        frozenset({REVIEWER, SIGNS_PEOPLE}),
        422,
        "task",
        "post",
        hidden_from=frozenset({SIGNS_PEOPLE}),
    ),
    "attach-to-note": Row(
        ANSWER | {REVIEWER}, 302, "task", "post", hidden_from=frozenset({SIGNS_PEOPLE, REVIEWER})
    ),
    "detach-from-note": Row(ANSWER | {REVIEWER}, 404, "task", "post"),  # No file of a report.
    "follow-up": Row(EVERYBODY),
    "follow-up-log": Row(EVERYBODY),
    "follow-up-settings": Row(frozenset({REVIEWER})),
    "remind": Row(frozenset({REVIEWER}), 302, method="post"),
    "notices": Row(EVERYBODY),
    # Everybody has a list of their own, and this notice is the official's.
    "notice-open": Row(EVERYBODY, 302, "notice", "post", hidden_from=EVERYBODY - {OFFICIAL}),
    # The plan of the small city is submitted: who may edit it is led to its page, and told why.
    "plan-edit": Row(OFFICIALS, 302, "plan"),
    "plan-set-many": Row(OFFICIALS, 302, "plan", "post"),
    "plan-row": Row(OFFICIALS, 302, "plan", "post"),
    "plan-fill": Row(OFFICIALS, 302, "plan", "post"),
    "plan-effect": Row(OFFICIALS, record="plan"),
    "plan-variants": Row(OFFICIALS, 302, "plan"),
    "variant-new": Row(OFFICIALS, 422, "plan", "post"),
    "variant-take": Row(OFFICIALS, 404, "plan", "post"),  # It is no variant.
    "variant-drop": Row(OFFICIALS, 404, "plan", "post"),
    "plan-result": Row(OFFICIALS, 302, "plan"),
    "plan-result-save": Row(OFFICIALS, 302, "plan", "post"),
    "plan-result-found": Row(OFFICIALS, 302, "plan", "post"),
    "plan-result-fate": Row(OFFICIALS, 302, "plan", "post"),
    "plan-result-take-back": Row(OFFICIALS, 302, "plan", "post"),
    "plan-staff": Row(OFFICIALS, 302, "plan"),
    "plan-staff-place": Row(OFFICIALS, 302, "plan", "post"),
    "plan-staff-save": Row(OFFICIALS, 302, "plan", "post"),
    "plan-staff-remove": Row(OFFICIALS, 302, "plan", "post"),
    "plan-submit": Row(OFFICIALS, 302, "plan"),
    "plan-reason": Row(OFFICIALS, 302, "plan", "post"),
    "plan-start": Row(OFFICIALS, 302, method="post"),
    "plan-withdraw": Row(OFFICIALS, 422, "plan", "post"),
    "plan-revise": Row(OFFICIALS, 422, "plan", "post"),
    "plan-act": Row(frozenset({REVIEWER}), 422, "plan", "post"),
    "plan-compare": Row(EVERYBODY, record="plan"),
    "plan-sides": Row(EVERYBODY, record="plan"),
    "changes": Row(EVERYBODY),
    "signals": Row(EVERYBODY),
    "signal": Row(EVERYBODY, record="signal"),
    # Nothing is said: who may say something is told so.
    "signal-note": Row(frozenset({REVIEWER, OFFICIAL}), 422, "signal", "post"),
    "city": Row(EVERYBODY),
    "review": Row(frozenset({REVIEWER, SIGNS_BODIES, SIGNS_PEOPLE})),
    "plans-abreast": Row(EVERYBODY - DISTRICT),
    "saved-views": Row(EVERYBODY),
    # Everybody has a list of their own, and this view is the official's.
    "saved-view-drop": Row(EVERYBODY, 302, "view", "post", hidden_from=EVERYBODY - {OFFICIAL}),
    "plan-opinion": Row(frozenset({REVIEWER, SIGNS_BODIES, SIGNS_PEOPLE}), 422, "plan", "post"),
    # The opinion is the commission's and not sent yet.
    "opinion-delete": Row(
        frozenset({REVIEWER, SIGNS_BODIES, SIGNS_PEOPLE}),
        302,
        "opinion",
        "post",
        hidden_from=frozenset({SIGNS_BODIES, SIGNS_PEOPLE}),
    ),
    "opinion-answer": Row(OFFICIALS, 404, "opinion", "post"),
    # Nothing is carried out before a plan is approved.
    "plan-execution": Row(EVERYBODY, 404, "plan"),
    "step-report": Row(OFFICIALS, 404, "plan", "post"),
    "step-confirm": Row(frozenset({REVIEWER}), 404, "plan", "post"),
    "step-object": Row(frozenset({REVIEWER}), 404, "plan", "post"),
    "attachment": Row(EVERYBODY, 404),  # Its file is not stored.
    "detach": Row(OFFICIALS, 302, method="post"),
    "attach-to-plan": Row(OFFICIALS, 302, "plan", "post"),
    "attach-to-step": Row(OFFICIALS, 302, "step", "post"),
    "attach-to-correction": Row(OFFICIALS, 302, "correction", "post"),
    "ledger-check": Row(OFFICIALS),
    "corrections": Row(EVERYBODY),
    "correction-new": Row(OFFICIALS),
    "correction": Row(EVERYBODY, record="correction"),
    "correction-decide": Row(frozenset({REVIEWER}), 422, "correction", "post"),
    "correction-withdraw": Row(OFFICIALS, 302, "correction", "post"),
    "head-counts": Row(OFFICIALS),
    "imports": Row(OFFICIALS | {REVIEWER, ADMINISTRATOR}),
    # The walk asks for the template of the ledger; others need the right to what is in them.
    "import-template": Row(EVERYBODY),
    # The uploads of the small city are the divisions' own: the commission has others. All is over
    # with them, so that who may act is told so.
    **{
        name: Row(
            OFFICIALS | {REVIEWER, ADMINISTRATOR},
            status,
            "upload",
            method,
            hidden_from=frozenset({REVIEWER, ADMINISTRATOR}),
        )
        for name, status, method in (
            ("import-run", 200, "get"),
            ("import-columns", 422, "post"),
            ("import-commit", 422, "post"),
            ("import-cancel", 422, "post"),
            ("import-again", 422, "post"),
            ("import-marked", 404, "get"),  # Its file is not stored.
        )
    },
    "goals": Row(EVERYBODY),
    "ranks": Row(REVIEWERS),
    "rank-count": Row(REVIEWERS, 302, "rank report", "post"),
    "rank-withdraw": Row(REVIEWERS, 302, "rank report", "post"),
    "evaluation": Row(EVERYBODY),
    "evaluation-open": Row(REVIEWERS, 422, method="post"),
    # The year of the small city is published, and seen by all; test_evaluation has the drafts.
    "evaluation-year": Row(EVERYBODY),
    "evaluation-proof": Row(EVERYBODY, record="evaluated"),
    "evaluation-act": Row(REVIEWERS, 404, method="post"),  # There is no act “return”.
    "evaluation-values": Row(REVIEWERS, 302),  # Frozen: led back to the year.
    "evaluation-indicators": Row(REVIEWERS, 302),
    "solver": Row(OFFICIALS | {REVIEWER}),
    # The runs of the small city are the divisions' own: the commission has others.
    "solver-run": Row(
        OFFICIALS | {REVIEWER}, record="solver run", hidden_from=frozenset({REVIEWER})
    ),
    "solver-cancel": Row(
        OFFICIALS | {REVIEWER}, 422, "solver run", "post", hidden_from=frozenset({REVIEWER})
    ),
    "solver-again": Row(
        OFFICIALS | {REVIEWER}, 302, "solver run", "post", hidden_from=frozenset({REVIEWER})
    ),
    "solver-variant": Row(OFFICIALS, 422, "solver run", "post"),
    "reports": Row(EVERYBODY),
    "form-summary": Row(EVERYBODY),
    "form-platforms": Row(EVERYBODY),
    "form-bodies": Row(EVERYBODY),
    "plan-request": Row(EVERYBODY, record="plan"),
    "plan-reply": Row(EVERYBODY, 404, record="plan"),  # It is submitted, and not approved.
    "report-workbook": Row(EVERYBODY),
    # Leaving and changing one's own password is everybody's.
    "logout": Row(EVERYBODY, status=302, method="post"),
    "password_change": Row(EVERYBODY),
    "password_change_done": Row(EVERYBODY),
}

API = {
    "api-root": api(EVERYBODY),
    "api-schema": api(EVERYBODY),
    "api-docs": Row(EVERYBODY),
    # Every other address of the API.
    r"api/v1/^[\s\S]+/\Z": Row(EVERYBODY, status=404, stranger=401),
    "api-programmes-list": api(EVERYBODY),
    "api-programmes-detail": api(EVERYBODY),
    "api-programme-checks": api(EVERYBODY),
    "api-programme-counts": api(EVERYBODY),
    "api-programme-signals": api(EVERYBODY),
    "api-programme-evaluation": api(EVERYBODY),
    "api-programme-ranks": api(EVERYBODY),
    "api-programme-due": api(EVERYBODY),
    "api-reminders-list": api(EVERYBODY),
    "api-reminders-detail": Row(
        EVERYBODY, record="reminder", stranger=401, hidden_from=DISTRICT | {SIGNS_PEOPLE}
    ),
    "api-programme-flows": api(EVERYBODY),
    "api-programme-burn-down": api(EVERYBODY),
    "api-programme-report": api(EVERYBODY),
    "api-divisions-list": api(EVERYBODY),
    "api-divisions-detail": api(EVERYBODY, "own division"),
    "api-platforms-list": api(EVERYBODY),
    "api-platforms-detail": api(EVERYBODY, "platform"),
    "api-retained-list": api(EVERYBODY),
    "api-retained-detail": api(EVERYBODY, "retained"),
    "api-bodies-list": api(EVERYBODY),
    "api-bodies-detail": api(EVERYBODY, "body"),
    "api-plates-list": api(EVERYBODY),
    "api-plates-detail": api(EVERYBODY, "plate"),
    "api-plans-list": api(EVERYBODY),
    "api-plans-detail": api(EVERYBODY, "plan"),
    "api-dispositions-list": api(EVERYBODY),
    "api-dispositions-detail": api(EVERYBODY, "disposition"),
    "api-plate-dispositions-list": api(EVERYBODY),
    "api-plate-dispositions-detail": api(EVERYBODY, "plate disposition"),
    "api-body-dispositions-list": api(EVERYBODY),
    "api-body-dispositions-detail": api(EVERYBODY, "body disposition"),
    "api-tasks-list": api(EVERYBODY),
    # A department sees only its own tasks, and this one is of those who sign for bodies.
    "api-tasks-detail": Row(
        EVERYBODY, record="task", stranger=401, hidden_from=frozenset({SIGNS_PEOPLE})
    ),
    "api-head-counts-list": api(SEE_PEOPLE),
    "api-head-counts-detail": api(SEE_PEOPLE, "head count"),
    "api-staff-plans-list": api(SEE_PEOPLE),
    "api-staff-plans-detail": api(SEE_PEOPLE, "staff plan"),
    "api-redeployments-list": api(SEE_PEOPLE),
    "api-redeployments-detail": api(SEE_PEOPLE, "redeployment"),
}

# What a stranger may open, and what it answers to whoever asks.
PUBLIC = {"login": 200, "set_language": 302, "admin:login": 302, "api-token": 405}

# The admin's addresses, by what follows the model's own part; the same for every model.
ADMIN_SITE = {
    "admin/": Row(LOOK_INTO_ADMIN),
    "admin/logout/": Row(LOOK_INTO_ADMIN, status=302, method="post"),
    "admin/password_change/": Row(LOOK_INTO_ADMIN),
    "admin/password_change/done/": Row(LOOK_INTO_ADMIN),
    "admin/autocomplete/": Row(LOOK_INTO_ADMIN, status=403),  # Without the name of a field.
    "admin/jsi18n/": Row(LOOK_INTO_ADMIN),
    "admin/r/<path:content_type_id>/<path:object_id>/": Row(LOOK_INTO_ADMIN, status=404),
    r"admin/^(?P<app_label>…)/$": Row(LOOK_INTO_ADMIN),
    "admin/(?P<url>.*)$": Row(LOOK_INTO_ADMIN, status=404),
}
ADMIN_MODEL = {
    "": Row(LOOK_INTO_ADMIN),
    "add/": Row(CHANGE_IN_ADMIN),
    "<path:object_id>/change/": Row(LOOK_INTO_ADMIN),
    "<path:object_id>/": Row(LOOK_INTO_ADMIN, status=302),
    "<path:object_id>/delete/": Row(CHANGE_IN_ADMIN),
    "<path:object_id>/history/": Row(LOOK_INTO_ADMIN),
    "^([^/]+)/history/([^/]+)/$": Row(LOOK_INTO_ADMIN),
    "<id>/password/": Row(CHANGE_IN_ADMIN),
}
# The small city has records that depend on these, so that not even the administrator deletes them.
KEPT = {
    "accounts.user",
    "consolidation.arrangement",
    "consolidation.bodydisposition",
    "consolidation.disposition",
    "consolidation.mergeplan",
    "consolidation.programme",
    "consolidation.retainedplatform",
    "consolidation.task",
    "zones.department",
    "zones.division",
    "zones.industry",
    "zones.ledger",
    "zones.managementbody",
    "zones.plate",
    "zones.platform",
    "evaluation.evaluationyear",
    "evaluation.indicator",
    "evaluation.indicatorvalue",  # Its year is frozen.
}
# What proves what was done is written by services alone.
AS_WRITTEN = {
    "consolidation.attachment",
    "consolidation.breachreason",
    "consolidation.correction",
    "consolidation.notice",
    "consolidation.opinion",
    "consolidation.signature",
    "signals.signalnote",
    "evaluation.publication",
    "exchange.importproblem",
    "exchange.importrow",
    "exchange.importrun",
    "followup.reminder",
    "followup.taskact",
    "solver.solverrun",
}
# What readers keep for themselves is written by them alone; it may be cleared away.
OWNERS_ALONE = {"dashboards.savedview"}
# Keys of programs open doors, so that auditors do not see them either.
ADMINISTRATORS_ONLY = {"authtoken.tokenproxy"}


# --- The city -------------------------------------------------------------------------------------


@dataclass
class City:
    """A programme with two divisions, everything that there is in the first, some in the other."""

    programme: Programme
    records: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    cast: dict[str, User] = field(default_factory=dict)


def settle_division(programme: Programme, division: Division) -> dict[str, Any]:
    """One of every record that belongs to a division."""
    platform = make.make_platform(programme, division)
    second = make.make_platform(programme, division)
    body = make.make_body(programme, division, platform)
    plate = make.make_plate(programme, platform)
    plan = make.make_plan(programme, division)
    retained = make.make_retained(programme, platform)
    disposition = make.dispose(
        plan, second, Disposition.Kind.MERGE, target=platform, is_placeholder=True
    )
    kept = make.dispose_body(plan, body, BodyDisposition.Fate.KEEP, serves=platform)
    for subject in (
        {"disposition": disposition},
        {"body_disposition": kept},
        {"retained": retained},
    ):
        ExecutionStep.objects.create(title="公布", **subject)
    return {
        "platform": platform,
        "body": body,
        "plate": plate,
        "plan": plan,
        "retained": retained,
        "disposition": disposition,
        "body disposition": kept,
        "plate disposition": make.dispose_plate(
            plan, plate, PlateDisposition.Fate.KEEP, carrier=platform
        ),
        "head count": make.count_heads(body, 10)[0],
        "staff plan": make.plan_heads(plan, body, 7)[0],
        "redeployment": make.move(plan, body, "administrative", 3),
        # Its plan is in and has a placeholder.
        "signal": SimpleNamespace(pk=f"S09-{division.pk}-plan"),
    }


@pytest.fixture
def city() -> City:
    programme = make.make_programme()
    own, other = make.make_division(programme), make.make_division(programme)
    make.make_adjacent(own, other)
    bodies = make.make_department(programme, countersigns=Countersigns.BODIES)
    people = make.make_department(programme, countersigns=Countersigns.PEOPLE)
    city = City(programme, settle_division(programme, own), settle_division(programme, other))
    day = make.BASELINE
    industry = Industry.objects.create(name="示例产业")
    task = Task.objects.create(programme=programme, clause="三", title="示例任务")
    task.departments.add(bodies)
    retained, platform = city.records["retained"], city.records["platform"]
    TaskNote.objects.create(task=task, department=bodies, written_on=day, text="进展")
    DivisionSuccession.objects.create(predecessor=own, successor=other, effective_on=day)
    PlatformName.objects.create(platform=platform, name="旧名称")
    LeadingIndustry.objects.create(platform=platform, industry=industry)
    LeadershipPost.objects.create(body=city.records["body"], title="主任")
    RetainedIndustry.objects.create(retained=retained, industry=industry)
    NationalRank.objects.create(retained=retained, zone_kind="economic", year=2020, rank=50)
    RankGoal.objects.create(programme=programme, zone_kind="economic", rank_max=60, zones_min=2)
    QuotaException.objects.create(
        programme=programme, division=own, places=1, reason="示例", document="示例", granted_on=day
    )
    city.records |= {"division": own, "task": task}
    city.others["division"] = other
    city.cast = {
        OFFICIAL: make.make_user(Role.DISTRICT_OFFICIAL, division=own),
        LEADER: make.make_user(Role.DISTRICT_LEADER, division=own),
        REVIEWER: make.make_user(Role.COMMISSION_REVIEWER),
        SIGNS_BODIES: make.make_user(Role.COUNTERSIGNER, department=bodies),
        SIGNS_PEOPLE: make.make_user(Role.COUNTERSIGNER, department=people),
        ANALYST: make.make_user(Role.ANALYST),
        AUDITOR: make.make_user(Role.AUDITOR),
        ADMINISTRATOR: make.make_user(Role.ADMINISTRATOR),
    }
    TokenProxy.objects.create(user=city.cast[ANALYST])
    _on_its_way(city)
    return city


def _on_its_way(city: City) -> None:
    """One of every record that the way of a plan leaves behind."""
    plan, official = city.records["plan"], city.cast[OFFICIAL]
    arrangement = Arrangement.objects.create(plan=plan, platform=city.records["platform"])
    industry = Industry.objects.get()
    ArrangedIndustry.objects.create(arrangement=arrangement, industry=industry)
    Signature.objects.create(
        plan=plan, action="submit", user=official, signer="张三", role=official.role, day=make.AS_OF
    )
    city.records["opinion"] = Opinion.objects.create(
        plan=plan, part="content", subject="plan", text="请说明", author=city.cast[REVIEWER]
    )
    BreachReason.objects.create(plan=plan, rule="R04", reason="申请认定分片区")
    Attachment.objects.create(plan=plan, name="请示.pdf", size=1, uploaded_by=official)
    city.records["correction"] = Correction.objects.create(
        programme=city.programme,
        division=city.records["division"],
        kind="add",
        subject="platform",
        label="示例",
        requested_by=official,
    )
    city.records["notice"] = Notice.objects.create(
        user=official, programme=city.programme, kind="submitted", url="/"
    )
    city.records["view"] = SavedView.objects.create(
        user=official, programme=city.programme, name="常用", address="/programmes/"
    )
    city.records["step"] = ExecutionStep.objects.get(disposition=city.records["disposition"])
    FollowUpSettings.objects.create(programme=city.programme)
    city.records["reminder"] = Reminder.objects.create(
        programme=city.programme, kind="task", item=city.records["task"].pk, day=make.AS_OF
    )
    TaskAct.objects.create(
        task=city.records["task"],
        action="hand_out",
        led_to="open",
        user=city.cast[REVIEWER],
        day=make.AS_OF,
    )
    StepTemplate.objects.create(programme=city.programme, subject="abolish", title="撤销批文")
    SignalSetting.objects.create(
        programme=city.programme, signal="S06", name="peers_min", numerator=3
    )
    SignalNote.objects.create(
        programme=city.programme,
        division=city.records["division"],
        signal="S09",
        key=city.records["signal"].pk,
        digest="0",
        kind="answer",
        text="正在收集",
        author=official,
    )
    _evaluated(city)
    _solved(city)
    _uploaded(city)


def _evaluated(city: City) -> None:
    """A year that is published, with one of everything that it is made of."""
    retained = city.records["retained"]
    city.records["rank report"] = RankReport.objects.create(
        retained=retained, zone_kind="economic", year=2019, rank=48, source="示例公报"
    )
    evaluation = EvaluationYear.objects.create(programme=city.programme, year=2020)
    indicator = Indicator.objects.create(
        evaluation=evaluation, code="rd", dimension="innovation", name="研发", unit="%", weight=1000
    )
    IndicatorValue.objects.create(indicator=indicator, retained=retained, value=3)
    reviewer = city.cast[REVIEWER]
    freeze(evaluation=evaluation, user=reviewer)
    publish(evaluation=evaluation, user=reviewer, day=make.AS_OF, document="示例")
    # What is published of another division is seen by all.
    city.records["evaluated"] = retained


def _solved(city: City) -> None:
    """A run of the solver for each of both divisions."""
    for records in (city.records, city.others):
        records["solver run"] = SolverRun.objects.create(
            programme=city.programme,
            owner=records["division"],
            is_internal=True,
            asked_by=city.cast[OFFICIAL],
            as_of=make.AS_OF,
            state=SolverRun.State.CANCELLED,
            options={"mode": "everything"},
        )


def _uploaded(city: City) -> None:
    """An upload of each of both divisions, with one of everything that comes of it."""
    for records in (city.records, city.others):
        records["upload"] = run = ImportRun.objects.create(
            programme=city.programme,
            division=records["division"],
            template="plan",
            file_name="方案.xlsx",
            language="zh-hans",
            state=ImportRun.State.REFUSED,
            uploaded_by=city.cast[OFFICIAL],
        )
        ImportRow.objects.create(
            run=run, sheet="处置", row=2, subject="dispositions", action="same"
        )
        ImportProblem.objects.create(run=run, severity="error", message="示例")
    HeadingMemory.objects.create(
        division=city.records["division"], template="ledger", subject="platforms", heading="名称"
    )


# --- The walk -------------------------------------------------------------------------------------


class Address(NamedTuple):
    """An address of the site: its pattern, and its name where it has one."""

    route: str
    name: str

    @property
    def key(self) -> str:
        """What the tables call it."""
        return self.name or self.route


def addresses() -> list[Address]:
    """Return every address that the site answers."""
    return list(_below(get_resolver().url_patterns, "", ""))


def _below(
    patterns: list[URLPattern | URLResolver], route: str, namespace: str
) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _below(pattern.url_patterns, here, inner)
        else:
            yield Address(here, namespace + (pattern.name or ""))


class Step(NamedTuple):
    """One request of the walk, and the status that it must be answered with."""

    path: str
    method: str
    status: int


def filled(route: str, *values: object, **named: object) -> str:
    """Return the path of ``route`` with ``values`` in its places."""
    path = route
    for value in values:
        path = path.replace("([^/]+)", str(value), 1)
    path = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)", lambda m: str(named[m[1] or m[2]]), path)
    return "/" + re.sub(r"[\^$]|\\Z", "", path).replace(r"[\s\S]+", "nothing")


def expected(row: Row, actor: str, *, is_foreign: bool = False) -> int:
    """Return the status with which ``actor`` must be answered."""
    if actor == STRANGER:
        return row.stranger
    if actor not in row.opened_by:
        return 403
    is_hidden = actor in row.hidden_from or (is_foreign and actor in DISTRICT)
    return 404 if is_hidden else row.status


def listed(table: dict[str, Row], key: str, address: Address) -> Row:
    """Return the row of ``table``; an address that has none is an error."""
    assert key in table, f"{address} stands in no table: decide who may open it"
    return table[key]


def steps_of(address: Address, actor: str, city: City) -> Iterator[Step]:
    """Yield the requests that ``actor`` makes of ``address``."""
    if address.name in PUBLIC:
        yield Step(filled(address.route), "get", PUBLIC[address.name])
    elif address.route.startswith("admin/"):
        yield from _admin_steps(address, actor)
    else:
        yield from _page_steps(address, actor, city)


def _page_steps(address: Address, actor: str, city: City) -> Iterator[Step]:
    row = listed(PAGES | API, address.key, address)
    named = {
        "code": city.programme.code,
        "rule": "R02",
        "action": "return",
        "act": "suspend",
        "note": TaskNote.objects.get().pk,
        "key": Attachment.objects.get().key,
        "platform": city.records["platform"].pk,
        "body": city.records["body"].pk,
        "step": city.records["step"].pk,
        "year": 2020,
        "template": "ledger",
    }
    if not row.record:
        path = filled(address.route, **named)
        yield Step(path, row.method, expected(row, actor))
        return
    for records, is_foreign in ((city.records, False), (city.others, True)):
        record = records.get(row.record)
        if record is not None:
            path = filled(address.route, **named | {"pk": record.pk})
            yield Step(path, row.method, expected(row, actor, is_foreign=is_foreign))


def _admin_steps(address: Address, actor: str) -> Iterator[Step]:
    route = re.sub(r"\(\?P<app_label>[^)]*\)", "(?P<app_label>…)", address.route)
    if route in ADMIN_SITE:
        row = ADMIN_SITE[route]
        path = filled(
            address.route, app_label="zones", url="nothing", content_type_id=0, object_id=0
        )
        yield Step(path, row.method, expected(row, actor))
        return
    match = re.fullmatch(r"admin/(\w+)/(\w+)/(.*)", address.route)
    assert match, f"{address.route} is no address of a model"
    model, rest = apps.get_model(match[1], match[2]), match[3]
    row = listed(ADMIN_MODEL, rest, address)
    label = model._meta.label_lower
    opened_by = row.opened_by
    if label in ADMINISTRATORS_ONLY and row.status == 200:  # The redirection tells nothing.
        opened_by &= CHANGE_IN_ADMIN
    if rest.endswith("delete/") and label in KEPT | AS_WRITTEN:
        opened_by = NOBODY
    if rest == "add/" and label in AS_WRITTEN | OWNERS_ALONE:
        opened_by = NOBODY
    yield Step(
        _admin_path(address.route, model), row.method, expected(Row(opened_by, row.status), actor)
    )


def _admin_path(route: str, model: type[models.Model]) -> str:
    sample = model._default_manager.order_by("pk").first()
    assert sample is not None, f"the small city has no {model._meta.label}"
    version = sample.history.latest().pk if hasattr(sample, "history") else 0
    return filled(route, sample.pk, version, object_id=sample.pk, id=sample.pk)


def visitor(actor: str, city: City) -> Client:
    """Return the browser of ``actor``."""
    client = Client(raise_request_exception=False)
    if actor != STRANGER:
        client.force_login(city.cast[actor])
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [STRANGER, *sorted(EVERYBODY)])
def test_every_address_answers_each_role_as_the_tables_say(
    actor: str, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who may open a page does not depend on its figures: what was judged once may be kept.
    monkeypatch.setattr("consolidation.selectors.findings.may_keep", lambda *_: True)
    wrong = []
    client = visitor(actor, city)
    for address in addresses():
        for step in steps_of(address, actor, city):
            response = getattr(client, step.method)(step.path)
            if response.status_code != step.status:
                wrong.append((step.path, step.status, response.status_code))
            if address.name.endswith("logout"):
                client = visitor(actor, city)
    assert not wrong, "\n".join(f"{path}: not {want} but {got}" for path, want, got in wrong)


@pytest.mark.django_db
def test_a_stranger_posts_nothing(city: City) -> None:
    client = Client(raise_request_exception=False)
    answered = [
        step.path
        for address in addresses()
        for step in steps_of(address, STRANGER, city)
        if client.post(step.path).status_code not in {302, 401, 403, 405}
        # Both answer a wrong form; nobody comes in by them without a password.
        and address.name not in {"login", "api-token"}
    ]
    assert answered == []


def test_the_tables_name_no_address_that_is_gone() -> None:
    assert set(PAGES | API | PUBLIC) <= {address.key for address in addresses()}


def test_an_address_that_no_table_has_fails_the_walk() -> None:
    new = Address("programmes/<slug:code>/secrets/", "secrets")
    with pytest.raises(AssertionError, match="stands in no table"):
        list(steps_of(new, STRANGER, City(Programme(code="any"))))

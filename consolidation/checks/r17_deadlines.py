"""R17: plans are drawn up, and everything is carried out, by the programme's dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import (
    Finding,
    Ratio,
    RecordRef,
    Rule,
    Scope,
    Status,
    names_of,
    register,
    text,
)
from consolidation.checks.rows import NOTHING_DECIDED, RowCheck, Sorting, answer_rows
from consolidation.models import BodyDisposition, Deadline
from consolidation.selectors.counts import BODIES, PLATFORMS
from consolidation.selectors.plans import effective_plans
from consolidation.selectors.state import State, body_rows, platform_rows

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from consolidation.checks.facts import Facts


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield whether plans and execution keep to the dates. Clause: 方案(十三)."""
    due = _due(facts)
    plan_kinds = {Deadline.Kind.MUNICIPAL_PLAN.value, Deadline.Kind.DIVISION_PLAN.value}
    if plan_kinds & due.keys():
        yield from _plans(facts, due)
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


def _due(facts: Facts) -> dict[str, datetime.date]:
    dates = Deadline.objects.filter(programme=facts.programme).exclude(
        kind=Deadline.Kind.CHECKPOINT
    )
    return dict(dates.values_list("kind", "due_on"))


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the checks of what is to be carried out, where the programme sets a date for it."""
    due = _due(facts).get(Deadline.Kind.COMPLETION)
    if due is None:
        return
    yield _platforms(facts, due)
    if facts.view.state == State.ACTUAL:
        yield _bodies(facts, due)


def _sortings(facts: Facts, due: datetime.date) -> tuple[dict[str, Sorting], dict[str, Sorting]]:
    pending = Q(done_on__isnull=True) | Q(done_on__gt=facts.view.as_of)
    overdue = facts.view.as_of > due
    broken = {"late": Sorting(Q(done_on__gt=due) & ~pending, _("was carried out late"))}
    if overdue:
        broken["overdue"] = Sorting(pending, _("is overdue"))
        return broken, {}
    return broken, {"pending": Sorting(pending, _("the date is still to come"))}


def _platforms(facts: Facts, due: datetime.date) -> RowCheck:
    rows = platform_rows(facts.view)
    if facts.view.state == State.PLANNED:
        rows = rows.annotate(done_on=F("disposition__planned_on"))
        broken = {"late": Sorting(Q(done_on__gt=due), _("is planned for after the deadline"))}
        unknown = {"undated": Sorting(Q(done_on__isnull=True), _("no date is planned"))}
    else:
        rows = rows.annotate(done_on=F("disposition__confirmed_on"))
        broken, unknown = _sortings(facts, due)
    return RowCheck(
        rule="R17",
        aspect="completion",
        rows=rows,
        counted=Q(in_baseline=True),
        record="platform",
        counts=PLATFORMS.name,
        unit=PLATFORMS.unit,
        broken=broken,
        unknown=unknown,
        met=_("All {counted} platforms are dealt with in time."),
        not_met=_("{number} of {counted} platforms are not dealt with in time: {names}."),
        not_known=_("For {number} of {counted} platforms {why}."),
    )


def _bodies(facts: Facts, due: datetime.date) -> RowCheck:
    broken, unknown = _sortings(facts, due)
    changed = [BodyDisposition.Fate.ABOLISH, BodyDisposition.Fate.FOUND]
    return RowCheck(
        rule="R17",
        aspect="completion_bodies",
        rows=body_rows(facts.view).annotate(done_on=F("disposition__confirmed_on")),
        counted=Q(decided_fate__in=changed),
        record="body",
        counts=BODIES.name,
        unit=BODIES.unit,
        broken=broken,
        unknown=unknown,
        met=_("All {counted} bodies are abolished or founded in time."),
        not_met=_("{number} of {counted} bodies are not abolished or founded in time: {names}."),
        not_known=_("For {number} of {counted} bodies {why}."),
    )


def _plans(facts: Facts, due: dict[str, datetime.date]) -> Iterable[Finding]:
    if facts.view.state == State.BASELINE:
        yield _plan_finding(facts, facts.city, [], [], 0, asked=False)
        return
    plans = effective_plans(facts.programme, facts.view.as_of)
    tally = facts.tally(PLATFORMS.name)
    late: list[RecordRef] = []
    open_: list[RecordRef] = []
    owners = 0
    made_up = {plan.division_id for plan in plans.values() if plan.is_placeholder}
    for scope in facts.owners:
        division = scope.division
        kind = (
            Deadline.Kind.MUNICIPAL_PLAN if division.is_municipal else Deadline.Kind.DIVISION_PLAN
        )
        owned = tally.get(division.pk)
        if kind not in due or owned is None:
            continue
        owners += 1
        plan = plans.get(division.pk)
        submitted = plan and (plan.first_submitted_on or plan.submitted_on)
        ref = RecordRef(
            "plan" if plan else "division",
            plan.pk if plan else division.pk,
            str(scope.label),
            division.pk,
            text(_("due {due}, submitted {day}"), due=due[kind], day=submitted or "—"),
        )
        if (submitted or facts.view.as_of) > due[kind]:
            late.append(ref)
        elif submitted is None:
            open_.append(ref)
    yield _plan_finding(facts, facts.city, late, open_, owners, made_up=bool(made_up))
    for scope in facts.owners:
        own_late = [ref for ref in late if ref.division_id == scope.division.pk]
        own_open = [ref for ref in open_ if ref.division_id == scope.division.pk]
        if scope.division.pk in tally:
            own_made_up = scope.division.pk in made_up
            yield _plan_finding(facts, scope, own_late, own_open, 1, made_up=own_made_up)


def _plan_finding(
    facts: Facts,
    scope: Scope,
    late: list[RecordRef],
    open_: list[RecordRef],
    owners: int,
    *,
    asked: bool = True,
    made_up: bool = False,
) -> Finding:
    if not asked:
        status, sentence = Status.UNKNOWN, NOTHING_DECIDED
    elif late:
        status = Status.NOT_MET
        sentence = _("{number} of {counted} plans were not submitted in time: {names}.")
    elif open_:
        status = Status.UNKNOWN
        sentence = _("{open} of {counted} plans are not in yet; their date is still to come.")
    else:
        status, sentence = Status.MET, _("All {counted} plans were submitted in time.")
    return facts.finding(
        "R17",
        aspect="plans",
        scope=scope,
        status=status,
        actual=Ratio(len(late) if asked else None),
        limit=Ratio(0),
        margin=-len(late) if status != Status.UNKNOWN else None,
        message=text(
            sentence,
            number=len(late),
            counted=owners,
            open=len(open_),
            names=names_of(late, len(late)),
        ),
        unit=pgettext_lazy("unit", "plans"),
        counts="plans",
        counted=owners,
        placeholders=made_up,
        formula=f"{len(late)} / {owners}",
        breaking=tuple(late),
    )


RULE = register(
    Rule(
        "R17",
        _("Deadlines"),
        _(
            "The municipal plan and the division plans are submitted, and every disposition is carried"
            " out and confirmed, by the dates of the programme. What is not due yet is unknown, not met."
        ),
        answer,
        row_checks,
    )
)

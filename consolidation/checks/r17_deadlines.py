"""R17: plans are drawn up, and everything is carried out, by the programme's dates."""

from __future__ import annotations

from dataclasses import dataclass, field
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

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.facts import Facts
    from consolidation.models import MergePlan


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


@dataclass
class _Sorted:
    """The owners that owe a plan: those that are late, those of whom it is not known."""

    owing: list[Scope] = field(default_factory=list)
    late: list[RecordRef] = field(default_factory=list)
    to_come: list[RecordRef] = field(default_factory=list)
    undated: list[RecordRef] = field(default_factory=list)

    def of(self, scope: Scope) -> _Sorted:
        """Return the part of one owner."""
        return _Sorted(
            [scope],
            *(
                [ref for ref in refs if ref.division_id == scope.division.pk]
                for refs in (self.late, self.to_come, self.undated)
            ),
        )


def _plans(facts: Facts, due: dict[str, datetime.date]) -> Iterable[Finding]:
    if facts.view.state == State.BASELINE:
        yield _plan_finding(facts, facts.city, _Sorted(), asked=False)
        return
    plans = effective_plans(facts.programme, facts.view.as_of)
    made_up = {plan.division_id for plan in plans.values() if plan.is_placeholder}
    found = _sorted(facts, due, plans)
    yield _plan_finding(facts, facts.city, found, made_up=bool(made_up))
    for scope in found.owing:
        own_made_up = scope.division.pk in made_up
        yield _plan_finding(facts, scope, found.of(scope), made_up=own_made_up)


def _sorted(facts: Facts, due: dict[str, datetime.date], plans: dict[int, MergePlan]) -> _Sorted:
    """Sort the owners that have something to plan and a date to do it by."""
    tally = facts.tally(PLATFORMS.name)
    found = _Sorted()
    for scope in facts.owners:
        division = scope.division
        kind = (
            Deadline.Kind.MUNICIPAL_PLAN if division.is_municipal else Deadline.Kind.DIVISION_PLAN
        )
        if kind not in due or division.pk not in tally:
            continue
        found.owing.append(scope)
        plan = plans.get(division.pk)
        submitted = plan.first_submitted_on if plan else None
        ref = RecordRef(
            "plan" if plan else "division",
            plan.pk if plan else division.pk,
            str(scope.label),
            division.pk,
            text(_("due {due}, submitted {day}"), due=due[kind], day=submitted or "—"),
        )
        # A plan that is in without a known day may have been in time or not.
        if plan is not None and submitted is None:
            found.undated.append(ref)
        elif (submitted or facts.view.as_of) > due[kind]:
            found.late.append(ref)
        elif plan is None:
            found.to_come.append(ref)
    return found


def _plan_finding(
    facts: Facts, scope: Scope, found: _Sorted, *, asked: bool = True, made_up: bool = False
) -> Finding:
    status, sentence = _plan_answer(found) if asked else (Status.UNKNOWN, NOTHING_DECIDED)
    owners, late = len(found.owing), len(found.late)
    return facts.finding(
        "R17",
        aspect="plans",
        scope=scope,
        status=status,
        actual=Ratio(late if asked and not (found.undated and not late) else None),
        limit=Ratio(0),
        margin=-late if status != Status.UNKNOWN else None,
        message=text(
            sentence,
            number=late,
            counted=owners,
            open=len(found.to_come),
            undated=len(found.undated),
            names=names_of(found.late, late),
            unknown=names_of(found.undated, len(found.undated)),
        ),
        unit=pgettext_lazy("unit", "plans"),
        counts="plans",
        counted=owners,
        placeholders=made_up,
        formula=f"{late} / {owners}",
        breaking=tuple(found.late),
    )


def _plan_answer(found: _Sorted) -> tuple[Status, StrOrPromise]:
    if found.late:
        return Status.NOT_MET, _("{number} of {counted} plans were not submitted in time: {names}.")
    if found.undated:
        return Status.UNKNOWN, _(
            "For {undated} of {counted} plans the day of submission is not known: {unknown}."
        )
    if found.to_come:
        return Status.UNKNOWN, _(
            "{open} of {counted} plans are not in yet; their date is still to come."
        )
    return Status.MET, _("All {counted} plans were submitted in time.")


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

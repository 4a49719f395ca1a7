"""Where what is due comes from: plans, steps, dispositions, tasks, each as rows of one shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from consolidation.models import Deadline, Disposition, ExecutionStep, MergePlan, Task
from consolidation.selectors.plans import owners_q
from consolidation.selectors.stepping import CARRIED_OUT_STATES
from followup.models.reminders import Kind
from followup.selectors.shape import nothing, shaped
from zones.models import Division, Platform

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from consolidation.models import Programme
    from followup.selectors.lights import Clock
    from followup.selectors.shape import Reach, Wanted

# --- Plans against the deadlines, 方案(十三) ---------------------------------------------------------


def plans_due(
    programme: Programme, clock: Clock, reach: Reach, wanted: Wanted
) -> QuerySet[Any, Any]:
    """Return the plan of each owner that has platforms, due on the programme's deadlines."""
    handed_in = (
        MergePlan.objects.filter(
            ~Q(state__in=MergePlan.INTERNAL_STATES),
            programme=programme,
            division=OuterRef("pk"),
            submitted_on__lte=clock.day,
        )
        .order_by("-version")
        .annotate(
            is_back=Case(
                When(
                    Q(state=MergePlan.State.RETURNED)
                    & (Q(decided_on__isnull=True) | Q(decided_on__lte=clock.day)),
                    then=Value(1),
                ),
                default=Value(0),
            )
        )
    )
    owns = Platform.objects.filter(ledger=programme.ledger_id, division=OuterRef("pk"))
    records = Division.objects.filter(
        Exists(owns), reach.scope.q("pk"), owners_q(programme)
    ).annotate(
        due_day=Case(
            When(pk=programme.division_id, then=_due(programme, Deadline.Kind.MUNICIPAL_PLAN)),
            default=_due(programme, Deadline.Kind.DIVISION_PLAN),
            output_field=DateField(),
        ),
        is_back=Subquery(handed_in.values("is_back")[:1], output_field=IntegerField()),
        first_in=Subquery(
            handed_in.annotate(first=Coalesce("first_submitted_on", "submitted_on")).values(
                "first"
            )[:1]
        ),
        plan_made_up=Subquery(handed_in.values("is_placeholder")[:1]),
    )
    if wanted.division_id is not None:
        records = records.filter(pk=wanted.division_id)
    if wanted.text:
        records = records.filter(Q(name__icontains=wanted.text) | Q(code__icontains=wanted.text))
    return shaped(
        records,
        clock,
        wanted,
        kind=Kind.PLAN,
        due="due_day",
        light=clock.light("due_day", done=Q(is_back=0)),
        owner=F("pk"),
        done_on=Case(When(is_back=0, then=F("first_in")), output_field=DateField()),
        made_up=Q(plan_made_up=True),
    )


def _due(programme: Programme, kind: str) -> Subquery:
    deadlines = Deadline.objects.filter(programme=programme, kind=kind)
    return Subquery(deadlines.values("due_on")[:1], output_field=DateField())


# --- Steps of carrying out -------------------------------------------------------------------------


def steps_due(
    programme: Programme, clock: Clock, reach: Reach, wanted: Wanted
) -> list[QuerySet[Any, Any]]:
    """Return the steps of platforms, of bodies, and of foundings: the same as ``steps_in``.

    Apart, for each then follows its own keys; a condition over all three would read every step.
    """
    found = [_decided(programme, clock, reach, wanted, "disposition", "platform")]
    if reach.bodies:
        found.append(_decided(programme, clock, reach, wanted, "body_disposition", "body"))
    plans = MergePlan.objects.filter(programme=programme, state__in=CARRIED_OUT_STATES)
    founded = ExecutionStep.objects.filter(
        reach.scope.q("retained__platform__division_id"),
        retained__programme=programme,
        retained__platform__division__in=plans.values("division"),
    )
    return [
        *found,
        _as_steps(founded, clock, wanted, "retained__platform__division_id", "retained__platform"),
    ]


def _decided(
    programme: Programme, clock: Clock, reach: Reach, wanted: Wanted, decision: str, subject: str
) -> QuerySet[Any, Any]:
    steps = ExecutionStep.objects.filter(
        reach.scope.q(f"{decision}__plan__division_id"),
        **{
            f"{decision}__plan__programme": programme,
            f"{decision}__plan__state__in": CARRIED_OUT_STATES,
            f"{decision}__plan__variant": "",
        },
    )
    return _as_steps(
        steps, clock, wanted, f"{decision}__plan__division_id", f"{decision}__{subject}"
    )


def _as_steps(
    steps: QuerySet[Any, Any], clock: Clock, wanted: Wanted, owner: str, subject: str
) -> QuerySet[Any, Any]:
    if wanted.division_id is not None:
        steps = steps.filter(**{owner: wanted.division_id})
    if wanted.text:
        steps = steps.filter(
            Q(title__icontains=wanted.text)
            | Q(**{f"{subject}__name__icontains": wanted.text})
            | Q(**{f"{subject}__code__icontains": wanted.text})
        )
    return shaped(
        steps,
        clock,
        wanted,
        kind=Kind.STEP,
        due="planned_on",
        light=clock.light(
            "planned_on",
            done=Q(confirmed_on__lte=clock.day),
            waiting=Q(carried_out_on__lte=clock.day),
        ),
        owner=F(owner),
        # A step is in time by the day on which it was carried out, not by that of the review.
        done_on=Case(
            When(carried_out_on__lte=clock.day, then=F("carried_out_on")), output_field=DateField()
        ),
        made_up=Q(is_placeholder=True),
    )


def dispositions_due(
    programme: Programme, clock: Clock, reach: Reach, wanted: Wanted
) -> QuerySet[Any, Any]:
    """Return the dispositions that have a day and no steps: carried out early, or loaded so."""
    records = Disposition.objects.filter(
        ~Exists(ExecutionStep.objects.filter(disposition=OuterRef("pk"))),
        reach.scope.q("plan__division_id"),
        plan__programme=programme,
        plan__state__in=CARRIED_OUT_STATES,
        plan__variant="",
        planned_on__isnull=False,
    )
    if wanted.division_id is not None:
        records = records.filter(plan__division_id=wanted.division_id)
    if wanted.text:
        records = records.filter(
            Q(platform__name__icontains=wanted.text) | Q(platform__code__icontains=wanted.text)
        )
    done = Q(confirmed_on__lte=clock.day)
    return shaped(
        records,
        clock,
        wanted,
        kind=Kind.DISPOSITION,
        due="planned_on",
        light=clock.light("planned_on", done=done),
        owner=F("plan__division_id"),
        done_on=Case(When(done, then=F("confirmed_on")), output_field=DateField()),
        made_up=Q(is_placeholder=True),
    )


# --- Tasks of clauses 三 to 十六 ---------------------------------------------------------------------


def tasks_within(programme: Programme, reach: Reach) -> QuerySet[Task, Any]:
    """Return the tasks in ``reach``; a division's reader sees those that concern divisions."""
    tasks = Task.objects.filter(programme=programme)
    if reach.scope.nothing:
        return tasks.none()
    if reach.only_tasks:
        own = Task.departments.through.objects.filter(department=reach.department_id)
        return tasks.filter(pk__in=own.values("task"))
    return tasks if reach.scope.is_city else tasks.exclude(also_responsible="")


def tasks_due(
    programme: Programme, clock: Clock, reach: Reach, wanted: Wanted
) -> QuerySet[Any, Any]:
    """Return the tasks in ``reach``, due on their own day."""
    tasks = tasks_within(programme, reach)
    of_departments = Task.departments.through.objects
    if wanted.department_id is not None:
        own = of_departments.filter(department=wanted.department_id)
        tasks = tasks.filter(pk__in=own.values("task"))
    if wanted.text:
        named = of_departments.filter(department__name__icontains=wanted.text)
        tasks = tasks.filter(
            Q(title__icontains=wanted.text)
            | Q(clause__icontains=wanted.text)
            | Q(also_responsible__icontains=wanted.text)
            | Q(pk__in=named.values("task"))
        )
    done = Q(state=Task.State.DONE) & (Q(closed_on__isnull=True) | Q(closed_on__lte=clock.day))
    return shaped(
        tasks,
        clock,
        wanted,
        kind=Kind.TASK,
        due="due_on",
        light=clock.light(
            "due_on",
            done=done,
            waiting=Q(state=Task.State.FOR_REVIEW),
            suspended=Q(state=Task.State.SUSPENDED),
        ),
        owner=nothing(IntegerField),
        done_on=Case(When(done, then=F("closed_on")), output_field=DateField()),
        made_up=Q(is_placeholder=True),
    )

"""Everything with a date as rows of one shape: one part a kind, to be counted or listed together.

``parts`` is the only way to what is due. Each part is a queryset of ``COLUMNS``; ``rows`` lays
them end to end, ``tallied`` counts them by owner and light, both in the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    Count,
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
from django.db.models.functions import Cast, Coalesce

from consolidation.models import Deadline, Disposition, ExecutionStep, MergePlan, Task
from consolidation.selectors.plans import owners_q
from consolidation.selectors.stepping import CARRIED_OUT_STATES
from followup.models.reminders import Kind
from followup.selectors.lights import rank
from platforms_portal.access import Right, Role, rights_of, scope_of
from zones.models import Division, Platform

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import Programme
    from followup.selectors.lights import Clock
    from platforms_portal.access import Scope

COLUMNS = (
    "item_kind",
    "item_pk",
    "due",
    "light",
    "overdue",
    "owner",
    "done_on",
    "made_up",
    "rank",
    "due_key",
)
"""What every row tells; ``rank`` and ``due_key`` are for sorting, for the end of time has no date."""

TALLY = ("item_kind", "owner", "light", "overdue", "n")
"""What a row of a tally tells."""

NEVER = "9999-12-31"


@dataclass(frozen=True)
class Reach:
    """What a reader sees of what is due (docs/follow-up.md).

    A division its own items and the tasks that concern divisions; a department its own tasks.
    """

    scope: Scope
    department_id: int | None = None
    only_tasks: bool = False
    bodies: bool = True


def reach_of(user: User) -> Reach:
    """Return what ``user`` sees."""
    is_department = user.role == Role.COUNTERSIGNER
    return Reach(
        scope=scope_of(user),
        department_id=user.department_id if is_department else None,
        only_tasks=is_department,
        bodies=Right.VIEW_BODIES in rights_of(user),
    )


@dataclass(frozen=True)
class Wanted:
    """What a reader asks for; empty fields narrow nothing. ``items`` are keys by kind."""

    kind: str = ""
    division_id: int | None = None
    department_id: int | None = None
    text: str = ""
    due_from: datetime.date | None = None
    due_to: datetime.date | None = None
    lights: tuple[str, ...] = ()
    overdue_only: bool = False
    items: tuple[tuple[str, int], ...] | None = None

    def asks_for(self, kind: Kind) -> bool:
        """Whether items of ``kind`` can be among those asked for."""
        if self.items is not None and all(name != kind for name, _pk in self.items):
            return False
        if self.kind and self.kind != kind:
            return False
        is_task = kind == Kind.TASK
        return not (self.division_id if is_task else self.department_id)


def parts(
    programme: Programme, clock: Clock, reach: Reach, wanted: Wanted
) -> list[QuerySet[Any, Any]]:
    """Return the parts of what is due that ``reach`` covers and ``wanted`` asks for."""
    found: list[QuerySet[Any, Any]] = []
    if wanted.asks_for(Kind.TASK):
        found.append(_tasks(programme, clock, reach, wanted))
    if reach.only_tasks or reach.scope.nothing:
        return found
    if wanted.asks_for(Kind.PLAN):
        found.append(_plans(programme, clock, reach, wanted))
    if wanted.asks_for(Kind.STEP):
        found += _steps(programme, clock, reach, wanted)
    if wanted.asks_for(Kind.DISPOSITION):
        found.append(_dispositions(programme, clock, reach, wanted))
    return found


def rows(found: list[QuerySet[Any, Any]], order: Iterable[str]) -> QuerySet[Any, Any]:
    """Return the parts as one queryset of dictionaries in ``order``."""
    if not found:
        return Task.objects.none().values()
    first, *others = [part.values(*COLUMNS).order_by() for part in found]
    whole: QuerySet[Any, Any] = first.union(*others, all=True) if others else first
    ordered: QuerySet[Any, Any] = whole.order_by(*order, "item_kind", "item_pk")
    return ordered


def tallied(
    found: list[QuerySet[Any, Any]], by_department: QuerySet[Any, Any] | None = None
) -> list[dict[str, Any]]:
    """Return how many items there are, by kind, owner, light and whether they are overdue.

    With ``by_department`` there are rows of the kind ``DEPARTMENT`` beside them, whose owner is
    the key of a department: all in one query.
    """
    grouped = [
        part.order_by()
        .values("item_kind", "owner", "light", "overdue")
        .annotate(n=Count("pk"))
        .values_list(*TALLY)
        for part in found
    ]
    if by_department is not None:
        grouped.append(by_department)
    if not grouped:
        return []
    first, *others = grouped
    counted = first.union(*others, all=True) if others else first
    return [dict(zip(TALLY, row, strict=True)) for row in counted]


def _shaped(  # noqa: PLR0913 - a column each
    records: QuerySet[Any, Any],
    clock: Clock,
    wanted: Wanted,
    *,
    kind: Kind,
    due: str,
    light: Case,
    owner: Any,
    done_on: Any,
    made_up: Q,
) -> QuerySet[Any, Any]:
    """Give ``records`` the columns, and narrow them by what can be asked of every kind."""
    shaped: QuerySet[Any, Any] = records.annotate(
        item_kind=Value(kind.value, output_field=CharField()),
        item_pk=F("pk"),
        due=F(due),
        light=light,
        owner=owner,
        done_on=done_on,
        made_up=Case(When(made_up, then=Value(1)), default=Value(0), output_field=IntegerField()),
    ).annotate(
        overdue=clock.overdue(),
        rank=rank(),
        due_key=Coalesce("due", Cast(Value(NEVER), DateField()), output_field=DateField()),
    )
    if wanted.lights:
        shaped = shaped.filter(light__in=wanted.lights)
    if wanted.overdue_only:
        shaped = shaped.filter(overdue=1)
    if wanted.due_from is not None:
        shaped = shaped.filter(due__gte=wanted.due_from)
    if wanted.due_to is not None:
        shaped = shaped.filter(due__lte=wanted.due_to)
    if wanted.items is not None:
        shaped = shaped.filter(pk__in=[pk for name, pk in wanted.items if name == kind])
    return shaped


def _nothing(field: type[IntegerField[Any, Any]]) -> Cast:
    # A bare NULL takes the type of text in a union of three parts on PostgreSQL.
    return Cast(Value(None), field())


# --- Plans against the deadlines, 方案(十三) ---------------------------------------------------------


def _plans(programme: Programme, clock: Clock, reach: Reach, wanted: Wanted) -> QuerySet[Any, Any]:
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
    return _shaped(
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


def _steps(
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
    return _shaped(
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


def _dispositions(
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
    return _shaped(
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


def _tasks(programme: Programme, clock: Clock, reach: Reach, wanted: Wanted) -> QuerySet[Any, Any]:
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
    return _shaped(
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
        owner=_nothing(IntegerField),
        done_on=Case(When(done, then=F("closed_on")), output_field=DateField()),
        made_up=Q(is_placeholder=True),
    )


DEPARTMENT = "department"


def by_department(
    programme: Programme, clock: Clock, reach: Reach, wanted: Wanted
) -> QuerySet[Any, Any] | None:
    """Return how many tasks each responsible department has, by light and whether overdue.

    A task of several departments counts with each of them. None where no task is asked for.
    """
    if not wanted.asks_for(Kind.TASK):
        return None
    tasks = _tasks(programme, clock, reach, wanted).filter(departments__isnull=False)
    if reach.only_tasks:
        tasks = tasks.filter(departments=reach.department_id)
    counted: QuerySet[Any, Any] = (
        tasks.order_by()
        .values(
            "light",
            "overdue",
            kind_of=Value(DEPARTMENT, output_field=CharField()),
            of=F("departments"),
        )
        .annotate(n=Count("pk"))
        .values_list("kind_of", "of", "light", "overdue", "n")
    )
    return counted

"""The steps of carrying out a plan: which there are, what awaits whom, what is late."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from consolidation.models import (
    BodyDisposition,
    Disposition,
    ExecutionStep,
    MergePlan,
    RetainedPlatform,
)
from zones.models import ManagementBody, Origin, Platform

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from consolidation.models import Programme
    from platforms_portal.access import Scope

CARRIED_OUT_STATES = (
    MergePlan.State.APPROVED,
    MergePlan.State.IN_EXECUTION,
    MergePlan.State.COMPLETED,
)
"""The states in which a plan is carried out: its content is frozen, its steps are not."""


def plan_of_step(step: ExecutionStep) -> MergePlan:
    """Return the plan that ``step`` carries out; for a founding, the one of the platform's owner.

    Raises ``MergePlan.DoesNotExist`` where that owner has no plan yet.
    """
    decision = step.disposition or step.body_disposition
    if decision is not None:
        return decision.plan
    assert step.retained is not None  # noqa: S101 - the database asks for one of the three
    plans = MergePlan.objects.filter(
        programme=step.retained.programme_id,
        division=step.retained.platform.division_id,
        variant="",
    )
    return (
        plans.exclude(state__in=MergePlan.INTERNAL_STATES).order_by("version").reverse()[:1].get()
    )


def steps_in(scope: Scope, programme: Programme) -> QuerySet[ExecutionStep]:
    """Return the steps of the programme's plans in ``scope`` that are being carried out."""
    decided = Q()
    for decision in ("disposition", "body_disposition"):
        decided |= Q(
            scope.q(f"{decision}__plan__division_id"),
            **{
                f"{decision}__plan__programme": programme,
                f"{decision}__plan__state__in": CARRIED_OUT_STATES,
                f"{decision}__plan__variant": "",
            },
        )
    carried_out = MergePlan.objects.filter(programme=programme, state__in=CARRIED_OUT_STATES)
    decided |= Q(
        scope.q("retained__platform__division_id"),
        retained__programme=programme,
        retained__platform__division__in=carried_out.values("division"),
    )
    return ExecutionStep.objects.filter(decided).select_related(
        "retained__platform__division",
        "disposition__plan__division",
        "disposition__platform",
        "body_disposition__plan__division",
        "body_disposition__body",
    )


@dataclass
class Decision:
    """A disposition, a body's fate or the founding of a platform, and its steps."""

    record: Disposition | BodyDisposition | RetainedPlatform
    steps: list[ExecutionStep] = field(default_factory=list)

    @property
    def subject(self) -> Platform | ManagementBody:
        """What is decided on."""
        record = self.record
        return record.body if isinstance(record, BodyDisposition) else record.platform

    @property
    def kind(self) -> str:
        """The kind of what is decided on, as addresses call it."""
        return "body" if isinstance(self.record, BodyDisposition) else "platform"

    @property
    def words(self) -> StrOrPromise:
        """What is decided."""
        record = self.record
        if isinstance(record, Disposition):
            return record.get_kind_display()
        if isinstance(record, BodyDisposition):
            return record.get_fate_display()
        return BodyDisposition.Fate.FOUND.label

    @property
    def confirmed_on(self) -> datetime.date | None:
        """The day on which all of it was confirmed carried out."""
        record = self.record
        if isinstance(record, RetainedPlatform):
            return record.founding_confirmed_on
        return record.confirmed_on

    @property
    def is_open(self) -> bool:
        """Whether a step is still to be confirmed."""
        return any(step.confirmed_on is None for step in self.steps)


def decisions_with_steps(plan: MergePlan) -> list[Decision]:
    """Return the decisions of ``plan`` with their steps, platforms first, in nine queries."""
    found: list[Decision] = []
    platforms = (
        Disposition.objects.filter(plan=plan)
        .select_related("platform", "target")
        .order_by("platform__code", "pk")
    )
    bodies = (
        BodyDisposition.objects.filter(plan=plan)
        .select_related("body")
        .order_by("body__code", "pk")
    )
    founded = RetainedPlatform.objects.filter(
        programme=plan.programme_id,
        platform__division=plan.division_id,
        platform__origin=Origin.FOUNDED,
    ).select_related("platform")
    parts: tuple[tuple[QuerySet[Any], str], ...] = (
        (founded, "retained"),
        (platforms, "disposition"),
        (bodies, "body_disposition"),
    )
    for rows, name in parts:
        steps: dict[int, list[ExecutionStep]] = defaultdict(list)
        for step in (
            ExecutionStep.objects.filter(**{f"{name}__in": rows.values("pk")})
            .prefetch_related("attachments__uploaded_by")
            .order_by("pk")
        ):
            steps[getattr(step, f"{name}_id")].append(step)
        found += [Decision(record, steps[record.pk]) for record in rows]
    return found


def is_all_confirmed(plan: MergePlan) -> bool:
    """Whether every platform and body that ``plan`` decides on is confirmed carried out."""
    return not any(
        decisions.filter(plan=plan, confirmed_on=None).exists()
        for decisions in (Disposition.objects, BodyDisposition.objects)
    )


@dataclass(frozen=True)
class StepCounts:
    """How many steps there are, by what becomes of them on a day."""

    total: int
    confirmed: int
    reported: int
    late: int
    objected: int


def step_counts(scope: Scope, programme: Programme, day: datetime.date) -> StepCounts:
    """Return how many steps in ``scope`` are confirmed, await it, are late or were objected to."""
    open_step = Q(confirmed_on=None)
    counted = (
        steps_in(scope, programme)
        .order_by()
        .aggregate(
            total=Count("pk"),
            confirmed=Count("pk", filter=~open_step),
            reported=Count("pk", filter=open_step & Q(carried_out_on__isnull=False)),
            late=Count("pk", filter=open_step & Q(carried_out_on=None, planned_on__lt=day)),
            objected=Count("pk", filter=open_step & ~Q(objection="")),
        )
    )
    return StepCounts(**counted)

"""The review desk: what waits for the reader, the longest waiting first, with what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from consolidation.models import Correction, Deadline, MergePlan, Part, Signature
from consolidation.selectors.findings import judged
from consolidation.selectors.home import is_breach
from consolidation.selectors.ledger import plan_states_waiting_for
from consolidation.selectors.plans import plans_visible_to
from consolidation.selectors.signing import part_of
from consolidation.selectors.state import State, state_view
from consolidation.selectors.stepping import step_counts
from consolidation.selectors.waiting import open_corrections
from platforms_portal.access import Right, has_right, scope_of

if TYPE_CHECKING:
    import datetime

    from accounts.models import User
    from consolidation.models import Programme

ORDER = {MergePlan.State.COUNTERSIGNED: 0, MergePlan.State.SUBMITTED: 1}
"""What only the reader can move on comes first: a countersigned plan waits for nobody else."""


@dataclass(frozen=True)
class QueuedPlan:
    """A plan that waits: since when, what its division's rules say, who has signed."""

    plan: MergePlan
    days: int | None
    breaches: int
    signed: tuple[Part, ...]
    is_mine: bool

    @property
    def is_again(self) -> bool:
        """Whether it came in before in an earlier version."""
        return self.plan.version > 1


@dataclass(frozen=True)
class Queue:
    """Everything that waits for one reader on one day."""

    plans: list[QueuedPlan]
    corrections: int
    oldest_correction: datetime.date | None
    steps: int
    completion: Deadline | None


def queue_for(user: User, programme: Programme, day: datetime.date) -> Queue:
    """Return what waits for ``user`` in ``programme`` on ``day``, in a constant number of queries."""
    scope = scope_of(user)
    may_review = has_right(user, Right.REVIEW)
    oldest = (
        Correction.objects.filter(programme=programme, state=Correction.State.REQUESTED)
        .order_by("pk")
        .first()
        if may_review
        else None
    )
    return Queue(
        plans=_plans(user, programme, day),
        corrections=open_corrections(scope, programme) if may_review else 0,
        oldest_correction=timezone.localdate(oldest.requested_at) if oldest else None,
        steps=step_counts(scope, programme, day).reported if may_review else 0,
        completion=Deadline.objects.filter(
            programme=programme, kind=Deadline.Kind.COMPLETION
        ).first(),
    )


def _plans(user: User, programme: Programme, day: datetime.date) -> list[QueuedPlan]:
    states = plan_states_waiting_for(user)
    waiting = list(plans_visible_to(scope_of(user), programme).filter(state__in=states))
    breaches: dict[int, int] = {}
    if waiting:
        for finding in judged(state_view(programme, State.PLANNED, day)).findings:
            if not finding.scope.is_city:
                owner = finding.scope.division.pk
                breaches[owner] = breaches.get(owner, 0) + is_breach(finding)
    signed = _signed(waiting)
    mine = part_of(user)
    found = [
        QueuedPlan(
            plan=plan,
            days=(day - plan.submitted_on).days if plan.submitted_on is not None else None,
            breaches=breaches.get(plan.division_id, 0),
            signed=signed.get(plan.pk, ()),
            is_mine=mine is None or mine not in signed.get(plan.pk, ()),
        )
        for plan in waiting
    ]
    return sorted(
        found,
        key=lambda item: (
            not item.is_mine,
            ORDER.get(MergePlan.State(item.plan.state), 9),
            -(item.days or 0),
        ),
    )


def _signed(plans: list[MergePlan]) -> dict[int, tuple[Part, ...]]:
    """Return the parts that were countersigned since the plan last came in, by plan."""
    rows = Signature.objects.filter(plan__in=plans).order_by("pk")
    signed: dict[int, tuple[Part, ...]] = {}
    for row in rows:
        if row.action == Signature.Action.COUNTERSIGN:
            signed[row.plan_id] = (*signed.get(row.plan_id, ()), Part(row.part))
        elif row.action in {Signature.Action.SUBMIT, Signature.Action.LEADER_APPROVE}:
            signed[row.plan_id] = ()
    return signed

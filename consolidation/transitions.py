"""The way of a plan as one table: who may do what in which state (docs/workflow.md shows it).

The services act on this table alone; pages ask it which buttons to show. It holds no code that
writes. ``targets`` are the states that an act may lead to; which of them is the service's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from consolidation.models import MergePlan, Signature
from platforms_portal.access import Right, has_right, scope_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

State = MergePlan.State
Action = Signature.Action


class Transition(NamedTuple):
    """One act: where it may start, where it may lead, and the right that it needs."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    right: Right


TRANSITIONS: dict[str, Transition] = {
    # To the leader first where the programme says so.
    Action.SUBMIT: Transition(
        (State.DRAFT,), (State.LEADER_REVIEW, State.SUBMITTED), Right.EDIT_PLAN
    ),
    Action.WITHDRAW: Transition((State.LEADER_REVIEW,), (State.DRAFT,), Right.EDIT_PLAN),
    Action.LEADER_APPROVE: Transition(
        (State.LEADER_REVIEW,), (State.SUBMITTED,), Right.APPROVE_IN_DIVISION
    ),
    Action.LEADER_RETURN: Transition(
        (State.LEADER_REVIEW,), (State.DRAFT,), Right.APPROVE_IN_DIVISION
    ),
    # Countersigned once every department that signs a part has signed.
    Action.COUNTERSIGN: Transition(
        (State.SUBMITTED,), (State.SUBMITTED, State.COUNTERSIGNED), Right.COUNTERSIGN
    ),
    Action.COUNTERSIGNER_RETURN: Transition(
        (State.SUBMITTED,), (State.RETURNED,), Right.COUNTERSIGN
    ),
    Action.RETURN: Transition(
        (State.SUBMITTED, State.COUNTERSIGNED), (State.RETURNED,), Right.REVIEW
    ),
    # From submitted only where the city has no department that countersigns.
    Action.APPROVE: Transition(
        (State.SUBMITTED, State.COUNTERSIGNED), (State.APPROVED,), Right.REVIEW
    ),
    Action.REVISE: Transition((State.RETURNED,), (State.DRAFT,), Right.EDIT_PLAN),
    # The two below follow by themselves from what is reported and confirmed.
    Action.REPORT: Transition((State.APPROVED,), (State.IN_EXECUTION,), Right.EDIT_PLAN),
    Action.COMPLETE: Transition(
        (State.APPROVED, State.IN_EXECUTION), (State.COMPLETED,), Right.REVIEW
    ),
}
"""Every act on a plan. What stands in no row is refused."""


def allowed(plan: MergePlan, action: str, user: User | AnonymousUser) -> bool:
    """Whether ``user`` may do ``action`` to ``plan`` in its state; a variant goes no way at all."""
    step = TRANSITIONS[action]
    return not plan.variant and plan.state in step.sources and entitled(plan, step.right, user)


def entitled(plan: MergePlan, right: Right, user: User | AnonymousUser) -> bool:
    """Whether ``user`` holds ``right`` over ``plan``, whatever its state.

    Departments that countersign see every city's plans, but sign those of their own city alone.
    """
    if not has_right(user, right) or not scope_of(user).covers(plan.division_id):
        return False
    if right != Right.COUNTERSIGN or not user.is_authenticated:
        return True
    department = user.department
    return department is not None and department.division_id == plan.programme.division_id


def may_edit(plan: MergePlan, user: User | AnonymousUser) -> bool:
    """Whether ``user`` may change what ``plan`` says: an official of its division, in a draft."""
    return (
        plan.state == State.DRAFT
        and has_right(user, Right.EDIT_PLAN)
        and scope_of(user).covers(plan.division_id)
    )

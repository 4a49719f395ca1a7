"""The way of a task (督办) as one table: who may do what in which state (docs/follow-up.md shows it).

The services act on this table alone; the page asks it which buttons to show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from consolidation.models import Task
from followup.models import TaskAct
from platforms_portal.access import Right, has_right

if TYPE_CHECKING:
    from accounts.models import User

State = Task.State
Action = TaskAct.Action


class Transition(NamedTuple):
    """One act: where it may start, where it leads (empty: the state stays), the right it needs."""

    sources: tuple[str, ...]
    target: str
    right: Right


TRANSITIONS: dict[str, Transition] = {
    Action.HAND_OUT: Transition((State.OPEN,), State.HANDED_OUT, Right.FOLLOW_UP),
    Action.ACCEPT: Transition((State.HANDED_OUT,), State.UNDER_WAY, Right.ANSWER_TASKS),
    # Redone work is under way again once it is reported on.
    Action.REPORT: Transition(
        (State.UNDER_WAY, State.RETURNED), State.UNDER_WAY, Right.ANSWER_TASKS
    ),
    Action.SUBMIT: Transition(
        (State.UNDER_WAY, State.RETURNED), State.FOR_REVIEW, Right.ANSWER_TASKS
    ),
    Action.CLOSE: Transition((State.FOR_REVIEW,), State.DONE, Right.FOLLOW_UP),
    Action.SEND_BACK: Transition((State.FOR_REVIEW,), State.RETURNED, Right.FOLLOW_UP),
    Action.RESCHEDULE: Transition(
        (State.HANDED_OUT, State.UNDER_WAY, State.RETURNED), "", Right.FOLLOW_UP
    ),
    Action.SUSPEND: Transition(
        (State.HANDED_OUT, State.UNDER_WAY, State.RETURNED, State.FOR_REVIEW),
        State.SUSPENDED,
        Right.FOLLOW_UP,
    ),
    Action.RESUME: Transition((State.SUSPENDED,), State.UNDER_WAY, Right.FOLLOW_UP),
}
"""Every act on a task. What stands in no row is refused."""


def entitled(task: Task, right: Right, user: User) -> bool:
    """Whether ``user`` holds ``right`` over ``task``: to answer is for its departments alone."""
    if not has_right(user, right):
        return False
    if right != Right.ANSWER_TASKS:
        return True
    return user.department_id is not None and user.department_id in {
        department.pk for department in task.departments.all()
    }


def allowed(task: Task, action: str, user: User) -> bool:
    """Whether ``user`` may do ``action`` to ``task`` in its state."""
    step = TRANSITIONS[action]
    return task.state in step.sources and entitled(task, step.right, user)

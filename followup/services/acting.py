"""The acts on a task. The table is ``transitions``.

Each act locks the task, checks the table, writes state, act and history in one transaction, and
tells whoever comes next.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.models import Notice, Task, TaskNote
from consolidation.services.notices import answerers_of, notify, reviewers
from consolidation.services.seen import compare
from followup.models import TaskAct
from followup.transitions import TRANSITIONS, entitled
from platforms_portal.history import save_recorded
from platforms_portal.words import labelled

if TYPE_CHECKING:
    import datetime

    from accounts.models import User

Action = TaskAct.Action

LONGEST = 1000

WITH_A_REASON = frozenset({Action.SEND_BACK, Action.SUSPEND, Action.RESCHEDULE})
"""The acts that nobody understands without a reason."""

WITH_A_DAY = frozenset({Action.HAND_OUT, Action.RESCHEDULE})
"""The acts that say by when the task is due."""

_TOLD: dict[str, Notice.Kind] = {
    Action.HAND_OUT: Notice.Kind.TASK_HANDED_OUT,
    Action.ACCEPT: Notice.Kind.TASK_ACCEPTED,
    Action.SUBMIT: Notice.Kind.TASK_REPORTED,
    Action.CLOSE: Notice.Kind.TASK_CLOSED,
    Action.SEND_BACK: Notice.Kind.TASK_RETURNED,
    Action.RESCHEDULE: Notice.Kind.TASK_CHANGED,
    Action.SUSPEND: Notice.Kind.TASK_CHANGED,
    Action.RESUME: Notice.Kind.TASK_CHANGED,
}
_TO_THE_COMMISSION = frozenset({Action.ACCEPT, Action.SUBMIT})


@dataclass(frozen=True)
class Report:
    """What a department reports for a month: 进展, 问题, 下步举措.

    ``seen`` is ``seen_of`` the report that its writer was shown; empty where there was none.
    """

    period: datetime.date
    progress: str
    problems: str = ""
    next_steps: str = ""
    seen: str = ""


def seen_of(note: TaskNote | None) -> str:
    """Return a mark of what ``note`` says, for a form to carry; empty of no report."""
    if note is None or note.pk is None:
        return ""
    return hashlib.sha256(repr(tuple(_told(note).values())).encode()).hexdigest()[:20]


def _told(note: TaskNote) -> dict[str, str]:
    return {"progress": note.text, "problems": note.problems, "next_steps": note.next_steps}


def act(
    *,
    task: Task,
    action: str,
    user: User,
    comment: str = "",
    due_on: datetime.date | None = None,
) -> Task:
    """Do ``action`` to ``task``; all but reporting, which ``report`` does.

    Returns the task as saved. Raises ``PermissionDenied`` for users who may not, and
    ``ValidationError`` by field: an act that the state does not allow, a missing reason, a missing
    or past day, one's own report closed by oneself. 方案(三)–(十六).
    """
    said = comment.strip()
    with transaction.atomic():
        locked = _begin(task, action, user)
        _refuse(_problems(locked, action, user, said, due_on))
        if action in WITH_A_DAY:
            locked.due_on = due_on
            # A day that the commission sets takes the place of an illustrative one.
            locked.is_placeholder = False
        if action == Action.HAND_OUT:
            locked.handed_out_on = locked.programme.opens_as_of
        locked.closed_on = locked.programme.opens_as_of if action == Action.CLOSE else None
        _finish(locked, action, user, said)
    return locked


def report(*, task: Task, user: User, said: Report, for_review: bool) -> TaskNote:
    """Report on ``task`` for the department of ``user``; ``for_review`` asks to have it closed.

    A month that the department has reported on already is reported anew; what stood there stays
    in the history. Returns the report. Raises as ``act``; also for a month to come, and
    ``ConflictError`` where a colleague has reported on it since the writer looked.
    """
    action = Action.SUBMIT if for_review else Action.REPORT
    with transaction.atomic():
        locked = _begin(task, action, user)
        today = locked.programme.opens_as_of
        period = said.period.replace(day=1)
        problems: dict[str, str] = {}
        if period > today:
            problems["period"] = _("This month is still to come.")
        if not said.progress.strip():
            problems["progress"] = _("Say how far the task is.")
        _refuse(problems)
        note = TaskNote.objects.select_for_update(of=("self",)).filter(
            task=locked, department=user.department_id, period=period
        ).first() or TaskNote(task=locked, department=user.department, period=period)
        given = {
            "progress": said.progress.strip(),
            "problems": said.problems.strip(),
            "next_steps": said.next_steps.strip(),
        }
        compare(_told(note), seen_of(note), given, said.seen)
        note.text, note.written_on, note.written_by = given["progress"], today, user
        note.problems, note.next_steps = given["problems"], given["next_steps"]
        note.is_placeholder = False
        save_recorded(note, user=user, reason=str(action.label))
        _finish(locked, action, user, f"{period:%Y-%m}")
    return note


# --- What they share ------------------------------------------------------------------------------


def _begin(task: Task, action: str, user: User) -> Task:
    step = TRANSITIONS[action]
    locked = (
        Task.objects.select_for_update(of=("self",)).select_related("programme").get(pk=task.pk)
    )
    if not entitled(locked, step.right, user):
        raise PermissionDenied(_("You may not do this to this task."))
    if locked.state not in step.sources:
        raise ValidationError(
            _("The task is “%(state)s” now: this can no longer be done.")
            % {"state": locked.get_state_display()},
            code="state",
        )
    return locked


def _problems(
    task: Task, action: str, user: User, said: str, due_on: datetime.date | None
) -> dict[str, str]:
    problems: dict[str, str] = {}
    if action in {Action.REPORT, Action.SUBMIT}:
        raise ValueError("A report is made by ``report``.")
    if action in WITH_A_REASON and not said:
        problems["comment"] = _("Give a reason.")
    if len(said) > LONGEST:
        problems["comment"] = _("Write at most %(n)d characters.") % {"n": LONGEST}
    if action in WITH_A_DAY:
        if due_on is None:
            problems["due_on"] = _("Say by when the task is due.")
        elif due_on < task.programme.opens_as_of:
            problems["due_on"] = _("This day is past (today is %(day)s).") % {
                "day": task.programme.opens_as_of.isoformat()
            }
    if action == Action.CLOSE and _reported_by(task) == user.pk:
        problems["__all__"] = _(
            "You reported this task for review yourself: another reviewer has to close it."
        )
    return problems


def _reported_by(task: Task) -> int | None:
    last = TaskAct.objects.filter(task=task, action=Action.SUBMIT).order_by("pk").last()
    return last.user_id if last is not None else None


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise ValidationError({name: [problem] for name, problem in problems.items()})


def _finish(task: Task, action: str, user: User, said: str) -> None:
    step = TRANSITIONS[action]
    task.state = step.target or task.state
    words = str(Action(action).label)
    save_recorded(task, user=user, reason=(labelled(words, said) if said else words)[:100])
    done = TaskAct(
        task=task,
        action=action,
        led_to=task.state,
        user=user,
        done_by=str(user),
        role=user.role,
        department=user.department,
        day=task.programme.opens_as_of,
        comment=said,
    )
    save_recorded(done, user=user, reason=words)
    kind = _TOLD.get(action)
    if kind is None:
        return
    notify(
        users=reviewers() if action in _TO_THE_COMMISSION else answerers_of(task),
        kind=kind,
        programme=task.programme,
        url=reverse("task", args=[task.programme.code, task.pk]),
        actor=user,
        detail=" · ".join(part for part in (str(task), words, said) if part),
    )

"""One task: its reports, the acts on it, and the reminders of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from consolidation.models import Attachment, Task, TaskNote
from consolidation.selectors.ledger import tasks_in_sight
from followup.models import Reminder, TaskAct
from followup.models.reminders import Kind

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.models import Programme


def task_in_sight(user: User, programme: Programme, pk: int) -> Task | None:
    """Return the task with this key if ``user`` may see it."""
    tasks = tasks_in_sight(user, programme).filter(pk=pk)
    return tasks.prefetch_related("departments").select_related("programme").first()


def notes_of(task: Task) -> list[TaskNote]:
    """Return the reports on ``task``, the latest month first, with their files."""
    notes = TaskNote.objects.filter(task=task).select_related("department", "written_by")
    return list(
        notes.prefetch_related(
            Prefetch("attachments", Attachment.objects.select_related("uploaded_by").order_by("pk"))
        ).order_by("-written_on", "-period", "pk")
    )


def acts_of(task: Task) -> list[TaskAct]:
    """Return the acts on ``task``, the first one first."""
    return list(TaskAct.objects.filter(task=task).select_related("department").order_by("pk"))


def reminders_of(task: Task) -> list[Reminder]:
    """Return the last twenty reminders of ``task``."""
    sent = Reminder.objects.filter(kind=Kind.TASK, item=task.pk).select_related("sent_by")
    return list(sent.order_by("-pk")[:20])

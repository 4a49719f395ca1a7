"""The acts on a task, each kept with who did it and what they said."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consolidation.models import Task
from platforms_portal.access import Role
from platforms_portal.history import recorded
from zones.models import Department


class TaskAct(models.Model):
    """One act on a task (督办): never changed."""

    class Action(models.TextChoices):
        """What was done."""

        HAND_OUT = "hand_out", _("Handed out")
        ACCEPT = "accept", _("Taken up")
        REPORT = "report", _("Reported progress")
        SUBMIT = "submit", _("Reported for review")
        CLOSE = "close", _("Closed")
        SEND_BACK = "send_back", _("Sent back to be redone")
        RESCHEDULE = "reschedule", _("Given another date")
        SUSPEND = "suspend", _("Suspended")
        RESUME = "resume", _("Resumed")

    task = models.ForeignKey(
        Task, verbose_name=_("task"), on_delete=models.PROTECT, related_name="acts"
    )
    action = models.CharField(_("act"), max_length=12, choices=Action.choices)
    led_to = models.CharField(_("led to"), max_length=10, choices=Task.State.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.PROTECT,
        related_name="task_acts",
    )
    # As they were: an account may change its name, role or department.
    done_by = models.CharField(_("done by"), max_length=150)
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    day = models.DateField(_("day"), help_text=_("The programme's day on which it was done."))
    done_at = models.DateTimeField(_("done at"), auto_now_add=True)
    comment = models.CharField(_("comment"), max_length=1000, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("act on a task")
        verbose_name_plural = _("acts on tasks")
        ordering: ClassVar = ["task", "id"]

    def __str__(self) -> str:
        return f"{self.task}: {self.get_action_display()}"

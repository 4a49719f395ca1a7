"""The tasks of a programme's clauses, and what the responsible departments report on them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from consolidation.models.programmes import Programme
from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced


class Task(Sourced):
    """A task of one clause with its responsible departments (责任部门)."""

    class State(models.TextChoices):
        """How far the task is on its way (督办): handed out, answered, closed or sent back."""

        OPEN = "open", _("To be handed out")
        HANDED_OUT = "handed_out", _("Handed out")
        UNDER_WAY = "under_way", _("Under way")
        FOR_REVIEW = "for_review", _("Reported for review")
        RETURNED = "returned", _("Sent back to be redone")
        DONE = "done", _("Closed")
        SUSPENDED = "suspended", _("Suspended")

    WITH_THE_DEPARTMENTS: ClassVar = (State.OPEN, State.HANDED_OUT, State.UNDER_WAY, State.RETURNED)
    """The states in which a task may be late: whoever reviews it or suspended it has it now."""

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.CASCADE, related_name="tasks"
    )
    order = models.PositiveIntegerField(_("order"), default=0)
    clause = models.CharField(_("clause"), max_length=60)
    title = models.CharField(_("task"), max_length=200)
    departments = models.ManyToManyField(
        "zones.Department", verbose_name=_("responsible departments"), related_name="tasks"
    )
    also_responsible = models.CharField(
        _("also responsible"),
        max_length=200,
        blank=True,
        help_text=_("Named in the document but no department: governments, committees."),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    handed_out_on = models.DateField(_("handed out on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering: ClassVar = ["programme", "order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "clause", "title"], name="task_once")
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.title}"


class TaskNote(Sourced):
    """What a department reports on a task, for a month: progress, problems, next steps."""

    task = models.ForeignKey(
        Task, verbose_name=_("task"), on_delete=models.CASCADE, related_name="notes"
    )
    department = models.ForeignKey(
        "zones.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="task_notes",
    )
    written_on = models.DateField(_("written on"))
    period = models.DateField(
        _("month"),
        null=True,
        blank=True,
        help_text=_("The first day of the month that is reported on; empty for a note between."),
    )
    text = models.TextField(_("progress"), max_length=4000)
    problems = models.TextField(_("problems"), max_length=4000, blank=True)
    next_steps = models.TextField(_("next steps"), max_length=4000, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    history = recorded()

    class Meta:
        verbose_name = _("progress note")
        verbose_name_plural = _("progress notes")
        ordering: ClassVar = [F("written_on").desc(), "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task", "department", "period"],
                name="task_note_once_a_month",
                violation_error_message=_("This department has reported on this month already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.written_on:%Y-%m-%d}"

"""The tasks of a programme's clauses, and what the responsible departments report on them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from consolidation.models.programmes import Programme
from platforms_portal.history import recorded


class Task(models.Model):
    """A task of one clause with its responsible departments (责任部门)."""

    class State(models.TextChoices):
        """How far the task is."""

        OPEN = "open", _("Not started")
        UNDER_WAY = "under_way", _("Under way")
        DONE = "done", _("Done")
        SUSPENDED = "suspended", _("Suspended")

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


class TaskNote(models.Model):
    """What a department reports on a task."""

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
    text = models.TextField(_("text"))
    history = recorded()

    class Meta:
        verbose_name = _("progress note")
        verbose_name_plural = _("progress notes")
        ordering: ClassVar = [F("written_on").desc(), "id"]

    def __str__(self) -> str:
        return f"{self.task} {self.written_on:%Y-%m-%d}"

"""What somebody is told: shown in the portal, and sent by mail where an address is known."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consolidation.models.plans import MergePlan
from consolidation.models.programmes import Programme
from platforms_portal.history import recorded


class Notice(models.Model):
    """One message to one user. Its words are made when it is read, in the reader's language."""

    class Kind(models.TextChoices):
        """What happened."""

        TO_LEADER = "to_leader", _("A plan awaits your approval")
        LEADER_RETURNED = "leader_returned", _("Your leader sent the plan back")
        SUBMITTED = "submitted", _("A plan was submitted")
        COUNTERSIGNED = "countersigned", _("A plan was countersigned")
        RETURNED = "returned", _("Your plan was returned")
        APPROVED = "approved", _("Your plan was approved")
        COMPLETED = "completed", _("Your plan is completed")
        STEP_REPORTED = "step_reported", _("A step was reported carried out")
        STEP_CONFIRMED = "step_confirmed", _("A step was confirmed")
        STEP_OBJECTED = "step_objected", _("A step was not confirmed")
        CORRECTION_REQUESTED = "correction_requested", _("A correction of the ledger is requested")
        CORRECTION_DECIDED = "correction_decided", _("Your correction of the ledger was decided")
        EVALUATION_PUBLISHED = "evaluation_published", _("An evaluation was published")
        REMINDER = "reminder", _("You are reminded of what is due")
        ESCALATION = "escalation", _("Long overdue: brought before you")
        TASK_HANDED_OUT = "task_handed_out", _("A task was handed out to your department")
        TASK_ACCEPTED = "task_accepted", _("A department took up its task")
        TASK_REPORTED = "task_reported", _("A task was reported for review")
        TASK_RETURNED = "task_returned", _("Your task was sent back to be redone")
        TASK_CLOSED = "task_closed", _("Your task was closed")
        TASK_CHANGED = "task_changed", _("Your task was suspended, resumed or given another date")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="notices",
    )
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.CASCADE, related_name="notices"
    )
    plan = models.ForeignKey(
        MergePlan,
        verbose_name=_("plan"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
    )
    kind = models.CharField(_("kind"), max_length=25, choices=Kind.choices)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    url = models.CharField(_("address"), max_length=300)
    created_at = models.DateTimeField(_("sent at"), auto_now_add=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["user", "read_at"], name="notice_unread")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"

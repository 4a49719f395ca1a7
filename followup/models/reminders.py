"""The log of reminders (催办) and escalations: who was told what, when and why."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consolidation.models import Programme
from platforms_portal.history import recorded
from zones.models import Division


class Kind(models.TextChoices):
    """What can be due."""

    PLAN = "plan", _("Plan")
    STEP = "step", _("Execution step")
    DISPOSITION = "disposition", _("Disposition without steps")
    TASK = "task", _("Task of a clause")


class Reminder(models.Model):
    """One reminder of one item. Never changed: the item may be, so its words are kept too."""

    class Occasion(models.TextChoices):
        """Why it was sent."""

        MANUAL = "manual", _("By hand")
        SCHEDULED = "scheduled", _("Automatic")
        ESCALATION = "escalation", _("Escalation")

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.CASCADE, related_name="reminders"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    item = models.BigIntegerField(_("item"))
    what = models.CharField(_("what"), max_length=300)
    party = models.CharField(_("responsible"), max_length=300)
    division = models.ForeignKey(
        Division,
        verbose_name=_("division"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    url = models.CharField(_("address"), max_length=300)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    day = models.DateField(_("day"), help_text=_("The programme's day on which it was sent."))
    occasion = models.CharField(_("occasion"), max_length=10, choices=Occasion.choices)
    offset = models.SmallIntegerField(
        _("days before"),
        null=True,
        blank=True,
        help_text=_("Of an automatic reminder: days before the due day, negative after it."),
    )
    message = models.CharField(_("message"), max_length=300, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sent by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    sent_at = models.DateTimeField(_("sent at"), auto_now_add=True)
    told = models.CharField(
        _("told"), max_length=500, blank=True, help_text=_("Who was told; empty for nobody.")
    )
    people = models.PositiveSmallIntegerField(_("people told"), default=0)
    history = recorded()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering: ClassVar = [F("id").desc()]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "kind", "item", "day"],
                condition=Q(occasion="manual"),
                name="reminder_by_hand_once_a_day",
                violation_error_message=_("This was reminded of today already."),
            ),
            # With its due day: once that is moved, the reminders begin anew.
            models.UniqueConstraint(
                fields=["programme", "kind", "item", "due_on", "occasion", "offset"],
                condition=Q(occasion="scheduled"),
                name="reminder_once_per_offset",
            ),
            models.UniqueConstraint(
                fields=["programme", "kind", "item", "due_on"],
                condition=Q(occasion="escalation"),
                name="escalation_once_per_due_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "item"], name="reminder_of_item"),
            models.Index(fields=["programme", "day"], name="reminder_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.what}"

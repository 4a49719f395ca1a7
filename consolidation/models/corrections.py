"""Requests to correct the ledger: the baseline changes only when the commission confirms."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consolidation.models.programmes import Programme
from platforms_portal.history import recorded
from platforms_portal.words import labelled
from zones.models import Division


class Correction(models.Model):
    """A division's request to change, add or strike out one record of the ledger."""

    class Kind(models.TextChoices):
        """What is asked for."""

        CHANGE = "change", _("Change")
        ADD = "add", _("Add")
        STRIKE = "strike", _("Strike out")

    class Subject(models.TextChoices):
        """Which kind of record it is about."""

        PLATFORM = "platform", _("Platform")
        BODY = "body", _("Management body")
        PLATE = "plate", _("Plate")
        HEAD_COUNT = "head_count", _("Head count")

    class State(models.TextChoices):
        """Where the request stands."""

        REQUESTED = "requested", _("Requested")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.PROTECT,
        related_name="corrections",
    )
    division = models.ForeignKey(
        Division, verbose_name=_("division"), on_delete=models.PROTECT, related_name="corrections"
    )
    kind = models.CharField(_("request"), max_length=10, choices=Kind.choices)
    subject = models.CharField(_("about"), max_length=12, choices=Subject.choices)
    subject_id = models.PositiveBigIntegerField(
        _("key of the record"), null=True, blank=True, help_text=_("Empty until it is added.")
    )
    label = models.CharField(_("record"), max_length=200)
    before = models.JSONField(_("as it stands"), default=dict, blank=True)
    after = models.JSONField(_("as it should be"), default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.REQUESTED
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("requested by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    requested_at = models.DateTimeField(_("requested at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("correction of the ledger")
        verbose_name_plural = _("corrections of the ledger")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "subject", "subject_id"],
                condition=Q(state="requested", subject_id__isnull=False),
                name="correction_one_open_per_record",
                violation_error_message=_("A correction of this record already awaits an answer."),
            ),
            models.CheckConstraint(
                condition=Q(kind="add") | Q(subject_id__isnull=False),
                name="correction_names_its_record",
                violation_error_message=_("Say which record is to be corrected."),
            ),
        ]

    def __str__(self) -> str:
        return labelled(self.label, self.get_kind_display())

"""Files that prove something: attached to a plan, a step, a correction, or a task's report."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consolidation.models.corrections import Correction
from consolidation.models.execution import ExecutionStep
from consolidation.models.plans import MergePlan
from consolidation.models.tasks import TaskNote
from platforms_portal.history import recorded


def storage_path(attachment: Attachment, _name: str) -> str:
    """Return where a file is kept: never under the name that a user gave it."""
    return f"attachments/{attachment.key.hex[:2]}/{attachment.key.hex}"


def _exactly_one(*fields: str) -> Q:
    """Return the condition that one of ``fields`` is filled and no other."""
    condition = Q()
    for filled in fields:
        condition |= Q(**{f"{name}__isnull": name != filled for name in fields})
    return condition


class Attachment(models.Model):
    """One file, and what it is evidence of."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(
        MergePlan,
        verbose_name=_("plan"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
    )
    step = models.ForeignKey(
        ExecutionStep,
        verbose_name=_("execution step"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
    )
    correction = models.ForeignKey(
        Correction,
        verbose_name=_("correction of the ledger"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
    )
    task_note = models.ForeignKey(
        TaskNote,
        verbose_name=_("progress note"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
    )
    name = models.CharField(_("file name"), max_length=200)
    file = models.FileField(_("file"), upload_to=storage_path, max_length=200)
    content_type = models.CharField(_("type"), max_length=120)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    history = recorded()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_exactly_one("plan", "step", "correction", "task_note"),
                name="attachment_has_one_subject",
                violation_error_message=_("A file is attached to exactly one thing."),
            )
        ]

    def __str__(self) -> str:
        return self.name

"""The way of a plan: who signed what they were shown, opinions on rows, reasons for breaches."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consolidation.models.plans import MergePlan
from platforms_portal.access import Role
from platforms_portal.history import recorded
from zones.models import Department


class Part(models.TextChoices):
    """The parts of a plan that are signed and opined on apart."""

    CONTENT = "content", _("Platforms and plates")
    BODIES = "bodies", _("Management bodies and posts")
    PEOPLE = "people", _("People and pay")


class Signature(models.Model):
    """One act on a plan: never changed, and bound to a digest of what the signer was shown."""

    class Action(models.TextChoices):
        """What was done."""

        SUBMIT = "submit", _("Submitted")
        LEADER_APPROVE = "leader_approve", _("Approved by the division's leader")
        LEADER_RETURN = "leader_return", _("Sent back by the division's leader")
        WITHDRAW = "withdraw", _("Withdrawn")
        COUNTERSIGN = "countersign", _("Countersigned")
        COUNTERSIGNER_RETURN = "countersigner_return", _("Returned by a countersigning department")
        APPROVE = "approve", _("Approved")
        RETURN = "return", _("Returned")
        REVISE = "revise", _("Taken up again")
        REPORT = "report", _("Carrying out begun")
        COMPLETE = "complete", _("Completed")

    plan = models.ForeignKey(
        MergePlan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="signatures"
    )
    action = models.CharField(_("act"), max_length=20, choices=Action.choices)
    part = models.CharField(_("part"), max_length=10, choices=Part.choices, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.PROTECT,
        related_name="signatures",
    )
    # As they were: an account may change its name, role or department, a signature may not.
    signer = models.CharField(_("signed by"), max_length=150)
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    signed_at = models.DateTimeField(_("signed at"), auto_now_add=True)
    day = models.DateField(_("day"), help_text=_("The programme's day on which it was done."))
    content_digest = models.CharField(_("digest of the plan"), max_length=64)
    ledger_digest = models.CharField(_("digest of the ledger"), max_length=64)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering: ClassVar = ["plan", "signed_at", "id"]

    def __str__(self) -> str:
        return f"{self.plan}: {self.get_action_display()} ({self.signer})"


class Opinion(models.Model):
    """What a reviewer says of one row of a plan (or of the whole), and the official's answer."""

    class Subject(models.TextChoices):
        """What the row is about."""

        PLAN = "plan", _("The whole plan")
        PLATFORM = "platform", _("Platform")
        BODY = "body", _("Management body")
        PLATE = "plate", _("Plate")

    plan = models.ForeignKey(
        MergePlan, verbose_name=_("plan"), on_delete=models.PROTECT, related_name="opinions"
    )
    part = models.CharField(_("part"), max_length=10, choices=Part.choices)
    subject = models.CharField(_("about"), max_length=10, choices=Subject.choices)
    subject_id = models.PositiveBigIntegerField(_("key of the record"), null=True, blank=True)
    label = models.CharField(_("row"), max_length=200, blank=True)
    text = models.TextField(_("opinion"), max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="opinions",
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    written_at = models.DateTimeField(_("written at"), auto_now_add=True)
    # Set when anybody returns the plan: until then its author may still take an opinion back.
    is_sent = models.BooleanField(_("sent"), default=False)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering: ClassVar = ["plan", "id"]

    def __str__(self) -> str:
        return self.text[:60]


class BreachReason(models.Model):
    """Why a division submits its plan although it breaks a rule: the request for an exception."""

    plan = models.ForeignKey(
        MergePlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="breach_reasons"
    )
    rule = models.CharField(_("rule"), max_length=8)
    aspect = models.CharField(_("threshold"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    history = recorded()

    class Meta:
        verbose_name = _("reason for a breach")
        verbose_name_plural = _("reasons for breaches")
        ordering: ClassVar = ["plan", "rule", "aspect"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "rule", "aspect"], name="breach_reason_once")
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"

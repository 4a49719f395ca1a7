"""A run of the solver: what was asked, how far it is, and what came of it."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from platforms_portal.history import recorded

LOST_AFTER = datetime.timedelta(minutes=2)
"""A run that gave no sign for so long has lost its worker."""


class SolverRun(models.Model):
    """One proposal asked for, of a division or of the whole city. It never changes a plan."""

    class State(models.TextChoices):
        """How far the run is."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        SOLVED = "solved", _("Proposal found")
        INFEASIBLE = "infeasible", _("No solution")
        TIMEOUT = "timeout", _("Out of time")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    UNDER_WAY: ClassVar = (State.QUEUED, State.RUNNING)

    programme = models.ForeignKey(
        "consolidation.Programme",
        verbose_name=_("programme"),
        on_delete=models.CASCADE,
        related_name="solver_runs",
    )
    owner = models.ForeignKey(
        "zones.Division",
        verbose_name=_("division"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="solver_runs",
        help_text=_("Whose plan is looked at; empty for the whole city."),
    )
    is_internal = models.BooleanField(
        _("internal to the division"),
        default=False,
        help_text=_("It may rest on a draft, and only the division sees it."),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="solver_runs",
    )
    as_of = models.DateField(_("as of"))
    seconds = models.PositiveIntegerField(
        _("time limit in seconds"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    options = models.JSONField(_("options"), default=dict)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    cancel_asked = models.BooleanField(_("to be cancelled"), default=False)
    aim = models.PositiveSmallIntegerField(_("aim worked at"), default=0)
    best = models.IntegerField(_("best so far"), null=True, blank=True)
    bound = models.IntegerField(_("not below"), null=True, blank=True)
    digest = models.CharField(_("digest of the data"), max_length=64, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)
    # How far it is and what came of it is no decision of anybody: it is not repeated in history.
    history = recorded(without=["seen_at", "aim", "best", "bound", "result"])

    class Meta:
        verbose_name = _("run of the solver")
        verbose_name_plural = _("runs of the solver")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_internal=False) | Q(owner__isnull=False),
                name="solver_internal_run_has_owner",
                violation_error_message=_("A run internal to a division names it."),
            ),
            models.CheckConstraint(
                condition=Q(seconds__gte=1) & Q(seconds__lte=600),
                name="solver_seconds_in_range",
                violation_error_message=_("The time limit is between 1 and 600 seconds."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["programme", "owner", "is_internal"], name="solver_run_of_owner")
        ]

    def __str__(self) -> str:
        return f"{self.programme} #{self.pk}"

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or runs."""
        return self.state in self.UNDER_WAY

    @property
    def is_lost(self) -> bool:
        """Whether it says that it runs, but its worker gave no sign for long: it was restarted."""
        if self.state != self.State.RUNNING:
            return False
        return self.seen_at is None or timezone.now() - self.seen_at > LOST_AFTER

"""An upload on its way into the portal: the run, its rows, what is wrong, and what is remembered."""

from __future__ import annotations

import datetime
import uuid
from pathlib import PurePosixPath
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.problems import VALUE_MAX, Severity, cell_name
from platforms_portal.history import recorded

LOST_AFTER = datetime.timedelta(minutes=2)
"""A run that gave no sign for so long has lost its worker."""

STORED_UNDER = "imports"
SUFFIXES = (".xlsx", ".csv")


def storage_path(run: ImportRun, _name: str) -> str:
    """Return where a file is kept: never under the name that a user gave it.

    Only the ending stays, by which libraries know a workbook.
    """
    suffix = PurePosixPath(run.file_name).suffix.lower()
    kept = suffix if suffix in SUFFIXES else ""
    return f"{STORED_UNDER}/{run.file_key.hex[:2]}/{run.file_key.hex}{kept}"


class ImportRun(models.Model):
    """One file: received, matched, checked, and then committed as it was shown, or not at all."""

    class State(models.TextChoices):
        """How far the run is."""

        RECEIVED = "received", _("Received")
        TO_CONFIRM = "to_confirm", _("Columns to be confirmed")
        QUEUED = "queued", _("Waiting")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        COMMITTING = "committing", _("Being written")
        COMMITTED = "committed", _("Written")
        STALE = "stale", _("Data changed since")
        REFUSED = "refused", _("File refused")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    UNDER_WAY: ClassVar = (State.QUEUED, State.CHECKING, State.COMMITTING)
    """The worker has it, or will."""

    OVER: ClassVar = (State.COMMITTED, State.REFUSED, State.CANCELLED, State.FAILED)
    """Nothing more comes of it."""

    programme = models.ForeignKey(
        "consolidation.Programme",
        verbose_name=_("programme"),
        on_delete=models.CASCADE,
        related_name="import_runs",
    )
    division = models.ForeignKey(
        "zones.Division",
        verbose_name=_("division"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="import_runs",
        help_text=_("Whose rows the file may hold; empty for the whole city."),
    )
    template = models.CharField(_("template"), max_length=20)
    file_key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(
        _("file"),
        upload_to=storage_path,
        max_length=200,
        blank=True,
        help_text=_("Empty once the time for which files are kept is over."),
    )
    file_name = models.CharField(_("file name"), max_length=200)
    file_size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    file_digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    direct = models.BooleanField(
        _("written directly"),
        default=False,
        help_text=_("Else what differs is asked of the commission as corrections."),
    )
    reason = models.TextField(_("reason"), blank=True)
    language = models.CharField(
        _("language"), max_length=10, help_text=_("In which errors and changes are told.")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.RECEIVED
    )
    matches = models.JSONField(_("sheets and columns"), default=list, blank=True)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    added = models.PositiveIntegerField(_("to be added"), default=0)
    changed = models.PositiveIntegerField(_("to be changed"), default=0)
    same = models.PositiveIntegerField(_("unchanged"), default=0)
    faulty = models.PositiveIntegerField(_("rows with errors"), default=0)
    errors = models.PositiveIntegerField(_("errors"), default=0)
    warnings = models.PositiveIntegerField(_("warnings"), default=0)
    absent = models.JSONField(
        _("not in the file"),
        default=dict,
        blank=True,
        help_text=_("By subject: how many records of the portal the file does not name."),
    )
    data_digest = models.CharField(_("digest of the data"), max_length=64, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="import_runs",
        help_text=_("Empty where the system itself loads the file."),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    committed_at = models.DateTimeField(_("written at"), null=True, blank=True)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    seen_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    cancel_asked = models.BooleanField(_("to be cancelled"), default=False)
    refusal_code = models.CharField(_("kind of refusal"), max_length=40, blank=True)
    refusal = models.TextField(_("why it went no further"), blank=True)
    remedy = models.TextField(_("what to do"), blank=True)
    # How far it is says nobody anything later: it is not repeated in history.
    history = recorded(without=["seen_at", "attempt", "rows_done", "matches", "absent"])

    class Meta:
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="committed") | Q(committed_at__isnull=False),
                name="import_committed_has_its_time",
                violation_error_message=_("A run that was written says when."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["programme", "division", "state"], name="import_run_of_division")
        ]

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"

    @property
    def is_under_way(self) -> bool:
        """Whether the worker has it, or will."""
        return self.state in self.UNDER_WAY

    @property
    def is_lost(self) -> bool:
        """Whether it says that it is worked at, but its worker gave no sign for long."""
        if self.state not in (self.State.CHECKING, self.State.COMMITTING):
            return False
        return self.seen_at is None or timezone.now() - self.seen_at > LOST_AFTER

    @property
    def to_write(self) -> int:
        """How many rows a commit would write."""
        return self.added + self.changed

    @property
    def can_be_committed(self) -> bool:
        """Whether a commit would write anything: checked, without errors, something differs."""
        return self.state == self.State.CHECKED and not self.errors and self.to_write > 0


class ImportRow(models.Model):
    """What the check found of one row: what a commit would make of it."""

    class Action(models.TextChoices):
        """What becomes of the record."""

        ADD = "add", _("To be added")
        CHANGE = "change", _("To be changed")
        SAME = "same", _("Unchanged")
        ERROR = "error", _("Has errors")

    run = models.ForeignKey(
        ImportRun, verbose_name=_("import run"), on_delete=models.CASCADE, related_name="rows"
    )
    sheet = models.CharField(_("sheet"), max_length=200)
    row = models.PositiveIntegerField(_("row"))
    subject = models.CharField(_("subject"), max_length=30)
    action = models.CharField(_("action"), max_length=6, choices=Action.choices)
    key = models.CharField(_("key"), max_length=250, blank=True)
    label = models.CharField(_("name"), max_length=250, blank=True)
    before = models.JSONField(
        _("before"), default=dict, help_text=_("By column, in the words of a reader.")
    )
    after = models.JSONField(_("after"), default=dict)
    data = models.JSONField(
        _("values"), default=dict, help_text=_("What the writer needs to write exactly this.")
    )

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "subject", "sheet", "row"], name="import_row_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run", "action", "id"], name="import_row_by_action"),
            models.Index(fields=["run", "subject", "key"], name="import_row_by_key"),
            models.Index(fields=["run", "subject", "label"], name="import_row_by_label"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.row}"


class ImportProblem(models.Model):
    """One thing wrong in a file, as ``exchange.problems.Problem``."""

    run = models.ForeignKey(
        ImportRun, verbose_name=_("import run"), on_delete=models.CASCADE, related_name="problems"
    )
    severity = models.CharField(
        _("severity"),
        max_length=7,
        choices=[(Severity.ERROR.value, _("Error")), (Severity.WARNING.value, _("Warning"))],
    )
    sheet = models.CharField(_("sheet"), max_length=200, blank=True)
    row = models.PositiveIntegerField(_("row"), null=True, blank=True)
    place = models.PositiveIntegerField(
        _("column in the file"), null=True, blank=True, help_text=_("0 is column A.")
    )
    column = models.CharField(_("column"), max_length=60, blank=True)
    heading = models.CharField(_("heading"), max_length=VALUE_MAX, blank=True)
    value = models.CharField(_("value"), max_length=VALUE_MAX, blank=True)
    message = models.TextField(_("what is wrong"))
    remedy = models.TextField(_("what to do"), blank=True)
    code = models.CharField(_("kind"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("problem of an import")
        verbose_name_plural = _("problems of imports")
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["run", "severity", "sheet", "row"], name="import_problem_place")
        ]

    def __str__(self) -> str:
        return self.message

    @property
    def cell(self) -> str:
        """The cell as a spreadsheet names it: ``C12``, or ``12`` for a row, or nothing."""
        return cell_name(self.row, self.place)


class HeadingMemory(models.Model):
    """A heading that a person has confirmed once: next time it is known."""

    division = models.ForeignKey(
        "zones.Division",
        verbose_name=_("division"),
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Whose workbooks have it; the city's own row for those of the whole city."),
    )
    template = models.CharField(_("template"), max_length=20)
    subject = models.CharField(_("subject"), max_length=30)
    heading = models.CharField(
        _("heading"), max_length=VALUE_MAX, help_text=_("Without width, case, spaces and units.")
    )
    column = models.CharField(
        _("column"), max_length=60, blank=True, help_text=_("Empty: it is not used.")
    )
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    used_on = models.DateTimeField(_("confirmed at"), default=timezone.now)
    history = recorded()

    class Meta:
        verbose_name = _("remembered heading")
        verbose_name_plural = _("remembered headings")
        ordering: ClassVar = ["division", "template", "subject", "heading"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["division", "template", "subject", "heading"],
                name="heading_remembered_once",
                violation_error_message=_("This heading is remembered already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.heading} → {self.column or '—'}"

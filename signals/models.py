"""What a programme sets for its signals, and what people say of a signal that was found.

A signal itself is no record: it is found anew from the data each time. What is said of one is
bound to its key and to the digest of the figures that were seen.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consolidation.models import Programme
from platforms_portal.history import recorded
from zones.models import Division


class SignalSetting(models.Model):
    """One threshold of a signal that a programme sets otherwise than the portal's default.

    ``numerator``/``denominator`` hold it as integers: a share of 20% is 20/100, a count of 3 is 3/1.
    """

    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.CASCADE,
        related_name="signal_settings",
    )
    signal = models.CharField(_("signal"), max_length=8)
    name = models.CharField(_("threshold"), max_length=40)
    numerator = models.PositiveIntegerField(_("numerator"))
    denominator = models.PositiveIntegerField(
        _("denominator"), default=1, validators=[MinValueValidator(1)]
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("threshold of a signal")
        verbose_name_plural = _("thresholds of signals")
        ordering: ClassVar = ["programme", "signal", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "signal", "name"],
                name="signal_setting_once",
                violation_error_message=_("This threshold is already set."),
            ),
            models.CheckConstraint(
                condition=Q(denominator__gte=1),
                name="signal_setting_denominator_positive",
                violation_error_message=_("A share is of at least one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signal} {self.name}"


class SignalNote(models.Model):
    """What was said of one signal, bound to what was seen; never changed."""

    class Kind(models.TextChoices):
        """What the note does."""

        EXPLAIN = "explain", _("Explained")
        REOPEN = "reopen", _("Opened again")
        ANSWER = "answer", _("Answer of the division")

    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.CASCADE,
        related_name="signal_notes",
    )
    division = models.ForeignKey(
        Division,
        verbose_name=_("division"),
        on_delete=models.PROTECT,
        related_name="signal_notes",
    )
    signal = models.CharField(_("signal"), max_length=8)
    key = models.SlugField(_("key of the finding"), max_length=120)
    digest = models.CharField(
        _("digest of what was seen"),
        max_length=16,
        help_text=_("Of the records and figures; where they change the finding is open again."),
    )
    kind = models.CharField(_("note"), max_length=10, choices=Kind.choices)
    text = models.CharField(_("reason"), max_length=1000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    written_at = models.DateTimeField(_("written at"), auto_now_add=True)
    history = recorded()

    class Meta:
        verbose_name = _("note on a signal")
        verbose_name_plural = _("notes on signals")
        ordering: ClassVar = ["programme", "key", "id"]
        indexes: ClassVar = [models.Index(fields=["programme", "key"], name="signal_note_by_key")]

    def __str__(self) -> str:
        return f"{self.key}: {self.get_kind_display()}"

"""When an item turns amber or red, when people are reminded, and when it goes higher."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.models import Programme
from platforms_portal.history import recorded

FARTHEST = 365
"""No reminder is farther from its day than a year."""

MOST_OFFSETS = 12


def offsets_in(text: str) -> list[int]:
    """Return the days of ``text`` ("7,1,0,-3"), the earliest reminder first.

    A positive number counts days before the due day, a negative one after it. Raises
    ``ValidationError`` for what is no list of whole numbers, for repetitions and for too many.
    """
    parts = [part.strip() for part in text.replace("，", ",").replace(";", ",").split(",")]
    try:
        days = [int(part) for part in parts if part]
    except ValueError as error:
        raise ValidationError(
            _("Write whole numbers with commas between them, as 7,1,0,-3.")
        ) from error
    if any(abs(day) > FARTHEST for day in days):
        raise ValidationError(_("Days lie between -%(n)d and %(n)d.") % {"n": FARTHEST})
    if len(set(days)) != len(days):
        raise ValidationError(_("A day stands twice in this list."))
    if len(days) > MOST_OFFSETS:
        raise ValidationError(_("At most %(n)d days.") % {"n": MOST_OFFSETS})
    return sorted(days, reverse=True)


def check_offsets(text: str) -> None:
    """Refuse what ``offsets_in`` cannot read."""
    offsets_in(text)


class FollowUpSettings(models.Model):
    """The settings of one programme; one that has none follows the defaults."""

    programme = models.OneToOneField(
        Programme,
        verbose_name=gettext_lazy("programme"),
        on_delete=models.CASCADE,
        related_name="follow_up",
    )
    amber_days = models.PositiveSmallIntegerField(
        gettext_lazy("amber from (days before)"),
        default=15,
        validators=[MaxValueValidator(FARTHEST)],
        help_text=gettext_lazy("An item due within this many days is amber."),
    )
    red_days = models.PositiveSmallIntegerField(
        gettext_lazy("red from (days before)"),
        default=3,
        validators=[MaxValueValidator(FARTHEST)],
        help_text=gettext_lazy("An item due within this many days, or overdue, is red."),
    )
    reminder_days = models.CharField(
        gettext_lazy("automatic reminders (days)"),
        max_length=60,
        default="7,1,0,-3",
        blank=True,
        validators=[check_offsets],
        help_text=gettext_lazy(
            "Days before the due day, with a minus after it: 7,1,0,-3. Empty for none."
        ),
    )
    escalation_days = models.PositiveSmallIntegerField(
        gettext_lazy("escalated after (days overdue)"),
        default=10,
        null=True,
        blank=True,
        validators=[MaxValueValidator(FARTHEST)],
        help_text=gettext_lazy(
            "Overdue for more days than this, it goes to the leader and the commission. "
            "Empty for never."
        ),
    )
    accept_days = models.PositiveSmallIntegerField(
        gettext_lazy("to be taken up within (days)"),
        default=5,
        validators=[MaxValueValidator(FARTHEST)],
        help_text=gettext_lazy("A task handed out longer ago and not taken up is marked."),
    )
    report_day = models.PositiveSmallIntegerField(
        gettext_lazy("monthly report by day"),
        default=25,
        null=True,
        blank=True,
        validators=[MaxValueValidator(28)],
        help_text=gettext_lazy(
            "The day of the month by which departments report on it. Empty for no monthly reports."
        ),
    )
    history = recorded()

    class Meta:
        verbose_name = gettext_lazy("follow-up settings")
        verbose_name_plural = gettext_lazy("follow-up settings")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(red_days__lte=F("amber_days")),
                name="follow_up_red_within_amber",
                violation_error_message=gettext_lazy(
                    "Red cannot begin before amber: give fewer days for red."
                ),
            ),
            models.CheckConstraint(
                condition=Q(report_day__isnull=True) | Q(report_day__gte=1, report_day__lte=28),
                name="follow_up_report_day_in_every_month",
                violation_error_message=gettext_lazy("Give a day between 1 and 28."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.programme)

    @property
    def offsets(self) -> list[int]:
        """The days of automatic reminders, the earliest first."""
        return offsets_in(self.reminder_days)

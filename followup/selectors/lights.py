"""The lights of what is due: which they are, and how the database tells them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from followup.models import FollowUpSettings

if TYPE_CHECKING:
    from consolidation.models import Programme


class Light(models.TextChoices):
    """Where an item stands on a day."""

    RED = "red", _("Red")
    AMBER = "amber", _("Amber")
    GREEN = "green", _("Green")
    NO_DATE = "no_date", _("No date")
    WAITING = "waiting", _("Awaits review")
    SUSPENDED = "suspended", _("Suspended")
    DONE = "done", _("Done")


RANK = {light: number for number, light in enumerate(Light)}
"""The order in which lists show the lights: what presses most comes first."""

OPEN_LIGHTS = (Light.RED, Light.AMBER, Light.GREEN, Light.NO_DATE)
"""The lights of items that whoever is responsible has to see to: of these one can be reminded."""


def days_after(day: datetime.date, days: int) -> datetime.date:
    """Return the day ``days`` after ``day`` (before it, below zero), or the first or last there is."""
    try:
        return day + datetime.timedelta(days=days)
    except OverflowError:
        return datetime.date.max if days > 0 else datetime.date.min


@dataclass(frozen=True)
class Clock:
    """The day on which lights are told, and the programme's settings."""

    day: datetime.date
    settings: FollowUpSettings

    @property
    def red_until(self) -> datetime.date:
        """The last due day that is red."""
        return days_after(self.day, self.settings.red_days)

    @property
    def amber_until(self) -> datetime.date:
        """The last due day that is amber."""
        return days_after(self.day, self.settings.amber_days)

    def light_of(self, due: datetime.date | None) -> Light:
        """Return the light of an open item that is due on ``due``: the same as ``light`` asks."""
        if due is None:
            return Light.NO_DATE
        if due <= self.red_until:
            return Light.RED
        return Light.AMBER if due <= self.amber_until else Light.GREEN

    def light(
        self, due: str, *, done: Q, waiting: Q | None = None, suspended: Q | None = None
    ) -> Case:
        """Return the column with the light of rows whose due day is the column ``due``."""
        states = [When(done, then=Value(Light.DONE.value))]
        if suspended is not None:
            states.append(When(suspended, then=Value(Light.SUSPENDED.value)))
        if waiting is not None:
            states.append(When(waiting, then=Value(Light.WAITING.value)))
        return Case(
            *states,
            When(Q(**{f"{due}__isnull": True}), then=Value(Light.NO_DATE.value)),
            When(Q(**{f"{due}__lte": self.red_until}), then=Value(Light.RED.value)),
            When(Q(**{f"{due}__lte": self.amber_until}), then=Value(Light.AMBER.value)),
            default=Value(Light.GREEN.value),
            output_field=models.CharField(),
        )

    def overdue(self) -> Case:
        """Return the column that says whether a row with ``light`` and ``due`` is overdue."""
        return Case(
            When(light=Light.RED.value, due__lt=self.day, then=Value(1)),
            default=Value(0),
            output_field=models.IntegerField(),
        )


def rank() -> Case:
    """Return the column that orders rows by their ``light``."""
    return Case(
        *(When(light=light.value, then=Value(number)) for light, number in RANK.items()),
        default=Value(len(RANK)),
        output_field=models.IntegerField(),
    )


def settings_of(programme: Programme) -> FollowUpSettings:
    """Return the settings of ``programme``; the defaults, not stored, where it has none."""
    found = FollowUpSettings.objects.filter(programme=programme).first()
    return found or FollowUpSettings(programme=programme)


def clock_of(programme: Programme, day: datetime.date) -> Clock:
    """Return the clock of ``programme`` on ``day``."""
    return Clock(day, settings_of(programme))

"""Automatic reminders before and after the day, and escalation of what is long overdue.

Meant for a daily run. Each item is reminded of once per offset and due day, so that a second run
does nothing, and a run that was missed is made up for.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When

from followup.models import Reminder
from followup.selectors.items import items_of
from followup.selectors.lights import Light, clock_of, days_after
from followup.selectors.parts import parts
from followup.selectors.shape import COLUMNS, Reach, Wanted
from followup.services.reminding import Occasion, Sending, locked_programme
from platforms_portal.access import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from consolidation.models import Programme
    from followup.selectors.lights import Clock

BY = "send_reminders"
"""The command's name, as the history tells it."""

_BATCH = 1000


@dataclass(frozen=True)
class Sent:
    """What a run sent, or would send: items reminded of, items escalated, items nobody answers for."""

    reminded: int
    escalated: int
    nobody: int


def send_due(*, programme: Programme, day: datetime.date, dry_run: bool = False) -> Sent:
    """Send what is due on ``day`` by the settings of ``programme``, and return how much it was.

    All of it or nothing: a run that fails leaves neither notices nor log. With ``dry_run`` it only
    counts.
    """
    clock = clock_of(programme, day)
    if dry_run:
        number = sum(part.count() for part in _to_remind(programme, clock))
        return Sent(number, sum(part.count() for part in _to_escalate(programme, clock)), 0)
    with transaction.atomic():
        locked = locked_programme(programme)
        sending = Sending(locked, None, "", by=BY)
        for occasion, found in (
            (Occasion.SCHEDULED, _to_remind(locked, clock)),
            (Occasion.ESCALATION, _to_escalate(locked, clock)),
        ):
            for rows in _batches(found):
                items = items_of(locked, clock, rows)
                offsets = [row.get("offset") for row in rows]
                sending.keep(items, occasion, offsets, day)
        sending.tell()
    return Sent(
        sending.numbers[Occasion.SCHEDULED], sending.numbers[Occasion.ESCALATION], sending.nobody
    )


def _batches(found: list[QuerySet[Any, Any]]) -> Iterator[list[dict[str, Any]]]:
    for part in found:
        # Read whole: what is written meanwhile must not move the pages under the reader.
        rows = list(part)
        for start in range(0, len(rows), _BATCH):
            yield rows[start : start + _BATCH]


def _open_parts(programme: Programme, clock: Clock, until: datetime.date) -> list[Any]:
    everything = Reach(scope=Scope())
    lights = (Light.RED.value, Light.AMBER.value, Light.GREEN.value)
    return parts(programme, clock, everything, Wanted(lights=lights, due_to=until))


def _to_remind(programme: Programme, clock: Clock) -> list[QuerySet[Any, Any]]:
    """Return the items whose latest offset has come and was not reminded of yet."""
    offsets = sorted(clock.settings.offsets)
    if not offsets:
        return []
    reached = Case(
        *(When(due__lte=days_after(clock.day, offset), then=Value(offset)) for offset in offsets),
        output_field=IntegerField(),
    )
    sent = Reminder.objects.filter(
        programme=programme,
        kind=OuterRef("item_kind"),
        item=OuterRef("item_pk"),
        due_on=OuterRef("due"),
        occasion=Occasion.SCHEDULED,
        offset__lte=OuterRef("offset"),
    )
    until = days_after(clock.day, offsets[-1])
    return [
        part.annotate(offset=reached)
        .filter(~Exists(sent))
        .order_by("due", "pk")
        .values(*COLUMNS, "offset")
        for part in _open_parts(programme, clock, until)
    ]


def _to_escalate(programme: Programme, clock: Clock) -> list[QuerySet[Any, Any]]:
    """Return the items that are overdue for longer than the programme allows, not yet escalated."""
    days = clock.settings.escalation_days
    if days is None:
        return []
    sent = Reminder.objects.filter(
        programme=programme,
        kind=OuterRef("item_kind"),
        item=OuterRef("item_pk"),
        due_on=OuterRef("due"),
        occasion=Occasion.ESCALATION,
    )
    until = days_after(clock.day, -days - 1)
    return [
        part.filter(~Exists(sent)).order_by("due", "pk").values(*COLUMNS)
        for part in _open_parts(programme, clock, until)
    ]

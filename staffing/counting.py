"""Saving a month's head counts: all of them or none, and nothing is overwritten unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.services.recording import ManyRecorder
from consolidation.services.seen import BothValues, ConflictError, compare
from platforms_portal.access import Right, has_right, scope_of
from staffing.models import HeadCount
from staffing.reporting import FIGURES, CountRow, count_rows, field_name, months_to_report
from zones.models import ManagementBody

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.models import Programme
    from consolidation.services.recording import Recorder
    from zones.models import Division

REASON = gettext_lazy("Monthly report")

PEOPLE_MAX = 100_000
"""More people than any city's management bodies employ: a slip of the finger."""


def save_head_counts(
    *,
    programme: Programme,
    division: Division,
    day: datetime.date,
    given: Mapping[str, str],
    seen: Mapping[int, str],
    user: User,
    reason: StrOrPromise = REASON,
) -> int:
    """Save the figures ``given`` for the last day of a month; return how many rows changed.

    ``given`` has names and values as ``CountRow.values``; an empty one is not reported, and what
    is left out stays. ``seen`` has the digest of each row by its body. Raises
    ``PermissionDenied`` for all but the division's officials, ``ValidationError`` with every
    error by its field, and ``ConflictError`` with every value that somebody else changed since.
    """
    if not has_right(user, Right.EDIT_PLAN) or not scope_of(user).covers(division.pk):
        raise PermissionDenied(_("Only the division's own officials report its head counts."))
    if day not in months_to_report(programme):
        raise ValidationError(_("Heads are not counted on this day."))
    with transaction.atomic():
        # Whoever saves the same division's month at the same time waits here.
        list(ManagementBody.objects.select_for_update().filter(division=division.pk).order_by("pk"))
        rows = count_rows(programme, division.pk, day)
        _refuse_conflicts(rows, given, seen)
        changed = {
            name: value
            for row in rows
            for name, stored in row.values.items()
            if (value := given.get(name, stored).strip()) != stored
        }
        problems = {name: problem for name, text in changed.items() if (problem := _problem(text))}
        if problems:
            raise ValidationError(problems)
        recorder = ManyRecorder(user, reason)
        stored = _stored(rows, day)
        number = sum(_write(programme, row, day, changed, stored, recorder) for row in rows)
        recorder.flush()
        return number


def _refuse_conflicts(
    rows: list[CountRow], given: Mapping[str, str], seen: Mapping[int, str]
) -> None:
    fields: list[BothValues] = []
    for row in rows:
        mine = {name: given[name].strip() for name in row.values if name in given}
        try:
            compare(row.values, row.seen, mine, seen.get(row.body.pk, ""))
        except ConflictError as conflict:
            fields += conflict.fields
    if fields:
        raise ConflictError(fields, "")


def _problem(text: str) -> str:
    if text and not (text.isascii() and text.isdecimal()):
        return _("Write a whole number that is not negative.")
    if text and (len(text) > len(str(PEOPLE_MAX)) or int(text) > PEOPLE_MAX):
        return _("Write at most %(n)d.") % {"n": PEOPLE_MAX}
    return ""


def _stored(rows: list[CountRow], day: datetime.date) -> dict[tuple[int, str], HeadCount]:
    counts = HeadCount.objects.filter(body__in=[row.body.pk for row in rows], counted_on=day)
    return {(count.body_id, count.category): count for count in counts}


def _write(
    programme: Programme,
    row: CountRow,
    day: datetime.date,
    changed: Mapping[str, str],
    stored: Mapping[tuple[int, str], HeadCount],
    recorder: Recorder,
) -> int:
    number = 0
    for category in programme.counted_categories:
        given = {
            figure: int(changed[name]) if changed[name] else None
            for figure in FIGURES
            if (name := field_name(row.body.pk, category, figure)) in changed
        }
        if not given:
            continue
        count = stored.get((row.body.pk, category)) or HeadCount(
            body=row.body, category=category, counted_on=day
        )
        numbers = [given.get(figure, getattr(count, figure)) for figure in FIGURES]
        recorder.store(count, given, keep=any(value is not None for value in numbers))
        number += 1
    return number

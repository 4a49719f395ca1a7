"""Narrowing the rows of a state to those that one number of a tally counted.

A number on a page links to a list with ``counted`` and a place; these filters make the list show
exactly the records behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consolidation.selectors.plans import owners_of
from zones.models import Division
from zones.selectors import existing_on, today_of

if TYPE_CHECKING:
    import datetime

    from consolidation.models import Programme


class Counted(models.TextChoices):
    """The numbers of a tally whose records a list can show."""

    BASELINE = "baseline", _("in the baseline")
    STATE = "state", _("in the state")
    WENT = "went", _("gone since the baseline")
    CAME = "came", _("come since the baseline")
    UNDECIDED = "undecided", _("not decided")
    PLACEHOLDERS = "placeholders", _("resting on placeholders")


_CONDITIONS = {
    Counted.BASELINE: Q(in_baseline=True),
    Counted.STATE: Q(in_state=True),
    Counted.WENT: Q(in_baseline=True, in_state=False),
    Counted.CAME: Q(in_baseline=False, in_state=True),
    Counted.UNDECIDED: Q(undecided=True),
    Counted.PLACEHOLDERS: Q(rests_on_placeholder=True),
}


def counted_q(counted: str) -> Q:
    """Return the filter for the rows of ``state`` that this number of a tally counts.

    The same conditions as ``counts.count_rows``. An empty ``counted`` narrows nothing; an unknown
    one raises ``ValueError``.
    """
    return _CONDITIONS[Counted(counted)] if counted else Q()


def today_q(division: Division, day: datetime.date) -> Q:
    """Return the filter for rows that ``counts.by_today`` sums under ``division`` on ``day``."""
    successors = today_of(day)
    keys = [start for start, end in successors.items() if end == division.pk]
    if division.pk not in successors:
        keys.append(division.pk)
    existing = existing_on(day)
    named = Q(current_division_id__in=[key for key in keys if key in existing])
    # A place that a record names counts only once that division exists; its owner does until then.
    unnamed = Q(current_division_id__isnull=True) | ~Q(current_division_id__in=existing)
    return named | (unnamed & Q(division_id__in=keys))


def owner_with_code(programme: Programme, code: str) -> Division | None:
    """Return the owner of ``programme`` that has this code at the baseline date."""
    return next((owner for owner in owners_of(programme) if owner.code == code), None)


def division_today(code: str, day: datetime.date) -> Division | None:
    """Return the division that has this code on ``day``."""
    starts = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    ends = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    return Division.objects.filter(starts, ends, code=code).order_by("valid_from").last()

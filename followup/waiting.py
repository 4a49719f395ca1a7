"""What waits on the overview: tasks to be reviewed, and what is overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import ngettext

from consolidation.views.waiting import Waiting, register
from followup.models import FollowUpSettings
from followup.selectors.lights import Clock
from followup.selectors.summary import overdue_for
from platforms_portal.access import Right, has_right

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.selectors.home import Overview


def late_items(user: User, overview: Overview) -> list[Waiting]:
    """Return the one line about what is overdue; none where nothing is."""
    if not has_right(user, Right.FOLLOW_UP):
        return []
    # What is overdue is so under any settings, which therefore need not be asked for.
    clock = Clock(overview.as_of, FollowUpSettings())
    overdue = overdue_for(user, overview.programme, clock)
    if not overdue:
        return []
    told = ngettext("%(n)d item is overdue", "%(n)d items are overdue", overdue)
    address = reverse("follow-up", args=[overview.programme.code])
    return [Waiting(told % {"n": overdue}, f"{address}?light=overdue&as_of={overview.as_of}")]


register(late_items)

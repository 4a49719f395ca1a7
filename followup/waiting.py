"""What waits on the overview: tasks to be reviewed, and what is overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import ngettext

from consolidation.views.waiting import Waiting, register
from followup.selectors.lights import Light, clock_of
from followup.selectors.summary import pressing_for
from platforms_portal.access import Right, has_right

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.selectors.home import Overview


def late_items(user: User, overview: Overview) -> list[Waiting]:
    """Return the one line about what is overdue and what is due soon; none where nothing is."""
    if not has_right(user, Right.FOLLOW_UP):
        return []
    numbers = pressing_for(user, overview.programme, clock_of(overview.programme, overview.as_of))
    if not numbers.overdue:
        return []
    told = ngettext("%(n)d item is overdue", "%(n)d items are overdue", numbers.overdue)
    amber = numbers.by_light[Light.AMBER]
    soon = ngettext("%(n)d due soon", "%(n)d due soon", amber) % {"n": amber} if amber else ""
    address = reverse("follow-up", args=[overview.programme.code])
    return [Waiting(told % {"n": numbers.overdue}, f"{address}?light=overdue", soon)]


register(late_items)

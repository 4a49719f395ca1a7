"""Tags of follow-up: a light as sign and word, and how many days are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from followup.selectors.lights import Light

if TYPE_CHECKING:
    from followup.selectors.items import Item

register = template.Library()

_LOOKS = {
    Light.RED: ("✗", "bad"),
    Light.AMBER: ("!", "open"),
    Light.GREEN: ("○", "good"),
    Light.NO_DATE: ("?", "plain"),
    Light.WAITING: ("▲", "open"),
    Light.SUSPENDED: ("‖", "plain"),
    Light.DONE: ("✓", "good"),
}
"""Sign and look of each light: the colour never stands alone."""


@register.inclusion_tag("partials/status_badge.html")
def light_badge(light: str) -> dict[str, object]:
    """Show a light as sign and word."""
    sign, look = _LOOKS[Light(light)]
    return {"sign": sign, "look": look, "label": Light(light).label}


@register.filter
def in_days(item: Item) -> str:
    """Return how many days are left, how long an item is overdue, or how late it was done."""
    days = item.days
    if days is None:
        return ""
    if item.light == Light.DONE:
        if days >= 0:
            return _("in time")
        return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    if days < 0:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", -days) % {"n": -days}
    if days == 0:
        return _("due today")
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}

"""Tags for the pages of records: owners by name, links that respect the reader's scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.html import format_html

from consolidation.checks.base import Scope as Owner

if TYPE_CHECKING:
    from django.template.context import Context
    from django_stubs_ext import StrOrPromise

    from zones.models import Division

register = template.Library()


@register.filter
def owner(division: Division) -> StrOrPromise:
    """Return the name of a division as an owner: the city's own row is the municipal level."""
    return Owner(division).label


@register.simple_tag(takes_context=True)
def scoped_link(
    context: Context, page: str, key: int | None, label: StrOrPromise, division_id: int | None
) -> str:
    """Return the name of a record, as a link where its division is in the reader's scope.

    ``page`` is the name of the address of its page. The day that the reader chose is passed on.
    """
    if key is None or division_id is None or not context["scope"].covers(division_id):
        return str(label)
    address = reverse(page, args=[context["programme"].code, key])
    asked = context["asked"]
    day = f"?as_of={asked.as_of.isoformat()}" if asked.as_of_given else ""
    return format_html('<a href="{}{}">{}</a>', address, day, label)

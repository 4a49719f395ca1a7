"""Tags for the pages of a plan's way: what a form sends back of what it showed."""

from __future__ import annotations

from django import template

from consolidation.selectors.opinions import seen_of

register = template.Library()


@register.filter
def seen(text: str) -> str:
    """Return the digest of a text that a form shows to be changed."""
    return seen_of(text)


@register.filter
def place_of(kind: str, key: int) -> str:
    """Return the name of the place of a small form on a page: ``answer`` and 7 are ``answer-7``."""
    return f"{kind}-{key}"

"""Tags for the pages of imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from exchange.subjects import TEMPLATES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()


@register.filter
def template_label(key: str) -> StrOrPromise:
    """Return what a template is called; of one that is known no more, its key."""
    known = TEMPLATES.get(key)
    return known.label if known else key

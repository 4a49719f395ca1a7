"""Tags for the pages of imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext as _

from exchange.models import ImportRun
from exchange.selectors.runs import LEDGER_TEMPLATES
from exchange.subjects import TEMPLATES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()


@register.filter
def template_label(key: str) -> StrOrPromise:
    """Return what a template is called; of one that is known no more, its key."""
    known = TEMPLATES.get(key)
    return known.label if known else key


@register.filter
def state_label(run: ImportRun) -> StrOrPromise:
    """Return how far an upload is; what became requests is sent, and not written yet."""
    is_requested = run.template in LEDGER_TEMPLATES and not run.direct
    if run.state == ImportRun.State.COMMITTED and is_requested:
        return _("Sent to the commission")
    return run.get_state_display()

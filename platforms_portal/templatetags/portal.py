"""Tags for every page: status with sign and word, placeholder badge, links to counted records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.core.paginator import Paginator
    from django.template.context import Context
    from django_stubs_ext import StrOrPromise

register = template.Library()

# (sign, look): the colour never stands alone, so that print and colour-blind readers miss nothing.
_LOOKS: Mapping[str, tuple[str, str]] = {
    "met": ("✓", "good"),
    "not_met": ("✗", "bad"),
    "unknown": ("?", "open"),
    "draft": ("✎", "plain"),
    "leader_review": ("▲", "plain"),
    "submitted": ("▲", "open"),
    "countersigned": ("▲", "open"),
    "returned": ("↩", "bad"),
    "approved": ("✓", "good"),
    "in_execution": ("▶", "good"),
    "completed": ("✓", "good"),
    "open": ("○", "plain"),
    "handed_out": ("▷", "open"),
    "under_way": ("▶", "open"),
    "for_review": ("▲", "open"),
    "done": ("✓", "good"),
    "suspended": ("‖", "plain"),
    "requested": ("▲", "open"),
    "confirmed": ("✓", "good"),
    "refused": ("✗", "bad"),
    "withdrawn": ("‖", "plain"),
    "queued": ("…", "plain"),
    "running": ("▶", "open"),
    "solved": ("✓", "good"),
    "infeasible": ("✗", "bad"),
    "timeout": ("‖", "open"),
    "cancelled": ("‖", "plain"),
    "failed": ("!", "bad"),
    "received": ("…", "plain"),
    "to_confirm": ("▲", "open"),
    "checking": ("▶", "open"),
    "checked": ("▲", "open"),
    "committing": ("▶", "open"),
    "committed": ("✓", "good"),
    "stale": ("↩", "open"),
}


def _look(status: str, severity: str) -> tuple[str, str]:
    # What only departs from advice is never shown as a breach.
    if severity == "advice" and status == "not_met":
        return "!", "open"
    return _LOOKS.get(status, ("·", "plain"))


def _words(status: str, label: StrOrPromise, severity: str) -> StrOrPromise:
    if severity == "advice" and status == "not_met":
        return _("Advice not followed")
    return label or getattr(status, "label", status)


@register.inclusion_tag("partials/status_badge.html")
def status_badge(status: str, label: StrOrPromise = "", severity: str = "") -> dict[str, object]:
    """Show a status as sign and word: a check's, a plan's or a task's.

    ``label`` is needed where ``status`` is a plain string without a label of its own;
    ``severity`` is that of a finding.
    """
    sign, look = _look(str(status), str(severity))
    return {"sign": sign, "look": look, "label": _words(status, label, str(severity))}


@register.inclusion_tag("partials/status_sign.html")
def status_sign(status: str, severity: str = "") -> dict[str, object]:
    """Show a status as a sign beside a figure, with its word for those who cannot see it."""
    sign, look = _look(str(status), str(severity))
    return {"sign": sign, "look": look, "label": _words(status, "", str(severity))}


@register.inclusion_tag("partials/placeholder_badge.html")
def placeholder_badge(*, shown: bool = True) -> dict[str, bool]:
    """Mark a record that stands in for a real one (domain §8); nothing where ``shown`` is false."""
    return {"shown": bool(shown)}


@register.simple_tag(takes_context=True)
def records_url(context: Context, name: str, **asked: Any) -> str:
    """Return the address of a list of the programme that shows exactly the records asked for.

    ``name`` is the address's name (``platforms``, …); ``asked`` its parameters, of which empty
    ones are left out. The day of the page is passed on, so that the list gives the same number.
    """
    as_of = context.get("as_of")
    parameters = {key: value for key, value in asked.items() if value not in (None, "")}
    if as_of is not None:
        parameters.setdefault("as_of", as_of.isoformat())
    address = reverse(name, args=[context["programme"].code])
    return f"{address}?{urlencode(parameters)}" if parameters else address


@register.filter
def elided_pages(paginator: Paginator[Any], number: int) -> Iterator[int | str]:
    """Return the page numbers to link from page ``number``, with gaps where there are many."""
    return paginator.get_elided_page_range(number, on_each_side=2, on_ends=1)


@register.filter
def value_of(mapping: Mapping[str, Any], key: str) -> Any:
    """Return the value that ``mapping`` has under ``key``; an empty text where it has none."""
    return mapping.get(key, "")

"""Tags for figures of findings: integers with their share, never rounded over a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html

from consolidation.checks.base import Ratio, Scope, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.template.context import Context
    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Finding, RecordRef
    from consolidation.selectors.counts import Tally
    from consolidation.selectors.home_divisions import DivisionCell
    from zones.models import Division

register = template.Library()

UNKNOWN = "—"


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


@register.filter
def figure(ratio: Ratio, limit: Ratio | None = None) -> str:
    """Return a figure for the eye: ``86/142 (60.56%)``, ``1,017``, or ``—`` where not known."""
    if ratio.numerator is None or ratio.denominator is None:
        return UNKNOWN
    if not ratio.is_share_of(limit):
        return _number(ratio.numerator)
    if not ratio.denominator:
        return f"{_number(ratio.numerator)}/{UNKNOWN}"
    share = percent(ratio.numerator, ratio.denominator, limit)
    return f"{_number(ratio.numerator)}/{_number(ratio.denominator)} ({share})"


@register.filter
def share(ratio: Ratio, limit: Ratio | None = None) -> str:
    """Return a share in percent alone, never rounded over ``limit``; ``—`` where not known."""
    if ratio.numerator is None or not ratio.denominator:
        return UNKNOWN
    return percent(ratio.numerator, ratio.denominator, limit)


@register.filter
def target(ratio: Ratio) -> str:
    """Return a threshold: a share in percent, or a count."""
    if ratio.numerator is None or not ratio.denominator:
        return UNKNOWN
    if ratio.is_share:
        return percent(ratio.numerator, ratio.denominator)
    return _number(ratio.numerator)


@register.filter
def limit(finding: Finding) -> str:
    """Return the limit of a finding: a share in percent, or a count."""
    return target(finding.limit)


@register.filter
def signed(number: int | None) -> str:
    """Return a margin with its sign: ``+3``, ``−1``, ``0``, or ``—`` where not known."""
    if number is None:
        return UNKNOWN
    sign = {True: "+", False: "−"}[number > 0] if number else ""
    return f"{sign}{_number(abs(number))}"


@register.filter
def change(tally: Tally) -> int:
    """Return the state less the baseline: what a cut looks like from the other side."""
    return -tally.cut


@register.filter
def columns(cell: DivisionCell, map_of: str) -> int:
    """Return how many columns a count takes in the table of divisions."""
    if map_of != "baseline":
        return 3
    return 3 + (cell.counter.name == "platforms") + (cell.share is not None)


@register.simple_tag
def owner_label(owners: Mapping[int, Division], division_id: int) -> StrOrPromise:
    """Return the name of an owner; the city's own row stands for the municipal level."""
    owner = owners.get(division_id)
    return Scope(owner).label if owner is not None else UNKNOWN


@register.simple_tag(takes_context=True)
def record_link(context: Context, type_: str, pk: int, name: str) -> str:
    """Return the name of a record as a link to its page, for the types that have one."""
    code = context["programme"].code
    if type_ in {"platform", "body", "plate", "plan"}:
        return format_html('<a href="{}">{}</a>', reverse(type_, args=[code, pk]), name)
    return name


@register.simple_tag(takes_context=True)
def cause_link(context: Context, record: RecordRef, places: Mapping[str, int]) -> str:
    """Return a record that breaks a rule as a link to the row of the desk where it is decided."""
    place = places.get(f"{record.type}-{record.id}")
    if place is None:
        return format_html("<span>{}</span>", record.name)
    address = reverse("plan-edit", args=[context["programme"].code, context["plan"].pk])
    return format_html(
        '<a href="{}#row-{}" data-record="{}-{}">{}</a>',
        address,
        place,
        record.type,
        record.id,
        record.name,
    )

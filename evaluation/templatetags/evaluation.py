"""Tags for scores: values with their decimals, weights in percent, points with their arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from evaluation.models import Dimension

if TYPE_CHECKING:
    from decimal import Decimal

    from django.template.context import Context
    from django_stubs_ext import StrOrPromise

    from evaluation.scoring import Measure, Point, Row

register = template.Library()

UNKNOWN = "—"


def _number(value: Decimal, decimals: int) -> str:
    return number_format(value, decimal_pos=decimals, force_grouping=True)


@register.filter
def value(number: Decimal | None, measure: Measure) -> str:
    """Return a value with the indicator's decimals; ``—`` where it is not known."""
    return UNKNOWN if number is None or number == "" else _number(number, measure.decimals)


@register.filter
def percent(weight: int) -> str:
    """Return a weight of thousandths in percent, exactly."""
    return f"{weight // 10}.{weight % 10}%"


@register.filter
def dimension(measure: Measure) -> StrOrPromise:
    """Return the dimension that an indicator measures, in words."""
    return Dimension(measure.dimension).label


@register.filter
def arithmetic(point: Point) -> str:
    """Return how the points of a known value come about: ``12.00 × 30 ÷ 40 = 9.00``."""
    if point.figure is None or point.best is None:
        return UNKNOWN
    measure = point.measure
    own, best = value(point.figure.value, measure), value(point.best.value, measure)
    if not point.best.value:
        return _("the best value is zero: %(points)s") % {"points": point.points}
    over, under = (own, best) if measure.higher_is_better else (best, own)
    return f"{measure.full} × {over} ÷ {under} = {point.points}"


@register.simple_tag(takes_context=True)
def proof_url(context: Context, row: Row) -> str:
    """Return the address of the proof of a row, in the version that the page shows."""
    shown = context["shown"]
    address = reverse(
        "evaluation-proof", args=[context["programme"].code, shown.year, row.party.id]
    )
    if shown.is_superseded:
        return f"{address}?{urlencode({'version': shown.publication.version})}"
    return address

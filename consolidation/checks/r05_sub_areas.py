"""R05: at most so many sub-areas, and retained platforms in one piece where possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import (
    BREAKING_LIMIT,
    Finding,
    Ratio,
    RecordRef,
    Rule,
    Severity,
    Status,
    names_of,
    register,
    text,
)
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.selectors.counts import PLATFORMS
from consolidation.selectors.state import arranged, platform_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.facts import Facts


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the number of sub-areas, and the parcels as advice. Clause: 方案(三)."""
    line = facts.target("R05", "sub_areas_max")
    if line is not None and line.numerator is not None:
        yield _sub_areas(facts, line.numerator)
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


def _sub_areas(facts: Facts, limit: int) -> Finding:
    rows = platform_rows(facts.view).filter(sub_area=True).order_by("pk")
    found = {
        pk: RecordRef("platform", pk, listed or name, division_id, _("designated a sub-area"))
        for pk, listed, name, division_id in rows.values_list(
            "pk", "retention__listed_name", "name", "division_id"
        )[:BREAKING_LIMIT]
    }
    refs = tuple(found.values())
    number = rows.values("pk").distinct().count() if len(refs) >= BREAKING_LIMIT else len(refs)
    met = number <= limit
    sentence = (
        _("{number} of at most {limit} sub-areas are designated.")
        if met
        else _("{number} sub-areas are designated, {over} over the limit of {limit}: {names}.")
    )
    return facts.finding(
        "R05",
        aspect="sub_areas_max",
        status=Status.MET if met else Status.NOT_MET,
        actual=Ratio(number),
        limit=Ratio(limit),
        margin=limit - number,
        message=text(
            sentence, number=number, limit=limit, over=number - limit, names=names_of(refs, number)
        ),
        unit=PLATFORMS.unit,
        counts=PLATFORMS.name,
        counted=number,
        placeholders=False,
        formula=f"{number} {'≤' if met else '>'} {limit}",
        breaking=() if met else refs,
        breaking_total=0 if met else number,
    )


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of parcels, where the programme limits them. It is advice (原则上)."""
    line = facts.target("R05", "parcels_max")
    if line is None:
        return
    yield RowCheck(
        rule="R05",
        aspect="parcels_max",
        severity=Severity.ADVICE,
        rows=platform_rows(facts.view)
        .filter(is_retained=True)
        .annotate(parcels=arranged(facts.view, "parcels")),
        counted=Q(in_state=True),
        record="platform",
        counts="retained",
        unit=pgettext_lazy("unit", "retained platforms"),
        broken={
            "parcels": Sorting(
                Q(parcels__gt=line.numerator), _("lies in too many separate parcels")
            )
        },
        unknown={
            "not_given": Sorting(
                Q(parcels__isnull=True), _("the number of separate parcels is not given")
            )
        },
        met=_("All {counted} retained platforms lie in one piece as far as demanded."),
        not_met=_("{number} of {counted} retained platforms lie in too many parcels: {names}."),
        not_known=_("For {number} of {counted} retained platforms {why}."),
    )


RULE = register(
    Rule(
        "R05",
        _("Sub-areas and contiguity"),
        _(
            "Sub-areas count among the retained platforms but outside their owner's quota, so their"
            " number is limited. Retained space should be contiguous."
        ),
        answer,
        row_checks,
    )
)

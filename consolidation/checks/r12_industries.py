"""R12: at most three leading industries a retained platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.models import ArrangedIndustry, RetainedIndustry
from consolidation.selectors.state import State, platform_rows
from zones.models import LeadingIndustry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of the number of industries of each retained platform. Clause: 方案(五)."""
    line = facts.target("R12", "industries_max")
    if line is None:
        return
    if facts.view.state == State.BASELINE:
        key, chosen = "platform", LeadingIndustry.objects.filter(platform=OuterRef("pk"))
        number = chosen.values(key).annotate(n=Count("pk")).values("n")
    else:
        planned = RetainedIndustry.objects.filter(
            retained__platform=OuterRef("pk"), retained__programme=facts.programme
        )
        number = planned.values("retained").annotate(n=Count("pk")).values("n")
    numbers = [Subquery(number, output_field=IntegerField())]
    if facts.view.state == State.PLANNED:
        # What a plan arranges stands before what the list says.
        arranged = ArrangedIndustry.objects.filter(
            arrangement__platform=OuterRef("pk"), arrangement__plan_id__in=facts.view.plan_ids
        )
        in_plan = arranged.values("arrangement").annotate(n=Count("pk")).values("n")
        numbers.insert(0, Subquery(in_plan[:1], output_field=IntegerField()))
    rows = (
        platform_rows(facts.view)
        .filter(is_retained=True)
        .annotate(industries_now=Coalesce(*numbers, Value(0)))
    )
    yield RowCheck(
        rule="R12",
        aspect="industries_max",
        rows=rows,
        counted=Q(in_state=True),
        record="platform",
        counts="retained",
        unit=pgettext_lazy("unit", "retained platforms"),
        at_baseline=True,
        broken={
            "too_many": Sorting(
                Q(industries_now__gt=line.numerator), _("has too many leading industries")
            )
        },
        unknown={"not_given": Sorting(Q(industries_now=0), _("no leading industry is given"))},
        met=_("None of the {counted} retained platforms has too many leading industries."),
        not_met=_(
            "{number} of {counted} retained platforms have too many leading industries: {names}."
        ),
        not_known=_("For {number} of {counted} retained platforms {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R12",
        _("Leading industries"),
        _(
            "A retained platform leads with at most so many industries. As long as none is given, the"
            " answer is not known."
        ),
        answer,
        row_checks,
    )
)

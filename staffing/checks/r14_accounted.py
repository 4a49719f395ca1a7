"""R14: every person of the baseline is accounted for, per body and category."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Ratio, Rule, Status, register, text
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.selectors.state import State
from staffing.counts import PEOPLE
from staffing.selectors import balance_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of each body's balance. Clauses: 方案(二)(四)."""
    in_effect = Q(fate__isnull=False)
    if facts.view.state == State.PLANNED:
        in_effect |= Q(in_baseline=True)
    yield RowCheck(
        rule="R14",
        rows=balance_rows(facts.view),
        counted=in_effect,
        record="body",
        counts="bodies",
        unit=_("bodies"),
        broken={
            "off": Sorting(
                Q(unbalanced=True, decided_fate__isnull=False),
                _("staff before and arrivals do not equal staff after and departures"),
            )
        },
        unknown={
            "open": Sorting(
                Q(decided_fate__isnull=True), _("no plan says yet what becomes of them")
            ),
            "unclear": Sorting(Q(unclear=True), _("head counts or planned figures are missing")),
        },
        met=_("In each of the {counted} bodies every person is accounted for."),
        not_met=_("In {number} of {counted} bodies staff does not add up: {names}."),
        not_known=_("For {number} of {counted} bodies {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings, with the people who are not accounted for as their figure."""
    for check in row_checks(facts):
        findings = list(answer_rows(facts, check))
        people = _people(check) if any(f.status == Status.NOT_MET for f in findings) else {}
        for finding in findings:
            number = (
                sum(people.values())
                if finding.scope.is_city
                else people.get(finding.scope.division.pk, 0)
            )
            if finding.status != Status.NOT_MET:
                yield replace(finding, unit=PEOPLE.unit)
                continue
            yield replace(
                finding,
                actual=Ratio(number),
                margin=-number,
                unit=PEOPLE.unit,
                message=text(
                    _("{people} people are not accounted for. {sentence}"),
                    people=number,
                    sentence=finding.message,
                ),
            )


def _people(check: RowCheck) -> dict[int, int]:
    off = check.sorted_rows().filter(verdict="off").order_by().values("division_id")
    return {row["division_id"]: row["n"] for row in off.annotate(n=Sum("off"))}


RULE = register(
    Rule(
        "R14",
        _("Every person accounted for"),
        _(
            "For each body and category: staff before and arrivals equal staff after, people redeployed"
            " and people who left. The figure is the number of people for whom this does not hold."
        ),
        answer,
        row_checks,
    )
)

"""R14: every person of the baseline is accounted for, per body and category."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import Ratio, Rule, Status, register, text
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.selectors.state import State
from staffing.counts import PEOPLE
from staffing.selectors import balance_rows, people_off

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
        unit=pgettext_lazy("unit", "bodies"),
        broken={
            "off": Sorting(
                Q(unbalanced=True, unclear=False, decided_fate__isnull=False),
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
        failing = any(finding.status == Status.NOT_MET for finding in findings)
        people = _people_by_owner(facts, check) if failing else {}
        for finding in findings:
            key = None if finding.scope.is_city else finding.scope.division.pk
            yield _with_people(finding, people.get(key, 0))


def _people_by_owner(facts: Facts, check: RowCheck) -> dict[int | None, int]:
    """Return the people not accounted for, by owner, and for the city under ``None``."""
    off = people_off(facts.view)
    people: dict[int | None, int] = {None: 0}
    broken = check.sorted_rows().filter(verdict="off").order_by()
    for body_id, division_id in broken.values_list("pk", "division_id").distinct():
        people[division_id] = people.get(division_id, 0) + off[body_id]
        people[None] += off[body_id]
    return people


def _with_people(finding: Finding, number: int) -> Finding:
    """Return the finding with its figure in people instead of bodies."""
    if finding.status != Status.NOT_MET:
        return replace(finding, unit=PEOPLE.unit)
    return replace(
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

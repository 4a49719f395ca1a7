"""R01: no more platforms than the programme's target, and never more than its ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Finding, Ratio, Rule, Status, register, text
from consolidation.selectors.counts import PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.facts import Facts


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield a finding for the target and one for the ceiling. Clauses: 方案(二)(三)."""
    tally = facts.city_tally(PLATFORMS.name)
    for aspect in ("retained_max", "ceiling"):
        line = facts.target("R01", aspect)
        if line is None or line.numerator is None:
            continue
        limit = line.numerator
        margin = limit - tally.in_state
        if margin < 0:
            status, sentence = (
                Status.NOT_MET,
                _("{number} platforms, {over} over the limit of {limit}."),
            )
        elif margin < tally.undecided:
            status = Status.UNKNOWN
            sentence = _("{number} platforms of at most {limit}; {undecided} more are not decided.")
        else:
            status, sentence = Status.MET, _("{number} platforms of at most {limit}.")
        yield facts.finding(
            "R01",
            aspect=aspect,
            clause=line.clause,
            status=status,
            actual=Ratio(tally.in_state),
            limit=Ratio(limit),
            margin=margin,
            message=text(
                sentence,
                number=tally.in_state,
                limit=limit,
                over=-margin,
                undecided=tally.undecided,
            ),
            unit=PLATFORMS.unit,
            counts=PLATFORMS.name,
            counted=tally.in_state,
            placeholders=tally.placeholders > 0,
            formula=f"{tally.in_state} {'≤' if margin >= 0 else '>'} {limit}",
        )


RULE = register(
    Rule(
        "R01",
        _("Number of retained platforms"),
        _(
            "Counts the platforms in the state: all of the ledger at the baseline, the retained ones as"
            " planned, and those not yet confirmed gone in fact. Owners without a plan stay at their"
            " baseline."
        ),
        answer,
    )
)

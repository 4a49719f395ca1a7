"""Whether a plan can be submitted: one answer for the page that shows it and the act that asks.

What blocks is a breach of a rule that the division's own plan causes. It is mended, or it carries
a reason, which asks the commission for an exception. That every platform has exactly one
disposition (R06) admits none: an incomplete plan is no plan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from consolidation.checks.base import Severity, Status
from consolidation.checks.run import findings_of
from consolidation.models import BreachReason, MergePlan
from consolidation.selectors.findings import judged
from consolidation.selectors.plans import effective_plans
from consolidation.selectors.state import State, state_view

if TYPE_CHECKING:
    import datetime

    from consolidation.checks.base import Finding
    from consolidation.checks.keeping import Judged
    from consolidation.selectors.state import StateView

WITHOUT_EXCEPTION = frozenset({"R06"})
"""Rules that no reason excuses."""

NOT_OF_THE_PLAN = frozenset({"R17"})
"""Rules that a plan cannot mend: a date that has passed does not come back."""


def view_with(plan: MergePlan, as_of: datetime.date | None = None) -> StateView:
    """Return the planned state with ``plan`` in the place of whichever version counts."""
    programme = plan.programme
    day = as_of or programme.opens_as_of
    plans = effective_plans(programme, day)
    plans[plan.division_id] = plan
    return replace(
        state_view(programme, State.PLANNED, day),
        plan_ids=tuple(sorted(found.pk for found in plans.values())),
        planned_owner_ids=tuple(sorted(plans)),
        is_tried=plan.state in MergePlan.INTERNAL_STATES,
    )


@dataclass(frozen=True)
class Blocking:
    """A breach that stands in the way, and the reason given for it, if any."""

    finding: Finding
    may_be_excused: bool
    reason: str

    @property
    def key(self) -> str:
        """The name of the breach in forms: rule and threshold."""
        return f"{self.finding.rule}-{self.finding.aspect}".rstrip("-")

    @property
    def is_settled(self) -> bool:
        """Whether it no longer stands in the way."""
        return self.may_be_excused and bool(self.reason)


class Readiness:
    """What the rules say of one plan, and what keeps it from being submitted."""

    def __init__(self, plan: MergePlan, as_of: datetime.date | None = None) -> None:
        """Take the plan; everything is read at first use."""
        self.plan = plan
        self.view = view_with(plan, as_of)

    @cached_property
    def judged(self) -> Judged:
        """What the rules say with this plan in place, and the tallies that they counted."""
        return judged(self.view)

    @property
    def all_findings(self) -> list[Finding]:
        """Every finding with this plan in place, of the city and of every owner."""
        return self.judged.findings

    @cached_property
    def findings(self) -> list[Finding]:
        """The findings on the plan's own division."""
        own = findings_of(self.all_findings, division_id=self.plan.division_id, city_id=None)
        return [finding for finding in own if not finding.scope.is_city]

    @cached_property
    def blocking(self) -> list[Blocking]:
        """The breaches of the division, each with the reason given for it."""
        reasons = {
            (row.rule, row.aspect): row.reason
            for row in BreachReason.objects.filter(plan=self.plan)
        }
        return [
            Blocking(
                finding,
                finding.rule not in WITHOUT_EXCEPTION,
                reasons.get((finding.rule, finding.aspect), ""),
            )
            for finding in self.findings
            if finding.severity == Severity.BREACH
            and finding.rule not in NOT_OF_THE_PLAN
            and (
                finding.status == Status.NOT_MET
                or (finding.status == Status.UNKNOWN and finding.rule in WITHOUT_EXCEPTION)
            )
        ]

    @property
    def open(self) -> list[Blocking]:
        """The breaches that still stand in the way."""
        return [found for found in self.blocking if not found.is_settled]

    @property
    def is_ready(self) -> bool:
        """Whether the plan can be submitted as it is."""
        return not self.open

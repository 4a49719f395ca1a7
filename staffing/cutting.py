"""What a draft makes of its division's people as a whole, as R03 counts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.checks.base import RULES, Finding
from consolidation.checks.facts import Facts
from consolidation.checks.run import findings_of
from consolidation.selectors.counts import Tally
from consolidation.selectors.readiness import view_with
from staffing.counts import PEOPLE

if TYPE_CHECKING:
    from consolidation.models import MergePlan


@dataclass(frozen=True)
class Cut:
    """The people of the division before and after, and what R03 says of the cut.

    ``finding`` is ``None`` where the programme sets no target.
    """

    tally: Tally
    finding: Finding | None


def cut_of(plan: MergePlan) -> Cut:
    """Return the division's cut of staff with ``plan`` in place, as R03 counts it. 方案(二)."""
    facts = Facts(view_with(plan))
    found = findings_of(RULES["R03"].answer(facts), division_id=plan.division_id)
    own = [finding for finding in found if not finding.scope.is_city]
    tally = facts.tally(PEOPLE.name).get(plan.division_id, Tally())
    return Cut(tally, own[0] if own else None)

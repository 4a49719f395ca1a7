"""The page before a plan is submitted: what stands in the way and where to mend it, the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.checks.base import Severity, Status
from consolidation.sections import baseline_platforms
from consolidation.selectors.counts import COUNTERS, Tally, by_owner, tallies
from consolidation.selectors.opinions import seen_of
from consolidation.selectors.visible import right_for
from zones.models import BodyPlatform, Plate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from consolidation.checks.base import Finding, RecordRef
    from consolidation.models import MergePlan
    from consolidation.selectors.counts import Counter
    from consolidation.selectors.readiness import Blocking, Readiness
    from platforms_portal.access import Right

CAUSES_SHOWN = 20
"""How many rows a breach names on the page; the rule's own page lists them all."""


@dataclass(frozen=True)
class Cause:
    """A record that causes a breach, and the row of the decide page on which it is mended."""

    name: str
    why: str
    row: int | None


@dataclass(frozen=True)
class Obstacle:
    """A breach as the page shows it: its causes, and the digest of the reason that is stored."""

    blocking: Blocking
    causes: list[Cause]
    more: int

    @property
    def seen(self) -> str:
        """The digest of the reason shown."""
        return seen_of(self.blocking.reason)

    @property
    def is_of_people(self) -> bool:
        """Whether it is mended where the staff is planned."""
        return "people" in COUNTERS and self.blocking.finding.unit == COUNTERS["people"].unit


@dataclass(frozen=True)
class FigureRow:
    """One count of the plan's division, before and after."""

    counter: Counter
    tally: Tally

    @property
    def is_known(self) -> bool:
        """Whether no figure that the count needs is lacking."""
        return not (self.tally.missing_baseline or self.tally.missing_in_state)


def obstacles_of(readiness: Readiness) -> list[Obstacle]:
    """Return what keeps the plan from being submitted, the open ones first, in two queries."""
    blocking = sorted(readiness.blocking, key=lambda found: found.is_settled)
    own = readiness.plan.division_id
    named = {
        found.key: [ref for ref in found.finding.breaking if ref.division_id == own]
        for found in blocking
    }
    rows = rows_of(readiness.plan, [ref for refs in named.values() for ref in refs])
    return [
        Obstacle(
            found,
            [
                Cause(ref.name, str(ref.why), rows.get((ref.type, ref.id)))
                for ref in named[found.key][:CAUSES_SHOWN]
            ],
            max(0, found.finding.breaking_total - min(len(named[found.key]), CAUSES_SHOWN)),
        )
        for found in blocking
    ]


def rows_of(plan: MergePlan, refs: Iterable[RecordRef]) -> dict[tuple[str, int], int]:
    """Return, by type and key of a record, the platform at whose row of the plan it is decided.

    A body stands at the first platform that it manages; one that manages none has no row.
    """
    wanted: dict[str, set[int]] = {"platform": set(), "body": set(), "plate": set()}
    for ref in refs:
        wanted.get(ref.type, set()).add(ref.id)
    own = baseline_platforms(plan)
    found = {("platform", pk): pk for pk in wanted["platform"]}
    remits = BodyPlatform.objects.filter(body__in=wanted["body"], platform__in=own)
    for body_id, platform_id in remits.order_by("platform__code").values_list("body", "platform"):
        found.setdefault(("body", body_id), platform_id)
    plates = Plate.objects.filter(pk__in=wanted["plate"], platform__in=own)
    found |= {("plate", pk): platform for pk, platform in plates.values_list("pk", "platform")}
    return found


def remarks_of(readiness: Readiness) -> list[Finding]:
    """Return advice that is not followed and what cannot be judged: neither blocks a submission."""
    blocking = {(found.finding.rule, found.finding.aspect) for found in readiness.blocking}
    return [
        finding
        for finding in readiness.findings
        if (finding.rule, finding.aspect) not in blocking
        and (
            finding.status == Status.UNKNOWN
            or (finding.severity == Severity.ADVICE and finding.status == Status.NOT_MET)
        )
    ]


def figures_of(readiness: Readiness, rights: Collection[Right]) -> list[FigureRow]:
    """Return the counts of the plan's division, baseline and as the plan says."""
    owner = readiness.plan.division_id
    return [
        FigureRow(counter, by_owner(tallies(readiness.view, name)).get(owner, Tally()))
        for name, counter in COUNTERS.items()
        if right_for(name) in rights
    ]

"""The page before a plan is submitted: what stands in the way and where to mend it, the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.checks.base import Severity, Status
from consolidation.selectors.counts import COUNTERS, Tally, by_owner, tallies
from consolidation.selectors.desk import desk_rows, places_of_records
from consolidation.selectors.opinions import seen_of
from consolidation.selectors.visible import right_for

if TYPE_CHECKING:
    from collections.abc import Collection

    from consolidation.checks.base import Finding
    from consolidation.selectors.counts import Counter
    from consolidation.selectors.readiness import Blocking, Readiness
    from platforms_portal.access import Right

CAUSES_SHOWN = 20
"""How many rows a breach names on the page; the rule's own page lists them all."""


@dataclass(frozen=True)
class Cause:
    """A record that causes a breach, and the row of the decide page on which it is mended.

    ``row`` is the row's platform, ``None`` where no row decides it; ``page`` is where it stands.
    """

    name: str
    why: str
    row: int | None
    page: int


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


def obstacles_of(readiness: Readiness, *, rows_on_a_page: int) -> list[Obstacle]:
    """Return what keeps the plan from being submitted, the open ones first.

    ``rows_on_a_page`` is that of the decide page, to which the causes are linked.
    """
    blocking = sorted(readiness.blocking, key=lambda found: found.is_settled)
    rows = desk_rows(readiness.plan) if blocking else []
    places = places_of_records(rows)
    pages = {row.platform.pk: at // rows_on_a_page + 1 for at, row in enumerate(rows)}
    own = readiness.plan.division_id
    obstacles = []
    for found in blocking:
        causes: list[Cause] = []
        for ref in found.finding.breaking:
            if ref.division_id == own and len(causes) < CAUSES_SHOWN:
                row = places.get(f"{ref.type}-{ref.id}")
                causes.append(Cause(ref.name, str(ref.why), row, pages.get(row or 0, 1)))
        obstacles.append(Obstacle(found, causes, found.finding.breaking_total - len(causes)))
    return obstacles


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

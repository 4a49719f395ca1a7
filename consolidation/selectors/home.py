"""What the overview of a programme shows: its counts, its rules, its divisions.

Everything comes from what was ``judged``; nothing is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from consolidation.checks.base import Finding, Severity, Status
from consolidation.models import Deadline
from consolidation.models.programmes import Basis
from consolidation.selectors.aspects import aspect_label
from consolidation.selectors.counts import (
    COUNTERS,
    Counter,
    Place,
    Tally,
    total,
)
from consolidation.selectors.findings import judged_in
from consolidation.selectors.plans import effective_of, owners_of, plans_handed_in
from consolidation.selectors.state import State, state_views
from consolidation.selectors.visible import findings_visible_to, right_for

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Ratio
    from consolidation.checks.keeping import Judged
    from consolidation.models import MergePlan, Programme
    from platforms_portal.access import Right
    from platforms_portal.access import Scope as AccessScope
    from zones.models import Division

TARGETS = {
    "platforms": ("R01", "retained_max"),
    "bodies": ("R02", "bodies_cut_min"),
    "people": ("R03", "staff_cut_min"),
}
"""The rule that sets the target of each count. Plates have none: R08 asks where each one stays."""


@dataclass(frozen=True)
class Figures:
    """One count at one place: at the baseline, as planned, and in fact."""

    planned: Tally = field(default_factory=Tally)
    actual: Tally = field(default_factory=Tally)

    @property
    def baseline(self) -> int:
        """What there was at the baseline; the same in every state."""
        return self.planned.baseline


@dataclass(frozen=True)
class Card:
    """One of the four counts of the city against its target."""

    counter: Counter
    figures: Figures
    declared: int | None
    judged_on_declared: bool
    findings: dict[State, Finding]
    may_open: bool

    @property
    def target(self) -> Ratio | None:
        """The target, where the programme sets one."""
        return next((finding.limit for finding in self.findings.values()), None)

    @property
    def planned(self) -> Finding | None:
        """The answer of the target's rule as planned."""
        return self.findings.get(State.PLANNED)

    @property
    def actual(self) -> Finding | None:
        """The answer of the target's rule in fact."""
        return self.findings.get(State.ACTUAL)

    @property
    def rule(self) -> str:
        """The code of the rule that judges this count; empty where there is none."""
        return next((finding.rule for finding in self.findings.values()), "")

    @property
    def declared_difference(self) -> int:
        """What the ledger counts more than the programme declares; negative where it is less."""
        return self.figures.baseline - (self.declared or 0)


class BoardCell(NamedTuple):
    """One state of one line of the board of rules."""

    state: State
    finding: Finding | None


@dataclass(frozen=True)
class BoardRow:
    """One rule, or one aspect of it: its answer for the city in the three states."""

    rule: str
    aspect: str
    label: StrOrPromise
    cells: list[BoardCell]
    owners: list[Finding]
    fails: bool

    @property
    def finding(self) -> Finding:
        """Any of the findings, for what they have in common: title and clause."""
        return next(cell.finding for cell in self.cells if cell.finding is not None)


class Overview:
    """A programme on one day as one reader sees it; each part is read once, at first use."""

    def __init__(
        self,
        programme: Programme,
        state: State,
        as_of: datetime.date,
        scope: AccessScope,
        rights: Collection[Right],
    ) -> None:
        """Take the programme, the state and the day that the reader chose, and what they may see."""
        self.programme = programme
        self.state = state
        self.as_of = as_of
        self.scope = scope
        self.rights = rights

    @cached_property
    def judged(self) -> dict[State, Judged]:
        """What was counted and what the rules say on the day, by state."""
        views = state_views(self.programme, self.as_of, handed_in=self.handed_in)
        found = judged_in(list(views.values()), owners=self.owners)
        return dict(zip(views, found, strict=True))

    # --- Counts ------------------------------------------------------------------------------------

    @cached_property
    def counted(self) -> dict[str, tuple[dict[Place, Tally], dict[Place, Tally]]]:
        """The tallies by place, as planned and in fact, by name of count."""
        planned, actual = self.judged[State.PLANNED], self.judged[State.ACTUAL]
        return {name: (planned.counted[name], actual.counted[name]) for name in COUNTERS}

    @property
    def counters(self) -> list[Counter]:
        """The counts that the reader may see by division."""
        return [counter for counter in COUNTERS.values() if right_for(counter.name) in self.rights]

    @cached_property
    def city(self) -> dict[str, Figures]:
        """The figures of the city by name of count."""
        return {
            name: Figures(total(planned), total(actual))
            for name, (planned, actual) in self.counted.items()
        }

    @cached_property
    def cards(self) -> list[Card]:
        """The four counts of the city against their targets."""
        programme = self.programme
        declared = {
            "platforms": (programme.declared_platforms, None),
            "bodies": (programme.declared_bodies, programme.bodies_basis),
            "people": (programme.declared_staff, programme.staff_basis),
        }
        cards: list[Card] = []
        for name, counter in COUNTERS.items():
            number, basis = declared.get(name, (None, None))
            findings = {
                state: finding
                for state in State
                if (finding := self.finding_of(state, *TARGETS.get(name, ("", ""))))
            }
            cards.append(
                Card(
                    counter=counter,
                    figures=self.city[name],
                    declared=number,
                    judged_on_declared=basis == Basis.DECLARED,
                    findings=findings,
                    may_open=self.scope.is_city and right_for(name) in self.rights,
                )
            )
        return cards

    # --- Rules -------------------------------------------------------------------------------------

    @cached_property
    def findings(self) -> dict[State, list[Finding]]:
        """The findings that the reader may see, by state."""
        return {
            state: findings_visible_to(self.scope, self.rights, judged.findings)
            for state, judged in self.judged.items()
        }

    @cached_property
    def _index(self) -> dict[tuple[State, str, str, int | None], Finding]:
        return {
            (state, finding.rule, finding.aspect, _place_of(finding)): finding
            for state, findings in self.findings.items()
            for finding in findings
        }

    def finding_of(
        self, state: State, rule: str, aspect: str, owner_id: int | None = None
    ) -> Finding | None:
        """Return the finding of a rule's aspect for one owner, or for the city without one."""
        return self._index.get((state, rule, aspect, owner_id))

    @cached_property
    def board(self) -> list[BoardRow]:
        """A line for each rule, or aspect of one, that the programme sets."""
        found: dict[tuple[str, str], dict[State, Finding]] = {}
        owners: dict[tuple[str, str], list[Finding]] = {}
        for state, findings in self.findings.items():
            for finding in findings:
                key = (finding.rule, finding.aspect)
                if finding.scope.is_city:
                    found.setdefault(key, {})[state] = finding
                elif state == self.state:
                    owners.setdefault(key, []).append(finding)
        # A stable sort: the aspects of a rule stay in the order in which it answers them.
        return [
            self._board_row(key, found[key], owners.get(key, []))
            for key in sorted(found, key=lambda key: key[0])
        ]

    def _board_row(
        self, key: tuple[str, str], cells: dict[State, Finding], owners: list[Finding]
    ) -> BoardRow:
        rule, aspect = key
        judged = [finding for finding in [cells.get(self.state), *owners] if finding]
        return BoardRow(
            rule=rule,
            aspect=aspect,
            label=aspect_label(aspect),
            cells=[BoardCell(state, cells.get(state)) for state in State],
            owners=[finding for finding in owners if is_breach(finding)],
            fails=any(finding.fails for finding in judged),
        )

    @property
    def breaches(self) -> list[tuple[BoardRow, Finding | None]]:
        """The rules that are broken in the chosen state, with the city's finding where it is one."""
        broken: list[tuple[BoardRow, Finding | None]] = []
        for row in self.board:
            city = next(cell.finding for cell in row.cells if cell.state == self.state)
            if city is not None and not is_breach(city):
                city = None
            if city is not None or row.owners:
                broken.append((row, city))
        return broken

    @property
    def rests_on_placeholders(self) -> bool:
        """Whether any figure of the page rests on a placeholder record."""
        counted = any(
            tally.placeholders for figures in self.city.values() for tally in _tallies_of(figures)
        )
        return counted or any(
            finding.placeholders for findings in self.findings.values() for finding in findings
        )

    # --- Plans and dates -------------------------------------------------------------------------

    @cached_property
    def owners(self) -> list[Division]:
        """The owners of the programme, the municipal level first."""
        return owners_of(self.programme)

    @cached_property
    def handed_in(self) -> list[MergePlan]:
        """Every plan that left its division, by owner and version."""
        return plans_handed_in(self.programme)

    @cached_property
    def plans(self) -> dict[int, MergePlan]:
        """The plan that counts on the day, by owner."""
        return effective_of(self.handed_in, self.as_of)

    @property
    def plans_due(self) -> int:
        """How many owners owe a plan."""
        return len(self.owing)

    @cached_property
    def owing(self) -> frozenset[int]:
        """The owners that have platforms to decide on, or have a plan in all the same."""
        owning = {place.division_id for place in self.counted["platforms"][0]}
        return frozenset(owning | set(self.plans))

    @cached_property
    def _deadlines(self) -> dict[str, Deadline]:
        rows = Deadline.objects.filter(programme=self.programme).exclude(
            kind=Deadline.Kind.CHECKPOINT
        )
        return {row.kind: row for row in rows}

    @property
    def deadline(self) -> Deadline | None:
        """The day by which all is to be carried out."""
        return self._deadlines.get(Deadline.Kind.COMPLETION)

    def deadline_of_plan(self, division: Division) -> Deadline | None:
        """Return the day by which the plan of ``division`` is due, 方案(十三)."""
        kinds = Deadline.Kind
        own = kinds.MUNICIPAL_PLAN if division.is_municipal else kinds.DIVISION_PLAN
        return self._deadlines.get(own)


def days_left(deadline: Deadline, day: datetime.date) -> int:
    """Return the days from ``day`` to the deadline; negative when it has passed."""
    return (deadline.due_on - day).days


def is_breach(finding: Finding) -> bool:
    """Whether the finding says that a binding rule is broken."""
    return finding.severity == Severity.BREACH and finding.status == Status.NOT_MET


def _place_of(finding: Finding) -> int | None:
    return None if finding.scope.is_city else finding.scope.division.pk


def _tallies_of(figures: Figures) -> tuple[Tally, Tally]:
    return figures.planned, figures.actual

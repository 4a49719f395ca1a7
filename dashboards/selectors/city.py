"""What the city page adds to the overview: the rules as a strip, and the divisions ranked.

Everything comes from what the overview has judged; nothing is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from consolidation.checks.base import RULES, Ratio, Scope, Severity, Status
from consolidation.selectors.counts import DayMap, Tally, by_owner, by_today
from consolidation.selectors.home import TARGETS, Figures, is_breach
from consolidation.selectors.state import State
from zones.models import Division

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Finding
    from consolidation.selectors.counts import Counter
    from consolidation.selectors.home import Overview

STATUS_OF_OWNERS = {
    "platforms": ("R04", ""),
    "bodies": TARGETS["bodies"],
    "people": TARGETS["people"],
}
"""The rule that judges each owner by a count: its quota, or its share of the cut."""

_WORST = ((Status.NOT_MET, Severity.BREACH), (Status.UNKNOWN, Severity.BREACH))


@dataclass(frozen=True)
class RuleCell:
    """One rule of the strip: the city's worst answer in the state, and how many owners break it.

    ``status`` is ``None`` where the programme sets no such rule.
    """

    rule: str
    title: StrOrPromise
    status: Status | None = None
    severity: Severity = Severity.BREACH
    breaching: int = 0


def rule_strip(overview: Overview) -> list[RuleCell]:
    """Return a cell for every rule that there is, in order."""
    cells: dict[str, RuleCell] = {
        code: RuleCell(code, rule.title) for code, rule in sorted(RULES.items())
    }
    answers: dict[str, list[Finding]] = {}
    owners: dict[str, set[int]] = {}
    for finding in overview.findings[overview.state]:
        if finding.scope.is_city:
            answers.setdefault(finding.rule, []).append(finding)
        elif is_breach(finding):
            owners.setdefault(finding.rule, set()).add(finding.scope.division.pk)
    for code, findings in answers.items():
        worst = min(findings, key=_weight)
        breaching = len(owners.get(code, ()))
        cells[code] = RuleCell(code, worst.title, worst.status, worst.severity, breaching)
    return list(cells.values())


def _weight(finding: Finding) -> int:
    if finding.status == Status.MET:
        return 3
    binding = (finding.status, finding.severity)
    return _WORST.index(binding) if binding in _WORST else 2


class Ranked(NamedTuple):
    """One division: what there was, what is left in the state, and how it is judged by that."""

    scope: Scope
    figures: Figures
    tally: Tally
    finding: Finding | None

    @property
    def code(self) -> str:
        """The GB/T 2260 code."""
        return self.scope.code

    @property
    def is_known(self) -> bool:
        """Whether no figure is lacking."""
        return not (self.tally.missing_baseline or self.tally.missing_in_state)

    @property
    def baseline(self) -> int:
        """What there was."""
        return self.tally.baseline

    @property
    def in_state(self) -> int:
        """What is left."""
        return self.tally.in_state

    @property
    def cut(self) -> int:
        """What is gone, net of what came."""
        return self.tally.cut

    @property
    def is_followed(self) -> bool:
        """Whether the cut is just the records that went: none came, and they are followed."""
        return self.cut == self.tally.went and not self.tally.came

    @property
    def share(self) -> Ratio:
        """The cut over the baseline."""
        return Ratio(self.cut, self.baseline) if self.baseline else Ratio(None, None)

    @property
    def limit(self) -> Ratio | None:
        """The share over which ``share`` must not be rounded, where a rule sets one."""
        return self.finding.limit if self.finding and self.finding.limit.is_share else None

    def parts_of(self, whole: int, number: int) -> int:
        """Return ``number`` of ``whole`` in parts of a thousand, for the length of a bar."""
        return min(1000, number * 1000 // whole) if whole else 0


SORTS = ("share", "cut", "state", "baseline", "name")


def ranked(overview: Overview, counter: Counter, *, today: bool, sort: str) -> list[Ranked]:
    """Return the divisions in scope by one count, in the order asked for (``-`` turns it round).

    ``today`` sums by the divisions of the day instead of the owners; no total changes. What is
    not known comes last either way.
    """
    rows = _today(overview, counter) if today else _owners(overview, counter)
    name, backwards = sort.removeprefix("-"), sort.startswith("-")
    if name == "name":
        return rows[::-1] if backwards else rows
    known = [row for row in rows if row.is_known and (name != "share" or row.baseline)]
    rest = [row for row in rows if row not in known]
    return sorted(known, key=lambda row: _sorted_by(row, name), reverse=backwards) + rest


def _sorted_by(row: Ranked, name: str) -> tuple[int | Fraction, int]:
    if name == "share":
        return Fraction(row.cut, row.baseline), row.cut
    return {"cut": row.cut, "state": row.in_state, "baseline": row.baseline}[name], row.cut


def _owners(overview: Overview, counter: Counter) -> list[Ranked]:
    planned, actual = (by_owner(counted) for counted in overview.counted[counter.name])
    rule, aspect = STATUS_OF_OWNERS.get(counter.name, ("", ""))
    return [
        _row(
            overview,
            Scope(owner),
            Figures(planned.get(owner.pk, Tally()), actual.get(owner.pk, Tally())),
            overview.finding_of(overview.state, rule, aspect, owner.pk),
        )
        for owner in overview.owners
        if overview.scope.covers(owner.pk)
    ]


def _today(overview: Overview, counter: Counter) -> list[Ranked]:
    day_map = DayMap.on(overview.as_of)
    planned, actual = (
        by_today(
            {at: tally for at, tally in counted.items() if overview.scope.covers(at.division_id)},
            day_map,
        )
        for counted in overview.counted[counter.name]
    )
    divisions = sorted(
        Division.objects.filter(pk__in=planned.keys() | actual.keys()),
        key=lambda division: (division.pk != overview.programme.division_id, division.code),
    )
    return [
        _row(
            overview,
            Scope(division),
            Figures(planned.get(division.pk, Tally()), actual.get(division.pk, Tally())),
            None,
        )
        for division in divisions
    ]


def _row(overview: Overview, scope: Scope, figures: Figures, finding: Finding | None) -> Ranked:
    tally = figures.planned if overview.state == State.PLANNED else figures.actual
    return Ranked(scope, figures, tally, finding)

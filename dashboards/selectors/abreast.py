"""Two divisions' plans abreast: the same questions asked of both, at their own baselines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from consolidation.models import Disposition
from consolidation.selectors.aspects import aspect_label
from consolidation.selectors.counts import COUNTERS, Tally, by_owner
from consolidation.selectors.visible import right_for, rights_for

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Finding
    from consolidation.checks.keeping import Judged
    from consolidation.models import MergePlan
    from consolidation.selectors.counts import Counter
    from platforms_portal.access import Right
    from zones.models import Division


@dataclass(frozen=True)
class CountLine:
    """One of the four counts, for each of the divisions in their order."""

    counter: Counter
    tallies: list[Tally]


@dataclass(frozen=True)
class KindLine:
    """How many platforms each plan disposes of in one way."""

    kind: Disposition.Kind
    numbers: list[int]


@dataclass(frozen=True)
class RuleLine:
    """One rule's answers, ``None`` where it does not judge a division."""

    rule: str
    title: StrOrPromise
    aspect: StrOrPromise
    answers: list[Finding | None]

    @property
    def differs(self) -> bool:
        """Whether the divisions are answered differently."""
        return len({answer.status if answer else None for answer in self.answers}) > 1


def count_lines(
    judged: Judged, owners: Sequence[Division], rights: Collection[Right]
) -> list[CountLine]:
    """Return the four counts of ``owners`` that ``rights`` show."""
    lines = []
    for name, counter in COUNTERS.items():
        if right_for(name) in rights:
            sums = by_owner(judged.counted[name])
            lines.append(CountLine(counter, [sums.get(owner.pk, Tally()) for owner in owners]))
    return lines


def kind_lines(plans: Sequence[MergePlan | None]) -> list[KindLine]:
    """Return for each disposition how many platforms each plan gives it, in one query."""
    keys = [plan.pk for plan in plans if plan is not None]
    rows = (
        Disposition.objects.filter(Q(plan__in=keys))
        .values("plan", "kind")
        .order_by()
        .annotate(n=Count("pk"))
    )
    numbers = {(row["plan"], row["kind"]): row["n"] for row in rows}
    return [
        KindLine(kind, [numbers.get((plan.pk, kind), 0) if plan else 0 for plan in plans])
        for kind in Disposition.Kind
    ]


def rule_lines(
    judged: Judged, owners: Sequence[Division], rights: Collection[Right]
) -> list[RuleLine]:
    """Return every rule that judges one of ``owners``, what differs first."""
    answers: dict[tuple[str, str], dict[int, Finding]] = {}
    for finding in judged.findings:
        if not finding.scope.is_city and rights_for(finding) <= set(rights):
            key = (finding.rule, finding.aspect)
            answers.setdefault(key, {})[finding.scope.division.pk] = finding
    lines = []
    for (rule, aspect), found in answers.items():
        abreast = [found.get(owner.pk) for owner in owners]
        first = next((answer for answer in abreast if answer is not None), None)
        if first is not None:
            lines.append(RuleLine(rule, first.title, aspect_label(aspect), abreast))
    return sorted(lines, key=lambda line: not line.differs)

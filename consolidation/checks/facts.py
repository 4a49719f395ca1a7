"""What the rules look at: one view, its targets and its counts, each read once per run."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from consolidation.checks.base import RULES, Finding, Ratio, RecordRef, Scope, Severity, Status
from consolidation.models import BodyDisposition, Disposition, Target
from consolidation.selectors.counts import Place, Tally, by_owner, tallies
from consolidation.selectors.plans import owners_of
from consolidation.selectors.state import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from consolidation.selectors.state import StateView


class Facts:
    """A view with what several rules need of it, read at first use and kept for the run."""

    def __init__(self, view: StateView) -> None:
        """Take the view to be judged."""
        self.view = view
        self.programme = view.programme
        self._counted: dict[str, dict[Place, Tally]] = {}
        self._tallies: dict[str, dict[int, Tally]] = {}

    @cached_property
    def owners(self) -> list[Scope]:
        """The scopes of the municipal level and of each division of the programme."""
        return [Scope(division) for division in owners_of(self.programme)]

    @property
    def city(self) -> Scope:
        """The scope of the whole city."""
        return Scope(self.programme.division, is_city=True)

    @cached_property
    def targets(self) -> dict[str, dict[str, Target]]:
        """The programme's target lines by rule and name of threshold."""
        by_rule: dict[str, dict[str, Target]] = {}
        for target in Target.objects.filter(programme=self.programme):
            by_rule.setdefault(target.rule, {})[target.name] = target
        return by_rule

    def target(self, rule: str, name: str) -> Target | None:
        """Return the line of one threshold, or ``None`` where the programme sets none."""
        found = self.targets.get(rule, {}).get(name)
        return found if found is not None and found.numerator is not None else None

    def clause(self, rule: str) -> str:
        """Return the clause that the programme's document gives for ``rule``."""
        return next(
            (line.clause for line in self.targets.get(rule, {}).values() if line.clause), ""
        )

    def counted(self, count: str) -> dict[Place, Tally]:
        """Return the tallies of one of the four counts, by place."""
        if count not in self._counted:
            self._counted[count] = tallies(self.view, count)
        return self._counted[count]

    def tally(self, count: str) -> dict[int, Tally]:
        """Return the tallies of one of the four counts, by owner."""
        if count not in self._tallies:
            self._tallies[count] = by_owner(self.counted(count))
        return self._tallies[count]

    def city_tally(self, count: str) -> Tally:
        """Return the city's tally: the exact sum of its owners."""
        return sum(self.tally(count).values(), Tally())

    @cached_property
    def anything_in_effect(self) -> bool:
        """Whether any decision has effect in this state: in a plan, or in fact once confirmed."""
        plans = self.view.plan_ids
        if self.view.state != State.ACTUAL or not plans:
            return bool(plans)
        confirmed = {"plan_id__in": plans, "confirmed_on__lte": self.view.as_of}
        return any(
            decisions.filter(**confirmed).exists()
            for decisions in (Disposition.objects, BodyDisposition.objects)
        )

    def finding(  # noqa: PLR0913 - one keyword for each thing that a finding tells
        self,
        rule: str,
        *,
        status: Status,
        actual: Ratio,
        limit: Ratio,
        message: StrOrPromise,
        unit: StrOrPromise,
        counts: str,
        counted: int,
        placeholders: bool,
        margin: int | None = None,
        scope: Scope | None = None,
        severity: Severity = Severity.BREACH,
        aspect: str = "",
        clause: str = "",
        formula: StrOrPromise = "",
        breaking: tuple[RecordRef, ...] = (),
        breaking_total: int | None = None,
    ) -> Finding:
        """Return a finding of ``rule``, with its title and clause filled in."""
        return Finding(
            rule=rule,
            aspect=aspect,
            title=RULES[rule].title,
            clause=clause or self.clause(rule),
            scope=scope or self.city,
            status=status,
            severity=severity,
            actual=actual,
            limit=limit,
            margin=margin,
            unit=unit,
            message=message,
            counted=counted,
            counts=counts,
            placeholders=placeholders,
            formula=formula,
            breaking=breaking,
            breaking_total=len(breaking) if breaking_total is None else breaking_total,
        )

"""What the documents of a plan say of it: from the findings and tallies that its page shows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from accounts.models import User
from consolidation.checks.base import Severity, Status
from consolidation.checks.run import findings_of
from consolidation.models import Deadline, Disposition, MergePlan, QuotaException, Signature
from consolidation.selectors.counts import Tally, by_owner
from consolidation.selectors.home import TARGETS
from consolidation.selectors.readiness import Readiness
from consolidation.selectors.signing import signatures_of
from consolidation.selectors.visible import findings_visible_to, right_for
from platforms_portal.access import Right, Role, rights_of, scope_of
from reports.selectors.before_after import BeforeAfter
from reports.selectors.figures import Pair, pair_of, posts_by_owner

if TYPE_CHECKING:
    import datetime

    from consolidation.checks.base import Finding, Ratio


class PlanFacts:
    """One version of a plan on a day, as ``reader`` may see it; each part is read at first use."""

    def __init__(self, plan: MergePlan, reader: User, as_of: datetime.date) -> None:
        """Take the plan, in the place of whichever version counts."""
        self.plan, self.as_of = plan, as_of
        self.scope, self.rights = scope_of(reader), rights_of(reader)
        self.readiness = Readiness(plan, as_of)

    def may(self, right: Right) -> bool:
        """Whether the reader holds ``right``."""
        return right in self.rights

    @cached_property
    def findings(self) -> list[Finding]:
        """The findings on the plan's own division that the reader may see: those of its page."""
        seen = findings_visible_to(self.scope, self.rights, self.readiness.all_findings)
        own = findings_of(seen, division_id=self.plan.division_id, city_id=None)
        return [finding for finding in own if not finding.scope.is_city]

    def finding(self, rule: str, aspect: str = "") -> Finding | None:
        """Return the finding of one rule's aspect on the division."""
        return next((f for f in self.findings if (f.rule, f.aspect) == (rule, aspect)), None)

    @cached_property
    def _tallies(self) -> dict[str, Tally]:
        counted = self.readiness.judged.counted
        own = self.plan.division_id
        return {name: by_owner(sums).get(own, Tally()) for name, sums in counted.items()}

    def pair(self, name: str) -> Pair | None:
        """Return a count before and after; ``None`` where the reader may not see it."""
        if right_for(name) not in self.rights:
            return None
        return pair_of(self._tallies[name])

    @cached_property
    def posts(self) -> Pair | None:
        """The authorised posts before and after; ``None`` where the reader may not see them."""
        if Right.VIEW_PEOPLE not in self.rights:
            return None
        own = self.plan.division_id
        return posts_by_owner(self.readiness.view, {own: self._tallies["bodies"]})[own]

    def limit(self, name: str) -> Ratio | None:
        """Return the share that must be cut, where a rule sets one."""
        finding = self.finding(*TARGETS[name])
        return finding.limit if finding is not None and finding.limit.is_share else None

    @cached_property
    def by_kind(self) -> dict[str, int]:
        """How many platforms the plan disposes of, by disposition."""
        rows = (
            Disposition.objects.filter(plan=self.plan)
            .order_by()
            .values("kind")
            .annotate(n=Count("platform", distinct=True))
        )
        found = {row["kind"]: row["n"] for row in rows}
        return {kind.value: found.get(kind.value, 0) for kind in Disposition.Kind}

    @property
    def undecided(self) -> int:
        """How many platforms the plan says nothing of."""
        return self._tallies["platforms"].undecided

    @cached_property
    def reasons(self) -> dict[tuple[str, str], str]:
        """The reasons given for breaches, by rule and aspect."""
        rows = self.plan.breach_reasons.values_list("rule", "aspect", "reason")
        return {(rule, aspect): reason for rule, aspect, reason in rows}

    @property
    def not_met(self) -> list[Finding]:
        """The rules that the division breaks with the plan; advice is none."""
        return [
            finding
            for finding in self.findings
            if finding.severity == Severity.BREACH and finding.status == Status.NOT_MET
        ]

    @property
    def unknown(self) -> list[Finding]:
        """The rules that cannot be answered, for want of data."""
        return [
            finding
            for finding in self.findings
            if finding.severity == Severity.BREACH and finding.status == Status.UNKNOWN
        ]

    @property
    def judged_number(self) -> int:
        """How many answers of rules there are, advice aside."""
        return sum(finding.severity == Severity.BREACH for finding in self.findings)

    @cached_property
    def lines(self) -> BeforeAfter:
        """The platforms and bodies of the division, for the annex."""
        own = Q(division_id=self.plan.division_id)
        bodies = self.may(Right.VIEW_BODIES)
        people = bodies and self.may(Right.VIEW_PEOPLE)
        return BeforeAfter(self.scope, self.readiness.view, own, bodies=bodies, people=people)

    @cached_property
    def rests_on_placeholders(self) -> bool:
        """Whether the plan, a record or a figure of the document stands in for a real one."""
        return (
            self.plan.is_placeholder
            or self.lines.rests_on_placeholders
            or any(finding.placeholders for finding in self.findings)
        )

    @cached_property
    def approval(self) -> Signature | None:
        """The act by which the plan was approved, if it stands in the portal."""
        approved = [s for s in signatures_of(self.plan) if s.action == Signature.Action.APPROVE]
        return approved[-1] if approved else None

    @cached_property
    def exceptions(self) -> list[QuotaException]:
        """The places granted beyond the quota by the day."""
        return list(
            QuotaException.objects.filter(
                programme=self.plan.programme,
                division=self.plan.division_id,
                granted_on__lte=self.as_of,
            ).order_by("granted_on", "pk")
        )

    @cached_property
    def completion(self) -> datetime.date | None:
        """The day by which everything is to be carried out."""
        found = Deadline.objects.filter(
            programme=self.plan.programme, kind=Deadline.Kind.COMPLETION
        ).first()
        return found.due_on if found is not None else None

    @cached_property
    def commission(self) -> str:
        """The department that reviews plans, as accounts name it; empty where none does."""
        reviewer = (
            User.objects.filter(
                role=Role.COMMISSION_REVIEWER,
                is_active=True,
                department__division=self.plan.programme.division_id,
            )
            .select_related("department")
            .order_by("pk")
            .first()
        )
        return str(reviewer.department) if reviewer is not None else ""

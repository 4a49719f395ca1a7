"""What changed between two days: the figures, the rules, and the acts that moved them.

The figures of a day are what is known today of that day: an act counts from its own date, whenever
it was written down. Who wrote it down, and when, stands beside each act.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Q, Value

from consolidation.models import BodyDisposition, Correction, Disposition, Signature
from consolidation.selectors.counts import COUNTERS, by_owner, total
from consolidation.selectors.findings import judged_in
from consolidation.selectors.plans import owners_of, plans_handed_in
from consolidation.selectors.state import state_views
from consolidation.selectors.visible import findings_visible_to, right_for
from dashboards.selectors.otherwise import ChangedRule, changed_rules
from platforms_portal.access import Right
from platforms_portal.words import actor_in_words

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from consolidation.checks.keeping import Judged
    from consolidation.models import MergePlan, Programme
    from consolidation.selectors.counts import Counter, Tally
    from consolidation.selectors.state import State
    from platforms_portal.access import Scope
    from zones.models import Division

ACTS_SHOWN = 100
"""How many acts of a kind the page lists, the newest first; their number is always told."""


@dataclass(frozen=True)
class FigureChange:
    """One count of the city on both days."""

    counter: Counter
    before: Tally
    after: Tally

    @property
    def is_known(self) -> bool:
        """Whether no figure is lacking on either day."""
        return not (self.before.missing_in_state or self.after.missing_in_state)

    @property
    def difference(self) -> int:
        """After less before, where it ``is_known``."""
        return self.after.in_state - self.before.in_state


@dataclass(frozen=True)
class OwnerChange:
    """One owner whose counts differ, in the order of the counts shown."""

    owner: Division
    figures: list[FigureChange]


@dataclass(frozen=True)
class PlanAct:
    """What became of a plan on a day; ``signer`` is empty where it was loaded, not signed here."""

    day: datetime.date
    plan: MergePlan
    action: Signature.Action
    signer: str


@dataclass(frozen=True)
class Acts:
    """Acts of one kind: the newest, and how many there were."""

    rows: list[Any]
    total: int


class Between:
    """A programme in one state on two days, as one reader sees it."""

    def __init__(
        self,
        programme: Programme,
        state: State,
        days: tuple[datetime.date, datetime.date],
        scope: Scope,
        rights: Collection[Right],
    ) -> None:
        """Take both days, the earlier first, and what the reader may see."""
        self.programme = programme
        self.state = state
        self.first, self.last = days
        self.scope = scope
        self.rights = rights
        self.handed_in = plans_handed_in(programme)
        self.owners = owners_of(programme)
        views = [state_views(programme, day, handed_in=self.handed_in)[state] for day in days]
        self.plan_ids = views[1].plan_ids
        self.before, self.after = judged_in(views, owners=self.owners)

    @property
    def counters(self) -> list[Counter]:
        """The counts that the reader may see by division."""
        return [counter for counter in COUNTERS.values() if right_for(counter.name) in self.rights]

    @property
    def figures(self) -> list[FigureChange]:
        """The four counts of the city on both days."""
        return [
            FigureChange(counter, total(self.before.counted[name]), total(self.after.counted[name]))
            for name, counter in COUNTERS.items()
        ]

    @property
    def by_owner(self) -> list[OwnerChange]:
        """The owners in scope of whom any count differs."""
        sums = {
            counter.name: (
                by_owner(self.before.counted[counter.name]),
                by_owner(self.after.counted[counter.name]),
            )
            for counter in self.counters
        }
        changed = []
        for owner in self.owners:
            figures = [
                FigureChange(counter, *(_of(sums[counter.name][at], owner.pk) for at in (0, 1)))
                for counter in self.counters
            ]
            if self.scope.covers(owner.pk) and any(f.before != f.after for f in figures):
                changed.append(OwnerChange(owner, figures))
        return changed

    @property
    def rules(self) -> list[ChangedRule]:
        """The rules that answer otherwise on the later day."""
        before, after = (self._seen(judged) for judged in (self.before, self.after))
        return changed_rules(before, after, frozenset(Right))

    def _seen(self, judged: Judged) -> list[Any]:
        return findings_visible_to(self.scope, self.rights, judged.findings)

    # --- Acts ------------------------------------------------------------------------------------

    def _within(self, field: str) -> Q:
        """Return the filter for what happened after the first day, up to the last."""
        return Q(**{f"{field}__gt": self.first, f"{field}__lte": self.last})

    @property
    def plan_acts(self) -> list[PlanAct]:
        """Plans submitted, decided and completed, the newest first, with who signed where known."""
        acts = [
            (day, plan, action)
            for plan in self.handed_in
            if self.scope.covers(plan.division_id)
            for day, action in _dates_of(plan)
            if day is not None and self.first < day <= self.last
        ]
        signed = {
            (row["plan"], row["action"]): row["signer"]
            for row in Signature.objects.filter(plan__in={plan.pk for _day, plan, _action in acts})
            .order_by("pk")
            .values("plan", "action", "signer")
        }
        told = [PlanAct(day, plan, act, signed.get((plan.pk, act), "")) for day, plan, act in acts]
        return sorted(told, key=lambda act: (act.day, act.plan.pk), reverse=True)

    @property
    def dispositions(self) -> Acts:
        """Dispositions confirmed carried out."""
        rows = (
            Disposition.objects.filter(self._confirmed())
            .select_related("platform__division", "target")
            .order_by("-confirmed_on", "-pk")
        )
        return _acts(rows)

    @property
    def bodies(self) -> Acts | None:
        """Fates of bodies confirmed; ``None`` where the reader may not see bodies."""
        if Right.VIEW_BODIES not in self.rights:
            return None
        rows = (
            BodyDisposition.objects.filter(self._confirmed())
            .select_related("body__division")
            .order_by("-confirmed_on", "-pk")
        )
        return _acts(rows)

    @property
    def corrections(self) -> Acts:
        """Corrections of the ledger that the commission confirmed: they change the baseline."""
        rows = Correction.objects.filter(
            self.scope.q("division_id"),
            programme=self.programme,
            state=Correction.State.CONFIRMED,
            decided_at__date__gt=self.first,
            decided_at__date__lte=self.last,
        ).select_related("division", "decided_by")
        return _acts(rows.order_by("-decided_at"))

    def _confirmed(self) -> Q:
        return (
            self._within("confirmed_on")
            & self.scope.q("plan__division_id")
            & Q(plan__in=self.plan_ids)
        )


def _dates_of(plan: MergePlan) -> list[tuple[datetime.date | None, Signature.Action]]:
    returned = plan.state == plan.State.RETURNED
    decided = Signature.Action.RETURN if returned else Signature.Action.APPROVE
    return [
        (plan.submitted_on, Signature.Action.SUBMIT),
        (plan.decided_on, decided),
        (plan.completed_on, Signature.Action.COMPLETE),
    ]


def confirmed_by(acts: Iterable[Any]) -> dict[tuple[str, int], str]:
    """Return who wrote down each confirmation, by kind of act and key, in one query."""
    asked: dict[type[Any], list[int]] = {}
    for act in acts:
        asked.setdefault(type(act), []).append(act.pk)
    if not asked:
        return {}
    parts = [_writers(model, keys) for model, keys in asked.items()]
    found: dict[tuple[str, int], str] = {}
    first, *others = parts
    for kind, pk, actor, _when in first.union(*others).order_by("history_date"):
        found.setdefault((kind, pk), actor_in_words(actor))
    return found


def _writers(model: type[Any], keys: list[int]) -> QuerySet[Any, Any]:
    act = Value(model.__name__, output_field=CharField())
    rows: QuerySet[Any, Any] = (
        model.history.filter(id__in=keys, confirmed_on__isnull=False)
        .order_by()
        .annotate(act=act)
        .values_list("act", "id", "actor", "history_date")
    )
    return rows


def _acts(rows: QuerySet[Any, Any]) -> Acts:
    shown = list(rows[: ACTS_SHOWN + 1])
    return Acts(shown[:ACTS_SHOWN], len(shown) if len(shown) <= ACTS_SHOWN else rows.count())


def _of(sums: dict[int, Tally], key: int) -> Tally:
    return sums.get(key, total({}))

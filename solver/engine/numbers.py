"""The rules that compare numbers, as constraints: R01, R02, R03, R04, R05, R20."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.engine.model import AS_IS, Plan, by_owner
from solver.engine.situation import ABOLISH

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from solver.engine.situation import Body, Cut

# --- R01, R02, R03, R05, R20: the numbers of the city ---------------------------------------------


def hold_numbers(plan: Plan) -> None:
    """Hold the limits of the city, and the shares of the baseline that must go."""
    situation, limits = plan.situation, plan.situation.limits
    own = [plan.retained[p.pk] for p in situation.platforms if plan.in_scope(p.owner)]
    others = _others_in_state(plan)
    now = others + sum(p.retained for p in situation.platforms if plan.in_scope(p.owner))
    for aspect, limit in (("retained_max", limits.retained_max), ("ceiling", limits.ceiling)):
        if limit is not None and plan.holds("R01"):
            allowed = _not_worse(plan, limit, now)
            plan.model.add(sum(own) + others <= allowed).only_enforce_if(
                plan.demand("R01", 0, aspect)
            )
    if plan.holds("R05"):
        now = sum(p.sub_area for p in situation.platforms)
        limit = now if limits.sub_areas_max is None else limits.sub_areas_max
        plan.model.add(sum(plan.sub_area.values()) <= _not_worse(plan, limit, now)).only_enforce_if(
            plan.demand("R05")
        )
    if limits.high_level_min is not None and plan.holds("R20"):
        high = [p for p in situation.platforms if p.high_level]
        least = min(limits.high_level_min, sum(p.retained for p in high))
        plan.model.add(sum(plan.retained[p.pk] for p in high) >= least).only_enforce_if(
            plan.demand("R20")
        )
    if limits.bodies_cut is not None and plan.holds("R02"):
        _cut(plan, "R02", limits.bodies_cut, people=False)
    if limits.staff_cut is not None and plan.holds("R03"):
        _cut(plan, "R03", limits.staff_cut, people=True)


def _others_in_state(plan: Plan) -> int:
    """Return how many platforms count of owners for which nothing is proposed."""
    return sum(
        platform.retained if plan.owners[platform.owner].planned else platform.in_baseline
        for platform in plan.situation.platforms
        if not plan.in_scope(platform.owner)
    )


def _not_worse(plan: Plan, limit: int, now: int) -> int:
    """Return the limit; for one division, what the rest of the city exceeds it by is no fault of it."""
    return limit if _is_city(plan) else max(limit, now)


def _is_city(plan: Plan) -> bool:
    return all(owner.in_scope for owner in plan.owners.values())


def _cut(plan: Plan, rule: str, cut: Cut, *, people: bool) -> None:
    """Demand the share of the city's baseline, and of each owner's where it binds them."""
    if cut.base:
        _cut_of(plan, rule, 0, cut, cut.base, cut.unlisted, people=people)
    if cut.binds_owners:
        for owner in plan.situation.owners:
            base = _base_of(plan, owner.pk, people=people)
            if owner.in_scope and base:
                _cut_of(plan, rule, owner.pk, cut, base, 0, people=people)


def _base_of(plan: Plan, owner: int, *, people: bool) -> int | None:
    bodies = [b for b in plan.situation.bodies if b.owner == owner and b.in_baseline]
    if not people:
        return len(bodies)
    counts = [b.before for b in bodies]
    return None if None in counts else sum(c for c in counts if c is not None)


def _cut_of(
    plan: Plan, rule: str, owner: int, cut: Cut, base: int, unlisted: int, *, people: bool
) -> None:
    terms: list[cp_model.LinearExprT] = []
    now = 0
    for body in plan.situation.bodies:
        if owner and body.owner != owner:
            continue
        stands, kept = _weights(body, people=people)
        now += stands
        options = plan.fate.get(body.pk)
        if options is None:
            terms.append(stands)
            continue
        for name, chosen in options.items():
            weight = stands if name == AS_IS else kept if name.startswith("keep:") else 0
            if weight:
                terms.append(weight * chosen)
    if not people:
        terms += [
            founded
            for pk, founded in plan.founded.items()
            if not owner or plan.platforms[pk].owner == owner
        ]
    least = -(-cut.numerator * base // cut.denominator)
    if not owner and not _is_city(plan):
        least = min(least, base - unlisted - now)
    plan.model.add(sum(terms) <= base - unlisted - least).only_enforce_if(plan.demand(rule, owner))


def _weights(body: Body, *, people: bool) -> tuple[int, int]:
    """Return what a body counts as it is, and kept by a proposal. Figures not known count nothing."""
    stands = body.fate != ABOLISH
    if not people:
        return int(stands), 1
    kept = body.before or 0
    if not stands:
        return 0, kept
    planned = body.after if body.fate else body.before
    return planned or 0, body.after if body.after is not None else kept


# --- R04: the quotas ------------------------------------------------------------------------------


def hold_quotas(plan: Plan) -> None:
    """Hold the quota of each owner in scope; one without a quota keeps no more than now."""
    if not plan.holds("R04"):
        return
    for pk, platforms in by_owner(plan.situation).items():
        owner = plan.owners[pk]
        if not owner.in_scope:
            continue
        now = sum(p.retained and not p.sub_area for p in platforms)
        limit = now if owner.quota is None else owner.quota
        plan.model.add(sum(plan.main[p.pk] for p in platforms) <= limit).only_enforce_if(
            plan.demand("R04", pk)
        )

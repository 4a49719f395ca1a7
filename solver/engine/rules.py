"""The rules as constraints on the variables of ``Plan``. Clauses are those of docs/rules.md.

Records out of scope keep no rule here; only what they have now must not be taken from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.engine.model import AS_IS, FAR, Plan, by_owner, is_strategic, stays
from solver.engine.situation import (
    ABOLISH,
    DROP,
    KEEP,
    MERGE,
    TRANSFORM,
    UNDECIDED,
    UPGRADE,
)

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from solver.engine.model import Literal
    from solver.engine.situation import Body, Cut, Platform, Situation


def plan_with_rules(situation: Situation) -> Plan:
    """Return the model of the situation with every rule that is to hold."""
    plan = Plan(situation)
    for platform in situation.platforms:
        if plan.in_scope(platform.owner):
            _as_it_is(plan, platform)
            _as_proposed(plan, platform)
        else:
            _leave_others(plan, platform)
    serving = _bodies(plan)
    _one_body(plan, serving)
    _plates(plan)
    _numbers(plan)
    _quotas(plan)
    _no_more_than_needed(plan)
    return plan


# --- R06, R07, R11, R13: what becomes of each platform --------------------------------------------


def _as_it_is(plan: Plan, platform: Platform) -> None:
    """Let the rules judge what is decided for the platform now."""
    chosen, owner = plan.choice[platform.pk][AS_IS], platform.owner
    retained = plan.retained[platform.pk]
    if not platform.in_baseline:
        return
    if platform.kind == UNDECIDED or platform.doubled:
        plan.forbid_as_it_is("R06", platform)
    elif platform.kind == UPGRADE:
        plan.require("R06", owner, chosen, [retained])
    else:
        plan.require("R06", owner, chosen, [retained.negated()])
    if platform.kind == MERGE:
        _merged_as_it_is(plan, platform, chosen)
    if platform.kind == TRANSFORM and not platform.named:
        plan.forbid_as_it_is("R13", platform)
    if is_strategic(platform):
        if platform.kind in {UNDECIDED, ABOLISH, TRANSFORM}:
            plan.forbid_as_it_is("R07", platform)
        elif platform.kind == UPGRADE:
            plan.require("R07", owner, chosen, [retained])


def _merged_as_it_is(plan: Plan, platform: Platform, chosen: Literal) -> None:
    owner, target = platform.owner, plan.platforms.get(platform.target or 0)
    there = plan.is_retained(platform.target)
    if target is None or target.pk == platform.pk:
        plan.forbid_as_it_is("R06", platform)
    elif plan.in_scope(target.owner):
        plan.require("R06", owner, chosen, [there])
        # A target that goes itself makes a chain, whatever the list says of it.
        options = plan.choice[target.pk]
        upgraded = [options["upgrade"]] if "upgrade" in options else []
        if target.kind in {UPGRADE, UNDECIDED}:
            upgraded.append(options[AS_IS])
        plan.require("R06", owner, chosen, upgraded)
    elif not stays(target):
        plan.forbid_as_it_is("R06", platform)
    if is_strategic(platform):
        plan.require("R07", owner, chosen, [there])
    near = target is None or target.owner in plan.owners[owner].near
    if not near and not platform.reasoned and plan.situation.limits.borders_known:
        plan.forbid_as_it_is("R11", platform)


def _as_proposed(plan: Plan, platform: Platform) -> None:
    """Let the rules judge what may be proposed. A level not known may be a strategic one."""
    options = plan.choice[platform.pk]
    if platform.level in {"national", "provincial", "unknown"}:
        for name in (ABOLISH, TRANSFORM):
            if name in options:
                plan.forbid("R07", platform.owner, options[name])
    if FAR in options:
        if plan.situation.wishes.far_with_reason:
            return
        plan.forbid("R11", platform.owner, options[FAR])


def _leave_others(plan: Plan, platform: Platform) -> None:
    """Keep what a platform out of scope is merged into, where that is in order now."""
    target = plan.platforms.get(platform.target or 0)
    if platform.kind == MERGE and target and plan.in_scope(target.owner) and stays(target):
        if plan.holds("R06"):
            demand = plan.demand("R06", platform.owner)
            plan.model.add_implication(demand, plan.retained[target.pk])


# --- R09, R10: the bodies -------------------------------------------------------------------------


def _served(body: Body) -> tuple[int, ...]:
    """Return what a body that stays as it is serves."""
    if body.fate == ABOLISH:
        return ()
    return (body.serves,) if body.serves is not None else body.remits


def _bodies(plan: Plan) -> dict[int, list[Literal]]:
    """Add the bodies and R10; return what serves each platform."""
    serving: dict[int, list[Literal]] = {}
    always = plan.model.new_constant(1)
    for body in plan.situation.bodies:
        now = _served(body)
        if not plan.in_scope(body.owner):
            for pk in now:
                serving.setdefault(pk, []).append(always)
                _leave_body(plan, body, pk)
            continue
        options = plan.add_body(body)
        for name, chosen in options.items():
            if name.startswith("keep:"):
                serving.setdefault(int(name[5:]), []).append(chosen)
        for pk in now:
            serving.setdefault(pk, []).append(options[AS_IS])
            if body.teams not in {None, 1} and plan.holds("R09") and pk in plan.platforms:
                wanted = [options[AS_IS].negated(), plan.is_main(pk).negated()]
                demand = plan.demand("R09", plan.platforms[pk].owner)
                plan.model.add_bool_or([demand.negated(), *wanted])
        if body.fate != ABOLISH:
            mains = [plan.is_main(pk) for pk in now]
            plan.require("R10", body.owner, options[AS_IS], mains)
    return serving


def _leave_body(plan: Plan, body: Body, pk: int) -> None:
    """Keep what a body out of scope serves, where that is in order now."""
    served = plan.platforms.get(pk)
    if served and plan.in_scope(served.owner) and served.retained and not served.sub_area:
        if plan.holds("R10") and body.serves is not None:
            plan.model.add_implication(plan.demand("R10", body.owner), plan.main[pk])


def _one_body(plan: Plan, serving: dict[int, list[Literal]]) -> None:
    if not plan.holds("R09"):
        return
    for platform in plan.situation.platforms:
        by = serving.get(platform.pk, [])
        demand = plan.demand("R09", platform.owner)
        if plan.in_scope(platform.owner):
            by = [*by, plan.add_founding(platform)]
            plan.model.add(sum(by) == 1).only_enforce_if(demand, plan.main[platform.pk])
        elif platform.retained and not platform.sub_area and _served_once(plan, platform.pk):
            plan.model.add(sum(by) == 1).only_enforce_if(demand)


def _served_once(plan: Plan, pk: int) -> bool:
    return sum(pk in _served(body) for body in plan.situation.bodies) == 1


# --- R08: the plates ------------------------------------------------------------------------------


def _plates(plan: Plan) -> None:
    if not plan.holds("R08"):
        return
    for plate in plan.situation.plates:
        if not plan.in_scope(plate.owner):
            carrier = plan.platforms.get(plate.carrier or 0)
            if plate.fate == KEEP and carrier and carrier.retained and plan.in_scope(carrier.owner):
                demand = plan.demand("R08", plate.owner)
                plan.model.add_implication(demand, plan.retained[carrier.pk])
            continue
        chosen = plan.add_plate(plate)[AS_IS]
        if plate.fate == DROP:
            if plate.level == "national":
                plan.forbid("R08", plate.owner, chosen)
        else:
            carrier_pk = plate.carrier or plate.platform if plate.fate == KEEP else plate.platform
            plan.require("R08", plate.owner, chosen, [plan.is_retained(carrier_pk)])


# --- R01, R02, R03, R05, R20: the numbers of the city ---------------------------------------------


def _numbers(plan: Plan) -> None:
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


def _quotas(plan: Plan) -> None:
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


# --- What no smallest proposal does ---------------------------------------------------------------


def _no_more_than_needed(plan: Plan) -> None:
    """Let an owner newly retain at most one platform that nothing refers to yet.

    Of two such, one could be merged into the other instead: as many changes, one fewer to the list.
    So this excludes no best solution, and the search need not try them all.
    """
    situation = plan.situation
    referred = {p.target for p in situation.platforms if p.kind == MERGE}
    referred |= {plate.carrier for plate in situation.plates}
    referred |= {pk for body in situation.bodies for pk in _served(body) if body.serves}
    for pk, platforms in by_owner(situation).items():
        if not plan.owners[pk].in_scope:
            continue
        new = [
            plan.retained[p.pk]
            for p in platforms
            if not p.retained and p.kind != UPGRADE and p.pk not in referred and plan.may_change(p)
        ]
        if len(new) > 1:
            plan.model.add_at_most_one(new)

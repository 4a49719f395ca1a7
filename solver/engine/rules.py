"""The rules as constraints on the variables of ``Plan``. Clauses are those of docs/rules.md.

Records out of scope keep no rule here; only what they have now must not be taken from them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from solver.engine.model import AS_IS, FAR, Plan, by_owner, is_strategic, stays
from solver.engine.numbers import hold_numbers, hold_quotas
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
    from solver.engine.model import Literal
    from solver.engine.situation import Body, Platform, Situation


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
    hold_numbers(plan)
    hold_quotas(plan)
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
        if is_strategic(platform):
            plan.require("R07", owner, chosen, [retained])
    else:
        plan.require("R06", owner, chosen, [retained.negated()])
    if platform.kind == MERGE:
        _merged_as_it_is(plan, platform, chosen)
    if platform.kind == TRANSFORM and not platform.named:
        plan.forbid_as_it_is("R13", platform)
    if is_strategic(platform) and platform.kind in {UNDECIDED, ABOLISH, TRANSFORM}:
        plan.forbid_as_it_is("R07", platform)


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
    if platform.kind != MERGE or target is None or not plan.holds("R06"):
        return
    if plan.in_scope(target.owner) and stays(target):
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
    serving: dict[int, list[Literal]] = defaultdict(list)
    always = plan.model.new_constant(1)
    for body in plan.situation.bodies:
        now = _served(body)
        if plan.in_scope(body.owner):
            _own_body(plan, body, now, serving)
            continue
        for pk in now:
            serving[pk].append(always)
            _leave_body(plan, body, pk)
    return serving


def _own_body(
    plan: Plan, body: Body, now: tuple[int, ...], serving: dict[int, list[Literal]]
) -> None:
    options = plan.add_body(body)
    for name, chosen in options.items():
        if name.startswith("keep:"):
            serving[int(name[5:])].append(chosen)
    for pk in now:
        serving[pk].append(options[AS_IS])
        if body.teams not in {None, 1} and plan.holds("R09") and pk in plan.platforms:
            wanted = [options[AS_IS].negated(), plan.is_main(pk).negated()]
            demand = plan.demand("R09", plan.platforms[pk].owner)
            plan.model.add_bool_or([demand.negated(), *wanted])
    if body.fate != ABOLISH:
        mains = [plan.is_main(pk) for pk in now]
        plan.require("R10", body.owner, options[AS_IS], mains)


def _leave_body(plan: Plan, body: Body, pk: int) -> None:
    """Keep what a body out of scope serves, where that is in order now."""
    served = plan.platforms.get(pk)
    if served is None or body.serves is None or not plan.holds("R10"):
        return
    if plan.in_scope(served.owner) and served.retained and not served.sub_area:
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

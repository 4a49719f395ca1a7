"""Where no solution exists: the smallest sets of demands that cannot hold together."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.engine.rules import plan_with_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.engine.model import Key, Plan
    from solver.engine.situation import Situation

    Solve = Callable[[cp_model.CpSolver, cp_model.CpModel], int]

MOST = 5
"""How many conflicts are told."""

SECONDS_EACH = 10
"""How long one question may take; what is not answered by then stays in the conflict."""

# What is tried first to be left out: a conflict is told by rules rather than by restrictions.
_LAST = {"fixed": 0, "list": 1, "designation": 2}


@dataclass(frozen=True)
class Conflict:
    """Demands of which each is needed for the contradiction: without any one there is none.

    ``minimal`` is false where the time ran out before that was proven.
    """

    demands: tuple[Key, ...]
    minimal: bool = True


def find_conflicts(situation: Situation, solve: Solve, until: float) -> list[Conflict]:
    """Return up to ``MOST`` conflicts about different rules of owners, in an order that repeats.

    They may have restrictions and rules of the city in common: one list, one number of sub-areas.
    The first is always told; further ones as long as ``until`` is not past (``time.monotonic``).
    """
    plan = plan_with_rules(situation)
    left = sorted(plan.demands)
    found: list[Conflict] = []
    while len(found) < MOST:
        core = _core(plan, left, solve)
        if not core:
            break
        conflict = _shrunk(plan, core, solve)
        found.append(conflict)
        told = _told_by(conflict)
        left = [key for key in left if key not in told]
        if time.monotonic() > until:
            break
    return found


def _told_by(conflict: Conflict) -> set[Key]:
    """Return the demands that no further conflict need name."""
    rules = {key for key in conflict.demands if key.rule not in _LAST}
    return {key for key in rules if key.owner} or rules


def _core(plan: Plan, keys: Sequence[Key], solve: Solve) -> list[Key] | None:
    """Return demands out of ``keys`` that cannot hold together; none where all can.

    ``None`` where the time ran out before either was proven.
    """
    plan.model.clear_assumptions()
    plan.model.add_assumptions([plan.demands[key] for key in keys])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_time_in_seconds = SECONDS_EACH
    status = solve(solver, plan.model)
    if status != cp_model.INFEASIBLE:
        return None if status == cp_model.UNKNOWN else []
    named = set(solver.sufficient_assumptions_for_infeasibility())
    return [key for key in keys if plan.demands[key].index in named]


def _shrunk(plan: Plan, core: list[Key], solve: Solve) -> Conflict:
    """Leave out one demand after the other, as long as the contradiction stays."""
    kept = sorted(core, key=lambda key: (_LAST.get(key.rule, 9), key))
    minimal = True
    for key in list(kept):
        if key not in kept:
            continue
        rest = [other for other in kept if other != key]
        smaller = _core(plan, rest, solve)
        if smaller:
            kept = [other for other in rest if other in smaller]
        minimal &= smaller is not None
    return Conflict(tuple(sorted(kept)), minimal)

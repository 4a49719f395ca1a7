"""The search: one aim after the other, each under what the ones before have reached.

The same situation always gets the same answer: one worker, one seed, everything in order. Only
where the time runs out does the answer depend on the machine.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ortools.sat.python import cp_model

from solver.engine.conflicts import Conflict, find_conflicts
from solver.engine.model import AS_IS, FAR
from solver.engine.rules import plan_with_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.engine.model import Literal, Plan
    from solver.engine.situation import Situation

AIMS = ("changes", "list", "follow", "high_level", "people", "mildness")
"""What is made small, in this order: see docs/solver.md."""

SEED = 20_200_930
FURTHER_STEPS, LAST_STEPS = 8.0, 3.0
"""How far the search goes for aims after the first, and for the last (deterministic time)."""

POLL_SECONDS = 0.2

_MILDNESS = {"transform": 3, "abolish": 4, FAR: 5, "upgrade": 2}


class Status:
    """How a search ended."""

    SOLVED = "solved"
    INFEASIBLE = "infeasible"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"


@dataclass
class Progress:
    """How far the search is: the aim it works at, the best number so far and what is proven."""

    aim: int = 0
    best: int | None = None
    bound: int | None = None


@dataclass
class Answer:
    """What came of it.

    ``chosen`` holds the values of the variables; ``proven`` says for each aim reached whether
    nothing smaller is possible.
    """

    status: str
    reached: dict[str, int] = field(default_factory=dict)
    proven: dict[str, bool] = field(default_factory=dict)
    bound: int | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    chosen: Chosen | None = None


@dataclass(frozen=True)
class Chosen:
    """The values of a solution: the option of each record, and the platforms retained."""

    platforms: dict[int, str]
    retained: frozenset[int]
    sub_areas: frozenset[int]
    bodies: dict[int, str]
    plates: dict[int, str]
    founded: frozenset[int]


class _Watch(cp_model.CpSolverSolutionCallback):
    """Takes down each better solution."""

    def __init__(self, progress: Progress, least: int) -> None:
        super().__init__()
        self._progress = progress
        self._least = least

    def on_solution_callback(self) -> None:
        """Keep its number, and what is proven. Nothing can be better than the least there is."""
        self._progress.best = round(self.objective_value)
        self._progress.bound = max(self._least, round(self.best_objective_bound))
        if self._progress.best <= self._least:
            self.stop_search()


class Search:
    """One search through one situation."""

    def __init__(
        self,
        situation: Situation,
        *,
        seconds: float = 60,
        watch: Callable[[Progress], bool] | None = None,
    ) -> None:
        """Take the situation and the time. ``watch`` is told of progress and says whether to stop."""
        self.situation = situation
        self.progress = Progress()
        self._until = time.monotonic() + seconds
        self._watch = watch
        self._stopped = False

    def run(self) -> Answer:
        """Return the smallest set of changes, or which demands cannot hold together."""
        plan = plan_with_rules(self.situation)
        for literal in plan.demands.values():
            plan.model.add(literal == 1)
        answer = Answer(Status.SOLVED)
        aims = aims_of(plan)
        for number, name in enumerate(AIMS):
            self.progress.aim, self.progress.best, self.progress.bound = number, None, None
            if not self._reach(plan, name, aims[name], answer):
                break
        if answer.status == Status.INFEASIBLE:
            answer.conflicts = find_conflicts(self.situation, self._solve, self._until)
            if self._stopped:
                answer.status = Status.CANCELLED
        return answer

    def _reach(self, plan: Plan, name: str, terms: list[Any], answer: Answer) -> bool:
        """Make one aim as small as possible and hold it; say whether to go on."""
        least = sum(term for term in terms if isinstance(term, int))
        aim = sum(terms)
        plan.model.minimize(aim)
        solver = self.solver()
        if name != "changes":
            # Counted in steps, not in seconds, so that the answer is the same on any machine.
            steps = LAST_STEPS if name == AIMS[-1] else FURTHER_STEPS
            solver.parameters.max_deterministic_time = steps
        found = self._solve(solver, plan.model, _Watch(self.progress, least))
        if name == "changes" and found == cp_model.INFEASIBLE:
            answer.status = Status.INFEASIBLE
            return False
        if found not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            if answer.chosen is None:
                answer.status = Status.CANCELLED if self._stopped else Status.TIMEOUT
            return False
        value = solver.value(aim)
        proven = found == cp_model.OPTIMAL or value == least
        answer.reached[name], answer.proven[name] = value, proven
        if name == "changes":
            answer.bound = value if proven else max(least, round(solver.best_objective_bound))
        answer.chosen = read(plan, solver)
        self._hold(plan, solver, aim, value)
        return not self._stopped and time.monotonic() < self._until

    @staticmethod
    def _hold(plan: Plan, solver: cp_model.CpSolver, aim: Any, value: int) -> None:
        """Keep what is reached, and start the next aim from it."""
        if not isinstance(aim, int):
            plan.model.add(aim <= value)
        plan.model.clear_objective()  # type: ignore[no-untyped-call]  # it ships none
        plan.model.clear_hints()  # type: ignore[no-untyped-call]  # the same
        for literals in _variables(plan):
            for literal in literals:
                plan.model.add_hint(literal, solver.boolean_value(literal))

    def solver(self) -> cp_model.CpSolver:
        """Return a solver that answers alike each time, with the time that is left."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.max_time_in_seconds = max(0.01, self._until - time.monotonic())
        return solver

    def _solve(
        self, solver: cp_model.CpSolver, model: cp_model.CpModel, callback: _Watch | None = None
    ) -> int:
        """Solve in a thread of its own, so that this one can tell of progress and stop it."""
        if self._watch is None:
            return int(solver.solve(model, callback))
        result: list[int] = []
        thread = threading.Thread(target=lambda: result.append(int(solver.solve(model, callback))))
        thread.start()
        while thread.is_alive():
            thread.join(POLL_SECONDS)
            if not self._stopped and self._watch(self.progress):
                self._stopped = True
            if self._stopped:
                solver.stop_search()
        return result[0]


def aims_of(plan: Plan) -> dict[str, list[Any]]:
    """Return what is counted for each aim, as terms to be added up."""
    situation = plan.situation
    scoped = [p for p in situation.platforms if p.pk in plan.changed]
    approved = [p for p in scoped if plan.owners[p.owner].approved]
    fates = [options[AS_IS].negated() for options in plan.fate.values()]
    plates = [options[AS_IS].negated() for options in plan.plate.values()]
    high = [p.pk for p in scoped if p.high_level]
    return {
        "changes": [*(_changes(plan, p.pk) for p in scoped), *plan.marked.values()],
        "list": [*plan.listed.values(), *(_changes(plan, p.pk) for p in approved)],
        "follow": [*fates, *plates, *plan.founded.values()],
        "high_level": [*(plan.listed[pk] for pk in high), *(plan.marked[pk] for pk in high)],
        "people": [
            body.before * plan.fate[body.pk]["abolish"]
            for body in situation.bodies
            if body.before and "abolish" in plan.fate.get(body.pk, {})
        ],
        "mildness": [
            weight * chosen
            for platform in scoped
            for name, chosen in plan.choice[platform.pk].items()
            if (weight := _weight(platform.owner, name))
        ],
    }


def _changes(plan: Plan, pk: int) -> Any:
    """Return whether the platform changes. Told as a number where it must, the proof is far shorter."""
    return 1 if pk in plan.must_change else plan.changed[pk]


def _weight(owner: int, name: str) -> int:
    if name.startswith("merge:"):
        return 0 if int(name[6:]) == owner else 1
    return _MILDNESS.get(name, 0)


def _variables(plan: Plan) -> list[list[Literal]]:
    options = [*plan.choice.values(), *plan.fate.values(), *plan.plate.values()]
    return [list(each.values()) for each in options]


def read(plan: Plan, solver: cp_model.CpSolver) -> Chosen:
    """Return the values that the solver found."""

    def picked(options: dict[int, dict[str, Literal]]) -> dict[int, str]:
        return {
            pk: next(name for name, literal in each.items() if solver.boolean_value(literal))
            for pk, each in options.items()
        }

    def true(literals: dict[int, Literal]) -> frozenset[int]:
        return frozenset(pk for pk, literal in literals.items() if solver.boolean_value(literal))

    return Chosen(
        platforms=picked(plan.choice),
        retained=true(plan.retained),
        sub_areas=true(plan.sub_area),
        bodies=picked(plan.fate),
        plates=picked(plan.plate),
        founded=true(plan.founded),
    )

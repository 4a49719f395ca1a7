"""The constraint model: variables for every choice, a literal for every rule and owner.

A constraint of a rule holds only while its literal does, so that where no solution exists the
solver can say which literals cannot hold together. ``docs/solver.md`` tells the model in words.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ortools.sat.python import cp_model

from solver.engine.situation import MERGE, STRATEGIC, UNDECIDED, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from solver.engine.situation import Body, Owner, Plate, Platform, Situation

AS_IS, FAR = "as_is", "far"

Literal = Any
"""A Boolean variable or its negation; OR-tools has no one name for both."""


class Key(NamedTuple):
    """A demand: a rule or a restriction, its owner (0: the city), and its aspect.

    Beside the rules' codes there are ``fixed`` (what may not change), ``list`` (the retained list)
    and ``designation`` (of sub-areas).
    """

    rule: str
    owner: int = 0
    aspect: str = ""


class Plan:
    """The variables of a situation: what becomes of each platform, body and plate.

    ``choice`` holds the options of a platform by name (``as_is``, ``abolish``, ``transform``,
    ``upgrade``, ``far``, or ``merge:OWNER``), ``fate`` those of a body (``as_is``, ``abolish``,
    ``keep:PLATFORM``), ``plate`` those of a plate. Only records in scope have any.
    """

    def __init__(self, situation: Situation) -> None:
        """Make the variables and what always holds between them; rules are added from outside."""
        self.situation = situation
        self.model = cp_model.CpModel()
        self.owners: dict[int, Owner] = {owner.pk: owner for owner in situation.owners}
        self.platforms: dict[int, Platform] = {p.pk: p for p in situation.platforms}
        self.demands: dict[Key, Literal] = {}
        self.retained: dict[int, Literal] = {}
        self.sub_area: dict[int, Literal] = {}
        self.main: dict[int, Literal] = {}
        self.choice: dict[int, dict[str, Literal]] = {}
        self.changed: dict[int, Literal] = {}
        self.listed: dict[int, Literal] = {}
        self.marked: dict[int, Literal] = {}
        self.fate: dict[int, dict[str, Literal]] = {}
        self.plate: dict[int, dict[str, Literal]] = {}
        self.founded: dict[int, Literal] = {}
        # Platforms that the rules to hold do not let stay as they are: they change in any solution.
        self.must_change: set[int] = set()
        self._open: dict[int, Literal] = {}
        self._never = self.model.new_constant(0)
        for platform in situation.platforms:
            self._place(platform)
        for platform in situation.platforms:
            self._choices(platform)

    # --- Demands ----------------------------------------------------------------------------------

    def holds(self, rule: str) -> bool:
        """Whether the rule is among those to hold."""
        return rule in self.situation.wishes.rules

    def demand(self, rule: str, owner: int = 0, aspect: str = "") -> Literal:
        """Return the literal of a demand."""
        key = Key(rule, owner, aspect)
        if key not in self.demands:
            self.demands[key] = self.model.new_bool_var(f"demand {key}")
        return self.demands[key]

    def forbid(self, rule: str, owner: int, choice: Literal) -> None:
        """Let the rule forbid a choice."""
        if self.holds(rule):
            self.model.add_implication(self.demand(rule, owner), choice.negated())

    def forbid_as_it_is(self, rule: str, platform: Platform) -> None:
        """Let the rule forbid that the platform stays as it is."""
        if self.holds(rule):
            self.must_change.add(platform.pk)
            self.forbid(rule, platform.owner, self.choice[platform.pk][AS_IS])

    def require(self, rule: str, owner: int, choice: Literal, wanted: Iterable[Literal]) -> None:
        """Let the rule ask for one of ``wanted`` where ``choice`` is made."""
        if self.holds(rule):
            self.model.add_bool_or([self.demand(rule, owner).negated(), choice.negated(), *wanted])

    # --- Platforms --------------------------------------------------------------------------------

    def in_scope(self, owner: int) -> bool:
        """Whether something may be proposed for the owner."""
        return self.owners[owner].in_scope

    def is_retained(self, pk: int | None) -> Literal:
        """Return whether a platform is on the list; never, where it is not known at all."""
        return self.retained.get(pk or 0, self._never)

    def is_main(self, pk: int | None) -> Literal:
        """Return whether a platform is on the list and no sub-area."""
        return self.main.get(pk or 0, self._never)

    def _place(self, platform: Platform) -> None:
        new, model = self.model.new_bool_var, self.model
        pk = platform.pk
        if not self.in_scope(platform.owner):
            self.retained[pk] = model.new_constant(platform.retained)
            self.sub_area[pk] = model.new_constant(platform.sub_area)
            self.main[pk] = model.new_constant(platform.retained and not platform.sub_area)
            return
        retained = self.retained[pk] = new(f"retained {pk}")
        sub_area = self.sub_area[pk] = new(f"sub-area {pk}")
        main = self.main[pk] = new(f"main {pk}")
        model.add(main + sub_area == retained)
        self.listed[pk] = retained.negated() if platform.retained else retained
        wishes = self.situation.wishes
        if not wishes.list_may_change:
            model.add_implication(self.demand("list"), self.listed[pk].negated())
        # A platform that leaves the list is no sub-area any more; that is no change of its own.
        marked = self.marked[pk] = new(f"marked {pk}")
        if platform.sub_area:
            model.add(marked >= main)
        else:
            model.add(marked >= sub_area)
        if not wishes.may_designate:
            model.add_implication(self.demand("designation"), marked.negated())

    def _choices(self, platform: Platform) -> None:
        if not self.in_scope(platform.owner):
            return
        new, model, pk = self.model.new_bool_var, self.model, platform.pk
        names = [AS_IS]
        if platform.in_baseline:
            names += ["abolish", "upgrade", FAR]
            names += ["transform"] if self.situation.wishes.transform_into else []
            names += [f"merge:{near}" for near in self.owners[platform.owner].near]
        choice = self.choice[pk] = {name: new(f"{name} {pk}") for name in names}
        model.add_exactly_one(choice.values())
        changed = self.changed[pk] = new(f"changed {pk}")
        model.add_implication(choice[AS_IS].negated(), changed)
        model.add_implication(self.listed[pk], changed)
        for name, chosen in choice.items():
            self._follows(platform, name, chosen)
        if not self.may_change(platform):
            self._fix(platform)

    def _follows(self, platform: Platform, name: str, chosen: Literal) -> None:
        """Add what a proposed choice always means: nothing senseless is proposed."""
        retained = self.retained[platform.pk]
        if name == "upgrade":
            self.model.add_implication(chosen, retained)
        elif name != AS_IS:
            self.model.add_implication(chosen, retained.negated())
        if name.startswith("merge:"):
            self.model.add_implication(chosen, self.open_at(int(name[6:])))
        elif name == FAR:
            near = set(self.owners[platform.owner].near)
            far = [self.open_at(pk) for pk in self.owners if pk not in near]
            self.model.add_bool_or([chosen.negated(), *far])

    def open_at(self, owner: int) -> Literal:
        """Return whether the owner retains a platform into which others can be merged."""
        if owner not in self._open:
            there = self._open[owner] = self.model.new_bool_var(f"open {owner}")
            receiving = [
                self.retained[p.pk]
                for p in self.situation.platforms
                if p.owner == owner and (self.in_scope(owner) or stays(p))
            ]
            self.model.add_bool_or([there.negated(), *receiving])
        return self._open[owner]

    @cached_property
    def anything_retained(self) -> Literal:
        """Whether there is any platform on the list, so that it could carry a plate."""
        there = self.model.new_bool_var("anything retained")
        self.model.add_bool_or([there.negated(), *self.retained.values()])
        return there

    def may_change(self, platform: Platform) -> bool:
        """Whether what becomes of the platform may be changed."""
        if platform.done or platform.pinned:
            return False
        mode = self.situation.wishes.mode
        if mode == Mode.UNDECIDED:
            return platform.kind == UNDECIDED
        return not (mode == Mode.UNAPPROVED and self.owners[platform.owner].approved)

    def _fix(self, platform: Platform) -> None:
        fixed = self.demand("fixed", platform.owner)
        self.model.add_implication(fixed, self.choice[platform.pk][AS_IS])
        if platform.pinned:
            self.model.add_implication(fixed, self.listed[platform.pk].negated())
            self.model.add_implication(fixed, self.marked[platform.pk].negated())

    # --- Bodies and plates ------------------------------------------------------------------------

    def add_body(self, body: Body) -> dict[str, Literal]:
        """Make the options of a body in scope and return them."""
        keep = [pk for pk in dict.fromkeys([*body.remits, body.serves]) if pk in self.platforms]
        names = [AS_IS, *(f"keep:{pk}" for pk in keep)]
        if body.fate != "abolish":
            names.append("abolish")
        options = {name: self.model.new_bool_var(f"body {body.pk} {name}") for name in names}
        self.model.add_exactly_one(options.values())
        for pk in keep:
            self.model.add_implication(options[f"keep:{pk}"], self.is_main(pk))
        self.fate[body.pk] = options
        if not self._decision_may_change(body.owner, body.fate, done=body.done):
            self.model.add_implication(self.demand("fixed", body.owner), options[AS_IS])
        return options

    def add_plate(self, plate: Plate) -> dict[str, Literal]:
        """Make the options of a plate in scope and return them."""
        names = [AS_IS, "keep"] if plate.level == "national" else [AS_IS, "keep", "drop"]
        options = {name: self.model.new_bool_var(f"plate {plate.pk} {name}") for name in names}
        self.model.add_exactly_one(options.values())
        self.model.add_implication(options["keep"], self.anything_retained)
        self.plate[plate.pk] = options
        if not self._decision_may_change(plate.owner, plate.fate):
            self.model.add_implication(self.demand("fixed", plate.owner), options[AS_IS])
        return options

    def add_founding(self, platform: Platform) -> Literal:
        """Make the choice of founding a body for a retained platform."""
        founded = self.founded[platform.pk] = self.model.new_bool_var(f"found {platform.pk}")
        self.model.add_implication(founded, self.main[platform.pk])
        if not self.may_change(platform):
            fixed = self.demand("fixed", platform.owner)
            self.model.add_implication(fixed, founded.negated())
        return founded

    def _decision_may_change(self, owner: int, fate: str, *, done: bool = False) -> bool:
        mode = self.situation.wishes.mode
        if done or (mode == Mode.UNDECIDED and fate != UNDECIDED):
            return False
        return not (mode == Mode.UNAPPROVED and self.owners[owner].approved)


def stays(platform: Platform) -> bool:
    """Whether a platform of the list really stays by what is decided for it."""
    return platform.retained and platform.kind not in {"abolish", "transform", MERGE}


def is_strategic(platform: Platform) -> bool:
    """Whether R07 is about the platform."""
    return platform.level in STRATEGIC


def by_owner(situation: Situation) -> dict[int, list[Platform]]:
    """Return the platforms by owner."""
    found: dict[int, list[Platform]] = defaultdict(list)
    for platform in situation.platforms:
        found[platform.owner].append(platform)
    return found

"""What the solver looks at: the planned state of a programme as plain data, and what may change.

It is read from the rows of the one selector (``solver.selectors.reading``); tests write it by
hand. Keys are those of the database.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Final

MODELLED: Final = (
    "R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R09", "R10", "R11", "R13", "R20",
)  # fmt: skip
"""The rules that the solver holds, as far as dispositions can keep or break them."""

STRATEGIC: Final = ("national", "provincial")
UNDECIDED, ABOLISH, TRANSFORM, MERGE, UPGRADE = "", "abolish", "transform", "merge", "upgrade"
KEEP, FOUND, DROP = "keep", "found", "drop"


class Mode:
    """What may change."""

    UNDECIDED = "undecided"
    UNAPPROVED = "unapproved"
    EVERYTHING = "everything"


@dataclass(frozen=True)
class Owner:
    """An owner. ``near`` are the owners into whose platforms its own may be merged (R11).

    ``quota`` holds what was granted too; ``None`` where it has none. ``planned`` says whether a
    plan of it counts, ``approved`` whether that one is approved or beyond. ``in_scope`` are the
    owners for which something may be proposed and whose records must keep the rules.
    """

    pk: int
    name: str
    quota: int | None = None
    near: tuple[int, ...] = ()
    planned: bool = True
    approved: bool = False
    in_scope: bool = True


@dataclass(frozen=True)
class Platform:
    """A platform of the baseline or of the retained list, and what is decided for it.

    ``doubled``: several plans dispose of it. ``done``: it is confirmed carried out that it goes.
    ``pinned``: the one who asks wants it to stay as it is. ``order`` is its place on the list.
    """

    pk: int
    owner: int
    level: str = "district"
    kind: str = UNDECIDED
    target: int | None = None
    named: bool = True
    reasoned: bool = False
    retained: bool = False
    sub_area: bool = False
    in_baseline: bool = True
    high_level: bool = False
    doubled: bool = False
    done: bool = False
    pinned: bool = False
    order: int = 0


@dataclass(frozen=True)
class Body:
    """A management body, its fate, and the people in it before and as planned (``None``: not known)."""

    pk: int
    owner: int
    fate: str = UNDECIDED
    serves: int | None = None
    remits: tuple[int, ...] = ()
    teams: int | None = 1
    before: int | None = 0
    after: int | None = None
    in_baseline: bool = True
    done: bool = False


@dataclass(frozen=True)
class Plate:
    """A national or provincial plate, and what is decided for it."""

    pk: int
    owner: int
    platform: int
    level: str = "national"
    fate: str = UNDECIDED
    carrier: int | None = None


@dataclass(frozen=True)
class Cut:
    """A share of the baseline that must go. ``base`` is ``None`` where it cannot be judged."""

    numerator: int
    denominator: int
    base: int | None
    unlisted: int = 0
    binds_owners: bool = False


@dataclass(frozen=True)
class Limits:
    """The programme's thresholds; ``None`` where it sets none."""

    retained_max: int | None = None
    ceiling: int | None = None
    sub_areas_max: int | None = None
    bodies_cut: Cut | None = None
    staff_cut: Cut | None = None
    high_level_min: int | None = None
    borders_known: bool = True


@dataclass(frozen=True)
class Wishes:
    """What the one who asks wants: the rules to hold, and what may be proposed."""

    rules: tuple[str, ...] = MODELLED
    mode: str = Mode.EVERYTHING
    list_may_change: bool = True
    may_designate: bool = True
    far_with_reason: bool = False
    transform_into: str = ""


@dataclass(frozen=True)
class Situation:
    """Everything at once. Records stand in the order of their keys, so that answers repeat."""

    owners: tuple[Owner, ...]
    platforms: tuple[Platform, ...]
    bodies: tuple[Body, ...] = ()
    plates: tuple[Plate, ...] = ()
    limits: Limits = field(default_factory=Limits)
    wishes: Wishes = field(default_factory=Wishes)

    @property
    def digest(self) -> str:
        """The SHA-256 of all of it: the same as long as nothing that the solver looks at moves."""
        text = json.dumps(dataclasses.asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return dataclasses.asdict(self)

"""A solution told as changes: what becomes of which record, and which rules ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.engine.model import AS_IS, FAR, is_strategic
from solver.engine.situation import ABOLISH, DROP, FOUND, KEEP, MERGE, TRANSFORM, UNDECIDED, UPGRADE

if TYPE_CHECKING:
    from solver.engine.search import Chosen
    from solver.engine.situation import Body, Plate, Platform, Situation


class Subject:
    """What a change is about."""

    PLATFORM = "platform"
    SUB_AREA = "sub_area"
    BODY = "body"
    FOUNDING = "founding"
    PLATE = "plate"


RECEIVER = "receiver"
"""Why a platform is newly retained though no rule asks for it: others are merged into it."""


@dataclass(frozen=True)
class Change:
    """One change: the record, what is decided now, what is proposed, and the rules that ask for it.

    ``by_commission``: it, or a part of it (the list, a sub-area), is the commission's to decide.
    """

    subject: str
    pk: int
    owner: int
    before: dict[str, Any]
    after: dict[str, Any]
    why: tuple[str, ...] = ()
    by_commission: bool = False


class Proposal:
    """The changes between a situation and a solution of it."""

    def __init__(self, situation: Situation, chosen: Chosen) -> None:
        """Take both; nothing is written anywhere."""
        self.situation = situation
        self.chosen = chosen
        self.platforms = {platform.pk: platform for platform in situation.platforms}
        self.owners = {owner.pk: owner for owner in situation.owners}
        self.targets: dict[int, int] = {}
        self.over = self._over()

    def changes(self) -> list[Change]:
        """Return the changes: platforms, sub-areas, then the bodies and plates that follow."""
        bodies = {body.pk: body for body in self.situation.bodies}
        plates = {plate.pk: plate for plate in self.situation.plates}
        found: list[Change] = []
        for pk, option in self.chosen.platforms.items():
            platform = self.platforms[pk]
            if option != AS_IS or (pk in self.chosen.retained) != platform.retained:
                found.append(self._platform(platform, option))
        found += self._sub_areas()
        found += [
            self._body(bodies[pk], option)
            for pk, option in self.chosen.bodies.items()
            if option != AS_IS
        ]
        found += [self._founding(pk) for pk in sorted(self.chosen.founded)]
        found += [
            self._plate(plates[pk], option)
            for pk, option in self.chosen.plates.items()
            if option != AS_IS
        ]
        return found

    # --- Platforms --------------------------------------------------------------------------------

    def _platform(self, platform: Platform, option: str) -> Change:
        retained = platform.pk in self.chosen.retained
        before: dict[str, Any] = {
            "kind": platform.kind,
            "target": platform.target,
            "retained": platform.retained,
        }
        after: dict[str, Any] = {"kind": platform.kind, "target": None, "retained": retained}
        if option == AS_IS:
            after["target"] = platform.target
        elif option == FAR or option.startswith("merge:"):
            after |= {"kind": MERGE, "target": self._target(platform, option)}
            self.targets[platform.pk] = after["target"]
        else:
            after["kind"] = option
        if after["kind"] == TRANSFORM:
            after["into"] = self.situation.wishes.transform_into
        if option == FAR:
            after["reason_wanted"] = True
        why = self._why(platform, left=platform.retained and not retained)
        if not why and retained and not platform.retained:
            why = [RECEIVER]
        listed = retained != platform.retained
        return Change(
            Subject.PLATFORM,
            platform.pk,
            platform.owner,
            before,
            after,
            tuple(why),
            by_commission=listed,
        )

    def _target(self, platform: Platform, option: str) -> int:
        """Return the platform to merge into: one that is no sub-area first, in the order of the list."""
        if option == FAR:
            near = set(self.owners[platform.owner].near)
            wanted = set(self.owners) - near
        else:
            wanted = {int(option.removeprefix("merge:"))}
        return min(
            (other for other in self._receiving() if other.owner in wanted), key=self._preferred
        ).pk

    def _receiving(self) -> Iterable[Platform]:
        return (self.platforms[pk] for pk in self.chosen.retained)

    def _preferred(self, platform: Platform) -> tuple[bool, int, int]:
        return platform.pk in self.chosen.sub_areas, platform.order or 10**6, platform.pk

    def _why(self, platform: Platform, *, left: bool) -> list[str]:
        """Return the rules that what is decided now would break in the list that is proposed."""
        why = []
        if platform.kind == UNDECIDED or platform.doubled or self._contradicts(platform):
            why.append("R06")
        if is_strategic(platform) and platform.kind in {UNDECIDED, ABOLISH, TRANSFORM}:
            why.append("R07")
        if platform.kind == TRANSFORM and not platform.named:
            why.append("R13")
        if platform.kind == MERGE and not platform.reasoned:
            target = self.platforms.get(platform.target or 0)
            if target and target.owner not in self.owners[platform.owner].near:
                why.append("R11")
        if left:
            why = [rule for rule in why if rule != "R06"] + self._too_many(platform.owner)
        return why

    def _contradicts(self, platform: Platform) -> bool:
        """Whether list and disposition contradict each other (R06)."""
        if not platform.in_baseline:
            return False
        if platform.kind == MERGE:
            return platform.target not in self.chosen.retained or platform.retained
        return (platform.kind == UPGRADE) != (platform.pk in self.chosen.retained)

    def _over(self) -> set[int]:
        """Return the owners that keep more than their quota now."""
        kept: dict[int, int] = {}
        for platform in self.situation.platforms:
            if platform.retained and not platform.sub_area:
                kept[platform.owner] = kept.get(platform.owner, 0) + 1
        return {
            owner.pk
            for owner in self.situation.owners
            if owner.quota is not None and kept.get(owner.pk, 0) > owner.quota
        }

    def _too_many(self, owner: int) -> list[str]:
        return ["R04"] if owner in self.over else ["R01"]

    def _sub_areas(self) -> Iterable[Change]:
        for pk in self.chosen.platforms:
            platform = self.platforms[pk]
            now = pk in self.chosen.sub_areas
            if now == platform.sub_area or pk not in self.chosen.retained:
                continue
            yield Change(
                Subject.SUB_AREA,
                pk,
                platform.owner,
                {"sub_area": platform.sub_area},
                {"sub_area": now},
                self._why_marked(platform.owner, now=now),
                by_commission=True,
            )

    def _why_marked(self, owner: int, *, now: bool) -> tuple[str, ...]:
        """Return why a sub-area is designated or withdrawn: a sub-area needs no body, and no place."""
        if not now:
            return ("R05",)
        return ("R04",) if owner in self.over else ("R02", "R03")

    # --- What follows -----------------------------------------------------------------------------

    def _body(self, body: Body, option: str) -> Change:
        before = {"fate": body.fate, "serves": body.serves}
        if option == ABOLISH:
            after: dict[str, Any] = {"fate": ABOLISH if body.in_baseline else "", "serves": None}
            served = [body.serves] if body.serves is not None else list(body.remits)
            main = self.chosen.retained - self.chosen.sub_areas
            why = "R09" if main & set(served) else "R10"
        else:
            fate = KEEP if body.in_baseline else FOUND
            after = {"fate": fate, "serves": int(option.removeprefix("keep:")), "teams": 1}
            why = "R09"
        return Change(Subject.BODY, body.pk, body.owner, before, after, (why,))

    def _founding(self, pk: int) -> Change:
        after = {"fate": FOUND, "serves": pk, "teams": 1}
        return Change(Subject.FOUNDING, pk, self.platforms[pk].owner, {}, after, ("R09",))

    def _plate(self, plate: Plate, option: str) -> Change:
        before = {"fate": plate.fate, "carrier": plate.carrier}
        after: dict[str, Any] = {"fate": DROP, "carrier": None}
        if option == KEEP:
            after = {"fate": KEEP, "carrier": self._carrier(plate)}
        return Change(Subject.PLATE, plate.pk, plate.owner, before, after, ("R08",))

    def _carrier(self, plate: Plate) -> int:
        """Return who carries a plate: its own platform, what that is merged into, or one nearby."""
        platform = self.platforms.get(plate.platform)
        own = [plate.platform, self.targets.get(plate.platform)]
        own.append(platform.target if platform else None)
        for pk in own:
            if pk in self.chosen.retained:
                return pk
        near = self.owners[plate.owner].near
        return min(
            self._receiving(),
            key=lambda p: (p.owner != plate.owner, p.owner not in near, self._preferred(p)),
        ).pk

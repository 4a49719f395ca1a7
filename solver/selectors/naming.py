"""Names and numbers for what the engine answers in keys, as kept with a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consolidation.models import RetainedPlatform
from solver.engine.model import Plan, is_strategic
from solver.engine.proposal import Change, Subject
from zones.models import ManagementBody, Plate, Platform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from solver.engine.model import Key
    from solver.engine.situation import Cut, Situation
    from solver.selectors.reading import Read


class Names:
    """The names of the records of a proposal, read once, and the numbers behind a demand."""

    def __init__(self, read: Read, changes: Iterable[Change]) -> None:
        """Read the names of everything that ``changes`` speak of, in four queries."""
        self._read = read
        self._owners = {division.pk: division for division in read.owners}
        platforms, bodies, plates = _keys_of(changes)
        self._names = {
            "platform": _named(Platform.objects.filter(pk__in=platforms), "code", "name")
            | self._listed(platforms),
            "body": _named(ManagementBody.objects.filter(pk__in=bodies), "code", "name"),
            "plate": {
                pk: (code, title, "")
                for pk, code, title in Plate.objects.filter(pk__in=plates).values_list(
                    "pk", "code", "title"
                )
            },
        }

    def _listed(self, platforms: set[int]) -> dict[int, tuple[str, str, str]]:
        """Return the names as the list writes them, which are those that people know."""
        listed = RetainedPlatform.objects.filter(
            programme=self._read.view.programme, platform__in=platforms
        ).exclude(listed_name="")
        return {
            pk: (code, name, name_en)
            for pk, code, name, name_en in listed.values_list(
                "platform", "platform__code", "listed_name", "platform__name_en"
            )
        }

    def change(self, change: Change) -> dict[str, Any]:
        """Return a change as it is kept: with the names of that day."""
        type_ = {Subject.BODY: "body", Subject.PLATE: "plate"}.get(change.subject, "platform")
        return {
            "subject": change.subject,
            "record": self._record(type_, change.pk),
            "owner": self.owner(change.owner),
            "before": self._decided(change.before),
            "after": self._decided(change.after),
            "why": list(change.why),
            "by_commission": change.by_commission,
        }

    def _record(self, type_: str, pk: int | None) -> dict[str, Any] | None:
        if pk is None:
            return None
        code, name, name_en = self._names[type_].get(pk, ("", str(pk), ""))
        return {"type": type_, "id": pk, "code": code, "name": name, "name_en": name_en}

    def _decided(self, values: dict[str, Any]) -> dict[str, Any]:
        told = dict(values)
        for name in ("target", "serves", "carrier"):
            if name in told:
                told[name] = self._record("platform", told[name])
        return told

    def owner(self, pk: int) -> dict[str, str]:
        """Return an owner as it is kept."""
        division = self._owners[pk]
        return {
            "code": division.code,
            "name": "市本级" if division.is_municipal else division.name,
            "name_en": "Municipal level" if division.is_municipal else division.name_en,
        }

    def demand(self, key: Key) -> dict[str, Any]:
        """Return a demand as it is kept: the rule, whose it is, and the numbers that bear on it."""
        situation = self._read.situation
        return {
            "rule": key.rule,
            "aspect": key.aspect,
            "owner": self.owner(key.owner) if key.owner else None,
            "numbers": _numbers(situation, key),
        }


def _named(rows: Any, *names: str) -> dict[int, tuple[str, str, str]]:
    return {
        pk: (code, name, name_en)
        for pk, code, name, name_en in rows.values_list("pk", *names, "name_en")
    }


def _keys_of(changes: Iterable[Change]) -> tuple[set[int], set[int], set[int]]:
    platforms: set[int] = set()
    bodies: set[int] = set()
    plates: set[int] = set()
    for change in changes:
        own = {Subject.BODY: bodies, Subject.PLATE: plates}.get(change.subject, platforms)
        own.add(change.pk)
        for values in (change.before, change.after):
            platforms |= {
                values[name] for name in ("target", "serves", "carrier") if values.get(name)
            }
    return platforms, bodies, plates


def _numbers(situation: Situation, key: Key) -> dict[str, int]:
    """Return the integers that explain a demand."""
    whole = not key.owner
    limits = situation.limits
    platforms = [p for p in situation.platforms if whole or p.owner == key.owner]
    bodies = [b for b in situation.bodies if whole or b.owner == key.owner]
    used = sum(p.sub_area for p in situation.platforms)
    owner = next((o for o in situation.owners if o.pk == key.owner), None)
    numbers: dict[str, int] = {
        "platforms": sum(p.in_baseline for p in platforms),
        "retained": sum(p.retained for p in platforms),
        "kept": sum(p.retained and not p.sub_area for p in platforms),
        "strategic": sum(p.in_baseline and is_strategic(p) for p in platforms),
        "bodies": len(bodies),
        "plates": sum(whole or plate.owner == key.owner for plate in situation.plates),
        "used": used,
        "left": max(0, (limits.sub_areas_max or 0) - used),
    }
    if key.rule == "R04" and owner is not None:
        numbers["limit"] = numbers["kept"] if owner.quota is None else owner.quota
    elif key.rule == "R11" and owner is not None:
        numbers["near"] = len(owner.near)
    elif key.rule == "fixed":
        numbers |= _fixed(situation, key.owner)
    limit = {
        ("R01", "retained_max"): limits.retained_max,
        ("R01", "ceiling"): limits.ceiling,
        ("R05", ""): limits.sub_areas_max,
        ("R20", ""): limits.high_level_min,
    }.get((key.rule, key.aspect))
    if limit is not None:
        numbers["limit"] = limit
    cut = {"R02": limits.bodies_cut, "R03": limits.staff_cut}.get(key.rule)
    return numbers | (_cut(cut, situation, key) if cut is not None else {})


def _fixed(situation: Situation, owner: int) -> dict[str, int]:
    plan = Plan(situation)
    own = [p for p in situation.platforms if p.owner == owner]
    return {
        "fixed": sum(not plan.may_change(p) for p in own),
        "done": sum(p.done for p in own),
        "pinned": sum(p.pinned for p in own),
    }


def _cut(cut: Cut, situation: Situation, key: Key) -> dict[str, int]:
    own = [b for b in situation.bodies if b.in_baseline and (not key.owner or b.owner == key.owner)]
    base = cut.base or 0
    if key.owner:
        base = len(own) if key.rule == "R02" else sum(b.before or 0 for b in own)
    return {"base": base, "least": -(-cut.numerator * base // cut.denominator)}

"""R04: no owner keeps more platforms than its quota; designated sub-areas do not count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import (
    BREAKING_LIMIT,
    Finding,
    Ratio,
    RecordRef,
    Rule,
    Scope,
    Status,
    names_of,
    register,
    text,
)
from consolidation.models import Quota, QuotaException
from consolidation.selectors.counts import PLATFORMS
from consolidation.selectors.state import platform_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.facts import Facts


@dataclass
class _Owner:
    kept: int = 0
    sub_areas: int = 0
    placeholders: int = 0
    undecided: int = 0
    base: int | None = None
    extra: int = 0
    granted: int = 0

    @property
    def limit(self) -> int | None:
        return None if self.base is None else self.base + self.extra + self.granted

    @property
    def excess(self) -> int:
        return max(0, self.kept - (self.limit or 0)) if self.limit is not None else 0


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the quota of each owner, and for the city the sum of what is over. Clauses: 方案(二)(三)."""
    owners = _owners(facts)
    breaking = _breaking(facts, [pk for pk, owner in owners.items() if owner.excess])
    yield _city(facts, owners, breaking)
    for scope in facts.owners:
        owner = owners.get(scope.division.pk, _Owner())
        if owner.kept or owner.sub_areas or owner.limit is not None:
            yield _one(facts, scope, owner, breaking.get(scope.division.pk, []))


def _owners(facts: Facts) -> dict[int, _Owner]:
    kept = Q(in_state=True, sub_area=False)
    counted = (
        platform_rows(facts.view)
        .order_by()
        .values("division_id")
        .annotate(
            n=Count("pk", distinct=True, filter=kept),
            n_sub_areas=Count("pk", distinct=True, filter=Q(in_state=True, sub_area=True)),
            n_placeholders=Count("pk", distinct=True, filter=kept & Q(rests_on_placeholder=True)),
            n_undecided=Count("pk", distinct=True, filter=Q(undecided=True)),
        )
    )
    owners = {
        row["division_id"]: _Owner(
            row["n"], row["n_sub_areas"], row["n_placeholders"], row["n_undecided"]
        )
        for row in counted
    }
    for quota in Quota.objects.filter(programme=facts.programme):
        owner = owners.setdefault(quota.division_id, _Owner())
        owner.base, owner.extra = quota.base, quota.extra
    granted = QuotaException.objects.filter(
        programme=facts.programme, granted_on__lte=facts.view.as_of
    )
    for exception in granted:
        owners.setdefault(exception.division_id, _Owner()).granted += exception.places
    return owners


def _breaking(facts: Facts, over: list[int]) -> dict[int, list[RecordRef]]:
    if not over:
        return {}
    rows = (
        platform_rows(facts.view)
        .filter(in_state=True, sub_area=False, division_id__in=over)
        .order_by("division_id", "pk")
        .values_list("pk", "retention__listed_name", "name", "division_id")
    )
    found: dict[int, dict[int, RecordRef]] = {}
    why = _("kept by an owner over its quota, and not designated a sub-area")
    for pk, listed, name, division_id in rows[:BREAKING_LIMIT]:
        ref = RecordRef("platform", pk, listed or name, division_id, why)
        found.setdefault(division_id, {})[pk] = ref
    return {division_id: list(refs.values()) for division_id, refs in found.items()}


def _one(facts: Facts, scope: Scope, owner: _Owner, refs: list[RecordRef]) -> Finding:
    limit = owner.limit
    margin = limit - owner.kept if limit is not None else None
    if margin is None:
        status = Status.UNKNOWN
    elif margin < 0:
        status = Status.NOT_MET
    else:
        status = Status.UNKNOWN if margin < owner.undecided else Status.MET
    return facts.finding(
        "R04",
        scope=scope,
        status=status,
        actual=Ratio(owner.kept),
        limit=Ratio(limit),
        margin=margin,
        message=_sentence(scope, owner, status, refs),
        unit=PLATFORMS.unit,
        counts=PLATFORMS.name,
        counted=owner.kept,
        placeholders=owner.placeholders > 0,
        formula=_formula(owner),
        breaking=tuple(refs),
        breaking_total=owner.kept if owner.excess else 0,
    )


def _formula(owner: _Owner) -> StrOrPromise:
    if owner.limit is None:
        return ""
    sign = "≤" if owner.kept <= owner.limit else ">"
    parts = [str(owner.base)] + [f"{part}" for part in (owner.extra, owner.granted) if part]
    return f"{owner.kept} {sign} {owner.limit} = {' + '.join(parts)}"


def _sentence(scope: Scope, owner: _Owner, status: Status, refs: list[RecordRef]) -> StrOrPromise:
    values = {
        "owner": scope.label,
        "kept": owner.kept,
        "limit": owner.limit,
        "over": owner.excess,
        "granted": owner.granted,
        "undecided": owner.undecided,
        "names": names_of(refs, owner.kept),
    }
    if owner.limit is None:
        return text(_("{owner} keeps {kept} and has no quota."), **values)
    if status == Status.NOT_MET:
        return text(_("{owner} keeps {kept} of {limit}, {over} over its quota: {names}."), **values)
    if status == Status.UNKNOWN:
        return text(_("{owner} keeps {kept} of {limit}; {undecided} are not decided."), **values)
    if owner.granted:
        return text(
            _("{owner} keeps {kept} of {limit}, with {granted} granted as an exception."), **values
        )
    return text(_("{owner} keeps {kept} of {limit}."), **values)


def _city(facts: Facts, owners: dict[int, _Owner], breaking: dict[int, list[RecordRef]]) -> Finding:
    excess = sum(owner.excess for owner in owners.values())
    unknown = sum(1 for owner in owners.values() if owner.limit is None and owner.kept)
    doubtful = any(
        owner.limit is not None and owner.kept + owner.undecided > owner.limit
        for owner in owners.values()
    )
    status = Status.UNKNOWN if unknown or doubtful else Status.MET
    if excess:
        status = Status.NOT_MET
    over = [scope.label for scope in facts.owners if owners.get(scope.division.pk, _Owner()).excess]
    return facts.finding(
        "R04",
        status=status,
        actual=Ratio(excess),
        limit=Ratio(0),
        margin=-excess if status != Status.UNKNOWN else None,
        message=_city_sentence(facts, owners, status, excess, over),
        unit=PLATFORMS.unit,
        counts=PLATFORMS.name,
        counted=sum(owner.kept for owner in owners.values()),
        placeholders=any(owner.placeholders for owner in owners.values()),
        formula=" + ".join(str(owner.excess) for owner in owners.values() if owner.excess) or "0",
        breaking=tuple(ref for refs in breaking.values() for ref in refs),
        breaking_total=sum(owner.kept for owner in owners.values() if owner.excess),
    )


def _city_sentence(
    facts: Facts, owners: dict[int, _Owner], status: Status, excess: int, over: list[StrOrPromise]
) -> StrOrPromise:
    if status == Status.MET:
        return _("Every owner keeps to its quota.")
    if status == Status.UNKNOWN:
        return _("No owner is over its quota yet, but a quota or a decision is missing.")
    values: dict[str, object] = {"excess": excess, "owners": _joined(over)}
    line = facts.target("R05", "sub_areas_max")
    if line is None or line.numerator is None:
        return text(_("{owners} are over their quota by {excess} in all."), **values)
    open_places = line.numerator - sum(owner.sub_areas for owner in owners.values())
    values["open"] = max(0, open_places)
    if excess == open_places:
        return text(
            _(
                "{owners} are over their quota by {excess} in all: exactly the {open} sub-areas that"
                " the programme allows and that have not been designated."
            ),
            **values,
        )
    return text(
        _(
            "{owners} are over their quota by {excess} in all; {open} sub-areas may still be"
            " designated."
        ),
        **values,
    )


def _joined(labels: list[StrOrPromise]) -> StrOrPromise:
    if not labels:
        return ""
    return text(
        "、".join(f"{{n{i}}}" for i in range(len(labels))),
        **{f"n{i}": label for i, label in enumerate(labels)},
    )


RULE = register(
    Rule(
        "R04",
        _("Quota of each owner"),
        _(
            "Platforms that an owner keeps, without designated sub-areas, against its quota and what the"
            " commission granted beyond it. For the city: the sum of what is over."
        ),
        answer,
    )
)

"""S02: platforms or plates go while their management bodies stay (摘牌不撤机构)."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consolidation.models import Disposition
from consolidation.selectors.state import State, body_rows, plate_rows, platform_rows
from platforms_portal.access import Right
from signals.kinds.base import Kind, Record, count, register, signal
from signals.kinds.facts import IN_PLAN_AND_FACT
from zones.models import BodyPlatform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from consolidation.selectors.state import StateView
    from signals.kinds.base import Signal
    from signals.kinds.facts import Facts

CODE = "S02"


def find(facts: Facts) -> Iterable[Signal]:
    """Yield a signal for each owner, as planned and in fact.

    What is so as planned is not told again in fact: there, what the plan does not let stay is.
    """
    told: set[int] = set()
    for state in IN_PLAN_AND_FACT:
        yield from _bodies_left(facts, state, told)
    owners: set[int] = set()
    for state in IN_PLAN_AND_FACT:
        yield from _plates_alone(facts, state, owners)


def _bodies_left(facts: Facts, state: State, told: set[int]) -> Iterable[Signal]:
    view = facts.views[state]
    rows = [row for row in _left(facts, view) if row["pk"] not in told]
    told |= {row["pk"] for row in rows}
    remits = _gone_platforms([row["pk"] for row in rows], view)
    by_owner: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_owner.setdefault(row["division_id"], []).append(row)
    for owner, found in by_owner.items():
        if len(found) < facts.number(CODE, "bodies_min"):
            continue
        days = [day for row in found for _name, day in remits[row["pk"]] if day is not None]
        yield signal(
            CODE,
            f"bodies_{state.value}",
            owner,
            figures=_figures(facts, state, owner) | {"left": len(found)},
            records=[_body(row, remits[row["pk"]]) for row in found],
            right=Right.VIEW_BODIES,
            since=_since(facts, state, owner, days),
            placeholders=any(row["rests_on_placeholder"] for row in found),
        )


def _left(facts: Facts, view: StateView) -> list[dict[str, Any]]:
    """Return the bodies in being of which every platform has gone, but those that took one over."""
    gone_by = view
    if view.state == State.ACTUAL:
        wait = datetime.timedelta(days=facts.number(CODE, "wait_days"))
        gone_by = replace(view, as_of=view.as_of - wait)
    gone = platform_rows(gone_by).filter(in_baseline=True, in_state=False).order_by().values("pk")
    remits = BodyPlatform.objects.filter(body=OuterRef("pk"))
    rows = list(
        body_rows(view)
        .filter(in_baseline=True, in_state=True)
        .filter(
            Exists(remits.filter(platform__in=gone)), ~Exists(remits.filter(~Q(platform__in=gone)))
        )
        .order_by("pk")
        .values("pk", "name", "division_id", "decided_serves", "rests_on_placeholder")
        .distinct()
    )
    takers = _takers(view, {row["decided_serves"] for row in rows} - {None})
    return [row for row in rows if takers.get(row["decided_serves"]) != {row["pk"]}]


def _takers(view: StateView, platforms: set[int]) -> dict[int, set[int]]:
    """Return, by platform, the bodies in being that manage it or are to serve it."""
    alive = body_rows(view).filter(in_state=True).order_by()
    found: dict[int, set[int]] = {}
    for platform, body in alive.filter(decided_serves__in=platforms).values_list(
        "decided_serves", "pk"
    ):
        found.setdefault(platform, set()).add(body)
    for platform, body in BodyPlatform.objects.filter(
        platform__in=platforms, body__in=alive.values("pk")
    ).values_list("platform_id", "body_id"):
        found.setdefault(platform, set()).add(body)
    return found


def _gone_platforms(
    bodies: list[int], view: StateView
) -> dict[int, list[tuple[str, datetime.date | None]]]:
    """Return the name of each platform of these bodies, and the day on which it was confirmed gone."""
    days = dict(
        Disposition.objects.filter(
            plan_id__in=view.plan_ids, platform__remits__body__in=bodies
        ).values_list("platform_id", "confirmed_on")
    )
    found: dict[int, list[tuple[str, datetime.date | None]]] = {body: [] for body in bodies}
    for body, platform, name in (
        BodyPlatform.objects.filter(body__in=bodies)
        .order_by("platform__code")
        .values_list("body_id", "platform_id", "platform__name")
    ):
        found[body].append((name, days.get(platform)))
    return found


def _body(row: Mapping[str, Any], remits: list[tuple[str, datetime.date | None]]) -> Record:
    names = [name for name, _day in remits]
    return Record(
        "body", row["pk"], row["name"], "left", {"n": len(names), "names": "、".join(names[:3])}
    )


def _figures(facts: Facts, state: State, owner: int) -> dict[str, int | str]:
    figures: dict[str, int | str] = {}
    for name in ("platforms", "plates", "bodies"):
        tally = facts.tally(state, name).get(owner)
        figures[f"{name}_before"] = tally.baseline if tally else 0
        figures[f"{name}_after"] = tally.in_state if tally else 0
    return figures


def _since(
    facts: Facts, state: State, owner: int, days: list[datetime.date]
) -> datetime.date | None:
    if state == State.ACTUAL:
        return min(days, default=None)
    plan = facts.plans.get(owner)
    return plan.submitted_on if plan else None


def _plates_alone(facts: Facts, state: State, told: set[int]) -> Iterable[Signal]:
    """Yield the owners that drop plates, cut no body, and keep more bodies than platforms."""
    owners = []
    for owner in set(facts.owners) - told:
        plates = facts.tally(state, "plates").get(owner)
        bodies = facts.tally(state, "bodies").get(owner)
        platforms = facts.tally(state, "platforms").get(owner)
        if plates is None or bodies is None or platforms is None:
            continue
        falls = plates.cut >= facts.number(CODE, "plates_min") > 0
        if falls and bodies.cut <= 0 and bodies.in_state > platforms.in_state:
            owners.append(owner)
    told |= set(owners)
    dropped = (
        plate_rows(facts.views[state])
        .filter(division_id__in=owners, in_state=False)
        .order_by("pk")
        .values("pk", "title", "division_id", "rests_on_placeholder")
        .distinct()
        if owners
        else []
    )
    for owner in owners:
        rows = [row for row in dropped if row["division_id"] == owner]
        yield signal(
            CODE,
            f"plates_{state.value}",
            owner,
            figures=_figures(facts, state, owner),
            records=[Record("plate", row["pk"], row["title"], "dropped") for row in rows],
            right=Right.VIEW_BODIES,
            since=_since(facts, state, owner, []),
            placeholders=any(row["rests_on_placeholder"] for row in rows),
        )


_LEFT = _(
    "{owner}: management bodies that stay although every platform that they manage goes: {left};"
    " platforms {platforms_before} → {platforms_after}, bodies {bodies_before} → {bodies_after}."
)
_LEFT_IN_FACT = _(
    "{owner}: management bodies still in being although every platform that they manage was"
    " confirmed gone some time ago: {left}; platforms {platforms_before} → {platforms_after}, bodies"
    " {bodies_before} → {bodies_after}."
)
_PLATES = _(
    "{owner}: plates {plates_before} → {plates_after} while no management body is cut"
    " ({bodies_before} → {bodies_after}) and more of them stay than platforms ({platforms_after})."
)

KIND = register(
    Kind(
        CODE,
        _("Plates cut, bodies stay"),
        _(
            "Platforms or plates of an owner go, and the management bodies behind them stay: as"
            " planned, or in fact some time after the platforms were confirmed gone."
        ),
        _(
            "Bodies in the state of which every platform managed at the baseline has gone, without"
            " those that alone serve a retained platform; or plates cut while bodies are not, with"
            " more bodies than platforms left."
        ),
        {
            "bodies_planned": _LEFT,
            "bodies_actual": _LEFT_IN_FACT,
            "plates_planned": _PLATES,
            "plates_actual": _PLATES,
        },
        {
            "left": _("Bodies that stay"),
            "platforms_before": _("Platforms at the baseline"),
            "platforms_after": _("Platforms in the state"),
            "plates_before": _("Plates at the baseline"),
            "plates_after": _("Plates in the state"),
            "bodies_before": _("Bodies at the baseline"),
            "bodies_after": _("Bodies in the state"),
        },
        (
            _("The body takes over the management of a retained platform or has other duties."),
            _(
                "The body is being wound up: assets, staff and archives are still to be handed over."
            ),
            _("The approval of its abolition is pending with the department for bodies and posts."),
        ),
        find,
        {
            "left": _("stays; its platforms ({n}) go: {names}"),
            "dropped": _("the plate is dropped"),
        },
        (
            count("bodies_min", 1, _("bodies that stay, at least")),
            count("plates_min", 1, _("plates cut, at least; 0: not looked at")),
            count("wait_days", 90, _("days after which a body should have followed its platforms")),
        ),
    )
)

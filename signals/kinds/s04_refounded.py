"""S04: a body is abolished, and a similar one is founded (撤旧设新、翻牌)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from consolidation.models import BodyDisposition
from consolidation.selectors.state import State, body_rows
from platforms_portal.access import Right
from signals.kinds.base import Kind, Record, count, register, share, signal
from signals.kinds.facts import IN_PLAN_AND_FACT
from signals.kinds.likeness import most_alike
from zones.models import BodyPlatform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signals.kinds.base import Signal
    from signals.kinds.facts import Facts

    Row = Mapping[str, Any]

CODE = "S04"
ORGANISATION = slice(8, 17)
"""Where a unified social credit code holds the code of the organisation (GB 32100, GB 11714)."""


def find(facts: Facts) -> Iterable[Signal]:
    """Yield a signal for each founded body that is like an abolished one of the same owner.

    What is carried out is told once, as a fact: the same pair as planned is left out then.
    """
    told: set[int] = set()
    for state in reversed(IN_PLAN_AND_FACT):
        rows = _rows(facts, state)
        founded = [row for row in rows if row["fate"] == BodyDisposition.Fate.FOUND]
        managed = _managed(founded)
        for owner in sorted({row["division_id"] for row in founded}):
            own = [row for row in rows if row["division_id"] == owner]
            for row, records in _pairs(facts, own, managed, in_fact=state == State.ACTUAL):
                if row["pk"] not in told:
                    told.add(row["pk"])
                    yield _signal(facts, state, row, records)


def _rows(facts: Facts, state: State) -> list[Row]:
    """Return what was founded in the state, and what was abolished by the same owners."""
    columns = (
        "pk", "name", "uscc", "division_id", "fate", "decided_serves", "disposition__confirmed_on",
        "rests_on_placeholder",
    )  # fmt: skip
    rows = body_rows(facts.views[state]).order_by("pk")
    founded = list(rows.filter(in_baseline=False, in_state=True).values(*columns))
    if not founded:
        return []
    owners = {row["division_id"] for row in founded}
    gone = rows.filter(in_baseline=True, in_state=False, division_id__in=owners)
    return [*founded, *gone.values(*columns)]


def _managed(founded: list[Row]) -> dict[int, set[int]]:
    """Return, by platform that a founded body serves, the bodies that managed it at the baseline."""
    platforms = {row["decided_serves"] for row in founded} - {None}
    found: dict[int, set[int]] = {}
    if platforms:
        for platform, body in BodyPlatform.objects.filter(platform__in=platforms).values_list(
            "platform_id", "body_id"
        ):
            found.setdefault(platform, set()).add(body)
    return found


def _pairs(
    facts: Facts, rows: list[Row], managed: Mapping[int, set[int]], *, in_fact: bool
) -> Iterable[tuple[Row, list[Record]]]:
    """Yield each founded body of one owner with the abolished ones that it is like, and why."""
    founded = {row["pk"]: row for row in rows if row["fate"] == BodyDisposition.Fate.FOUND}
    gone = {row["pk"]: row for row in rows if row["pk"] not in founded}
    alike = most_alike(
        {pk: row["name"] for pk, row in founded.items()},
        [(pk, row["name"]) for pk, row in gone.items()],
        facts.threshold(CODE, "name_share"),
    )
    by_code: dict[str, list[int]] = {}
    for pk, row in gone.items():
        if row["uscc"]:
            by_code.setdefault(row["uscc"][ORGANISATION], []).append(pk)
    for pk, row in founded.items():
        why: dict[int, tuple[str, dict[str, int | str]]] = {
            other: ("platform", {})
            for other in managed.get(row["decided_serves"], set()) & set(gone)
        }
        why |= {a.key: ("name", {"common": a.common, "of": a.of}) for a in alike[pk]}
        if row["uscc"]:
            why |= {other: ("code", {}) for other in by_code.get(row["uscc"][ORGANISATION], ())}
        records = [
            Record("body", other, gone[other]["name"], note, values)
            for other, (note, values) in why.items()
            if not in_fact or _within(facts, row, gone[other])
        ]
        if records:
            yield row, records


def _within(facts: Facts, founded: Row, gone: Row) -> bool:
    one, other = founded["disposition__confirmed_on"], gone["disposition__confirmed_on"]
    if one is None or other is None:
        return True
    return bool(abs((one - other).days) <= facts.number(CODE, "window_days"))


def _signal(facts: Facts, state: State, row: Row, records: list[Record]) -> Signal:
    owner = row["division_id"]
    bodies = facts.tally(state, "bodies").get(owner)
    plan = facts.plans.get(owner)
    planned = plan.submitted_on if plan else None
    return signal(
        CODE,
        state.value,
        owner,
        subject=row["pk"],
        figures={"founded": row["name"], "alike": len(records)},
        basis={
            "bodies_before": bodies.baseline if bodies else 0,
            "bodies_after": bodies.in_state if bodies else 0,
        },
        records=[Record("body", row["pk"], row["name"], "founded"), *records],
        right=Right.VIEW_BODIES,
        since=row["disposition__confirmed_on"] if state == State.ACTUAL else planned,
        placeholders=bool(row["rests_on_placeholder"]),
    )


KIND = register(
    Kind(
        CODE,
        _("A body abolished, a similar one founded"),
        _(
            "An owner founds a management body that is like one it abolishes: a similar name, the"
            " same organisation in the unified social credit code, or the same platform."
        ),
        _(
            "Likeness of names: twice the pairs of neighbouring characters in common over the pairs"
            " of both, without the common words such as 管理委员会. Abolished and founded bodies of"
            " the same owner only; in fact, confirmed within the window of days."
        ),
        {
            "planned": _(
                "{owner} is to found “{founded}”; bodies to be abolished that are like it: {alike}."
                " Bodies of the owner {bodies_before} → {bodies_after}."
            ),
            "actual": _(
                "{owner} has founded “{founded}”; abolished bodies that are like it: {alike}. Bodies"
                " of the owner {bodies_before} → {bodies_after}."
            ),
        },
        {
            "founded": _("Founded"),
            "alike": _("Abolished bodies like it"),
            "bodies_before": _("Bodies of the owner at the baseline"),
            "bodies_after": _("Bodies of the owner in the state"),
        },
        (
            _("Several bodies are merged into the new one, so that their number falls."),
            _("The retained platform is approved under a new name, and so is its body."),
            _("Rank or nature of the body changes, which its approval treats as a new founding."),
        ),
        find,
        {
            "founded": _("founded"),
            "name": _("abolished; similar name ({common}/{of} pairs of characters)"),
            "code": _("abolished; same organisation in the unified social credit code"),
            "platform": _("abolished; managed the platform that the new body serves"),
        },
        (
            share("name_share", 70, _("likeness of names, at least")),
            count("window_days", 365, _("days between founding and abolition, at most")),
        ),
    )
)

"""Where the baseline platforms go: owner → disposition → what they continue in.

Each platform of the baseline is in exactly one flow, so that the flows add up to the baseline.
However many platforms there are, the picture has a bounded number of nodes: the largest results
are shown, the rest is one node, and where there are many owners they are one as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from django.db.models import Count, Q

from consolidation.models import RetainedPlatform
from consolidation.selectors.ledger import platforms_visible_to
from consolidation.selectors.narrowing import Counted, counted_q
from consolidation.selectors.outcome import NOWHERE, Outcome, with_outcome
from zones.models import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.selectors.state import StateView
    from dashboards.selectors.keeping import Kept
    from platforms_portal.access import Scope
    from zones.models import Division

Key = TypeVar("Key", int, str)

OWNERS_SHOWN = 40
"""More owners than this are drawn as one node."""

RESULTS_SHOWN = 24
"""So many platforms that others continue in are drawn by name, the largest first."""

KINDS_SHOWN = 8
"""So many kinds that platforms are transformed into are drawn by name, the most frequent first."""

REST = "rest"


class Result(NamedTuple):
    """Where a flow ends: a platform, a kind, all others of a sort, or nothing that is named.

    ``sort`` is ``platform``, ``kind`` or empty (the disposition itself is the end); ``key`` is the
    platform's code, the kind, ``REST`` or ``NOWHERE``; ``besides`` are the keys that ``REST`` is not.
    """

    sort: str
    key: str
    label: str
    besides: tuple[str, ...] = ()

    @property
    def asked(self) -> dict[str, str]:
        """The parameters that narrow the list of platforms to those that end here."""
        if not self.sort:
            return {}
        if self.key == REST:
            name = "other_results" if self.sort == "platform" else "other_kinds"
            return {name: "|".join(self.besides)}
        return {"result" if self.sort == "platform" else "becomes": self.key}


@dataclass(frozen=True)
class Flow:
    """How many platforms of an owner (``None``: of all) go the same way."""

    owner: Division | None
    outcome: Outcome
    result: Result
    number: int
    placeholders: int

    @property
    def asked(self) -> dict[str, str]:
        """The parameters with which the list of platforms shows exactly these."""
        asked = {"counted": Counted.BASELINE.value, "outcome": self.outcome.value}
        if self.owner is not None:
            asked["division"] = self.owner.code
        return asked | self.result.asked


class _Counted(NamedTuple):
    division_id: int
    outcome: Outcome
    result_pk: int | None
    becomes: str
    number: int
    placeholders: int

    @property
    def sort(self) -> str:
        if self.outcome in (Outcome.MERGE, Outcome.UPGRADE, Outcome.KEPT):
            return "platform"
        return "kind" if self.outcome == Outcome.TRANSFORM else ""


def flows_of(view: StateView, scope: Scope, owners: Iterable[Division], keep: Kept) -> list[Flow]:
    """Return the flows of ``view`` in ``scope``; they sum up to its baseline there."""
    by_pk = {owner.pk: owner for owner in owners}
    found = keep.get(
        view,
        ("flows", scope.division_id, scope.nothing),
        lambda: [
            [owner, outcome.value, list(result), *numbers]
            for (owner, outcome, result), numbers in _sums(view, scope).items()
        ],
    )
    flows = [
        Flow(by_pk.get(owner), Outcome(outcome), _read(result), *numbers)
        for owner, outcome, result, *numbers in found
    ]
    places, order = list(by_pk), list(Outcome)
    return sorted(
        flows,
        key=lambda flow: (
            places.index(flow.owner.pk) if flow.owner else 0,
            order.index(flow.outcome),
            flow.result.key == REST,
            -flow.number,
            flow.result.key,
        ),
    )


def _read(kept: list[Any]) -> Result:
    sort, key, label, besides = kept
    return Result(sort, key, label, tuple(besides))


def _sums(view: StateView, scope: Scope) -> dict[tuple[int, Outcome, Result], tuple[int, int]]:
    """Return how many platforms go each way, and how many of them are placeholders."""
    counted = _counted(view, scope)
    platforms = _largest(
        ((row.result_pk, row.number) for row in counted if row.result_pk), RESULTS_SHOWN
    )
    kinds = _largest(((row.becomes, row.number) for row in counted if row.becomes), KINDS_SHOWN)
    listed = dict(
        RetainedPlatform.objects.filter(programme=view.programme, platform__in=platforms)
        .exclude(listed_name="")
        .values_list("platform", "listed_name")
    )
    named = {
        pk: Result("platform", code, listed.get(pk, name))
        for pk, code, name in Platform.objects.filter(pk__in=platforms).values_list(
            "pk", "code", "name"
        )
    }
    besides = {
        "platform": tuple(named[pk].key for pk in platforms),
        "kind": tuple(kinds),
    }
    in_one = len({row.division_id for row in counted}) > OWNERS_SHOWN
    sums: dict[tuple[int, Outcome, Result], tuple[int, int]] = {}
    for row in counted:
        key = (0 if in_one else row.division_id, row.outcome, _result(row, named, besides))
        number, placeholders = sums.get(key, (0, 0))
        sums[key] = number + row.number, placeholders + row.placeholders
    return sums


def _counted(view: StateView, scope: Scope) -> list[_Counted]:
    rows = platforms_visible_to(scope, view, counted_q(Counted.BASELINE))
    grouped = (
        with_outcome(rows, view)
        .order_by()
        .values("division_id", "outcome", "result_pk", "becomes")
        .annotate(
            n=Count("pk", distinct=True),
            standing_in=Count("pk", distinct=True, filter=Q(rests_on_placeholder=True)),
        )
    )
    return [
        _Counted(
            row["division_id"],
            Outcome(row["outcome"]),
            row["result_pk"],
            row["becomes"] or "",
            row["n"],
            row["standing_in"],
        )
        for row in grouped
    ]


def _largest(numbers: Iterable[tuple[Key, int]], shown: int) -> list[Key]:
    sums: dict[Key, int] = {}
    for key, number in numbers:
        sums[key] = sums.get(key, 0) + number
    return sorted(sums, key=lambda key: (-sums[key], str(key)))[:shown]


def _result(row: _Counted, named: dict[int, Result], besides: dict[str, tuple[str, ...]]) -> Result:
    if row.sort == "platform":
        if row.result_pk is None:
            return Result("platform", NOWHERE, "")
        return named.get(row.result_pk) or Result("platform", REST, "", besides["platform"])
    if row.sort == "kind":
        if not row.becomes:
            return Result("kind", NOWHERE, "")
        if row.becomes in besides["kind"]:
            return Result("kind", row.becomes, row.becomes)
        return Result("kind", REST, "", besides["kind"])
    return Result("", "", "")

"""Properties of the rules that hold for any programme, tried on many small ones."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from consolidation.checks.base import Ratio, Status, at_least, least_for, percent
from consolidation.checks.run import report, run_checks
from consolidation.models import BodyDisposition, Disposition, MergePlan
from consolidation.selectors.counts import COUNTERS, by_owner, tallies, total
from consolidation.selectors.state import State, state_view
from tests import factories as make
from tests.checks.helpers import ask, broken_names
from zones.models import Platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from consolidation.models import Programme

pytestmark = pytest.mark.django_db
Kind = Disposition.Kind
FATES = st.sampled_from([*BodyDisposition.Fate.values[:2], None])
KINDS = st.sampled_from([*Kind.values, None])


def fresh(example: Callable[[], None]) -> None:
    """Run one example and leave nothing behind for the next."""
    with transaction.atomic():
        example()
        transaction.set_rollback(True)


def _city_of(fates: list[list[str | None]]) -> Programme:
    """A city with a division per list, and a body with three people per fate in it."""
    programme = make.make_programme()
    for own in fates:
        division = make.make_division(programme)
        plan = make.make_plan(programme, division)
        for fate in own:
            body = make.make_body(programme, division)
            make.count_heads(body, 1, 1, 1)
            if fate:
                make.dispose_body(plan, body, fate)
                if fate == "keep":
                    make.plan_heads(plan, body, 1, 1, 1)
    return programme


@given(
    numerator=st.integers(1, 100),
    baseline=st.integers(1, 10**6),
    data=st.data(),
)
def test_a_share_reached_is_shown_reached_and_one_missed_is_shown_missed(
    numerator: int, baseline: int, data: st.DataObject
) -> None:
    limit = Ratio(numerator, 100)
    cut = data.draw(st.integers(0, baseline))
    shown = float(percent(cut, baseline, limit).rstrip("%"))  # only to compare what is shown
    assert at_least(limit, cut, baseline) == (shown >= numerator)
    assert at_least(limit, cut, baseline) == (cut >= least_for(limit, baseline))


@settings(max_examples=15)
@given(fates=st.lists(FATES, min_size=1, max_size=5))
def test_one_more_abolished_body_never_makes_the_cut_worse(fates: list[str | None]) -> None:
    def example() -> None:
        programme = _city_of([fates])
        rank = [Status.NOT_MET, Status.UNKNOWN, Status.MET]
        before = ask(programme, "R02")
        plan = MergePlan.objects.get(programme=programme)
        body = make.make_body(programme, plan.division)
        make.dispose_body(plan, body, BodyDisposition.Fate.ABOLISH)
        after = ask(programme, "R02")
        assert rank.index(after.status) >= rank.index(before.status)
        assert (after.actual.numerator or 0) == (before.actual.numerator or 0) + 1

    fresh(example)


@settings(max_examples=12)
@given(
    fates=st.lists(FATES, min_size=1, max_size=8),
    cuts=st.lists(st.integers(0, 8), max_size=3),
)
@pytest.mark.parametrize("state", State.values)
def test_any_split_by_division_sums_to_the_whole(
    state: str, fates: list[str | None], cuts: list[int]
) -> None:
    def example() -> None:
        edges = [0, *sorted(min(cut, len(fates)) for cut in cuts), len(fates)]
        parts = [fates[a:b] for a, b in zip(edges, edges[1:], strict=False)]
        split, whole = _city_of(parts), _city_of([fates])
        for count in COUNTERS:
            counted = tallies(state_view(split, state), count)
            together = total(tallies(state_view(whole, state), count))
            assert sum(by_owner(counted).values(), type(together)()) == together
        for rule in ("R02", "R03"):
            assert (ask(split, rule, state=state).status, ask(split, rule, state=state).actual) == (
                ask(whole, rule, state=state).status,
                ask(whole, rule, state=state).actual,
            )

    fresh(example)


@settings(max_examples=20)
@given(
    decisions=st.lists(
        st.tuples(KINDS, st.one_of(st.none(), st.integers(0, 5)), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
def test_chains_circles_doubles_and_gaps_are_always_found(
    decisions: list[tuple[str | None, int | None, bool]],
) -> None:
    """Compare R06 with a walk over the same dispositions in plain Python."""

    def example() -> None:
        programme = make.make_programme()
        division, other = (make.make_division(programme) for _ in range(2))
        plan, second = (make.make_plan(programme, d) for d in (division, other))
        platforms = [make.make_platform(programme, division) for _ in decisions]
        made: dict[int, tuple[str, Platform | None]] = {}
        doubled: set[str] = set()
        for i, (kind, aim, twice) in enumerate(decisions):
            if kind is None:
                continue
            target = None
            if kind == Kind.MERGE and aim is not None and aim % len(platforms) != i:
                target = platforms[aim % len(platforms)]
            if kind == Kind.UPGRADE:
                make.make_retained(programme, platforms[i])
            make.dispose(plan, platforms[i], kind, target=target)
            made[platforms[i].pk] = (kind, target)
            if twice:
                make.dispose(second, platforms[i], Kind.ABOLISH)
                doubled.add(platforms[i].name)
        expected = set(doubled)
        for platform in platforms:
            kind, target = made.get(platform.pk, ("", None))
            ends = {"": False, Kind.MERGE: target is not None and made.get(target.pk, ("",))[0]
                    == Kind.UPGRADE and target.name not in doubled}.get(kind, True)  # fmt: skip
            if not ends:
                expected.add(platform.name)
        assert broken_names(ask(programme, "R06")) == expected

    fresh(example)


@settings(max_examples=8)
@given(seed=st.integers(0, 10**6), fates=st.lists(FATES, min_size=2, max_size=6))
def test_the_order_of_input_never_matters(seed: int, fates: list[str | None]) -> None:
    def example() -> None:
        shuffled = list(fates)
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, not a secret
        answers = []
        for order in (fates, shuffled):
            programme = _city_of([order])
            view = state_view(programme, State.PLANNED)
            answers.append(_without_names(report(view, run_checks(view))))
        assert answers[0] == answers[1]

    fresh(example)


def _without_names(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What the findings say, without keys and names, which differ from city to city."""
    return [
        (
            finding["rule"],
            finding["aspect"],
            finding["scope"]["kind"],
            finding["status"],
            tuple(finding["actual"].items()),
            finding["margin"],
            finding["counted"],
            finding["breaking_total"],
        )
        for finding in answer["findings"]
    ]

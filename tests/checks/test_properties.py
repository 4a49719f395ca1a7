"""Properties of the rules that hold for any programme, tried on many small ones."""

from __future__ import annotations

import itertools
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
        parts = [fates[a:b] for a, b in itertools.pairwise(edges)]
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
    decisions: Decisions,
) -> None:
    """Compare R06 with a walk over the same dispositions in plain Python."""
    fresh(lambda: _compare_with_a_walk(decisions))


Decisions = list[tuple[str | None, int | None, bool]]


def _compare_with_a_walk(decisions: Decisions) -> None:
    programme = make.make_programme()
    division, other = (make.make_division(programme) for _ in range(2))
    plan, second = (make.make_plan(programme, d) for d in (division, other))
    platforms = [make.make_platform(programme, division) for _ in decisions]
    for platform, (kind, aim, twice) in zip(platforms, decisions, strict=True):
        if kind is None:
            continue
        if kind == Kind.UPGRADE:
            make.make_retained(programme, platform)
        aimed = platforms[aim % len(platforms)] if aim is not None else None
        target = aimed if kind == Kind.MERGE and aimed != platform else None
        make.dispose(plan, platform, kind, target=target)
        if twice:
            make.dispose(second, platform, Kind.ABOLISH)
    expected = {
        platform.name
        for i, platform in enumerate(platforms)
        if not _is_in_order(i, decisions) or (decisions[i][2] and decisions[i][0])
    }
    assert broken_names(ask(programme, "R06")) == expected


def _is_in_order(i: int, decisions: Decisions) -> bool:
    """Whether the decision on number ``i`` is made and, if it is a merge, leads to one that stays."""
    kind, aim, _ = decisions[i]
    if kind is None:
        return False
    if kind != Kind.MERGE:
        return True
    if aim is None or aim % len(decisions) == i:
        return False
    aimed_kind, _, aimed_twice = decisions[aim % len(decisions)]
    return aimed_kind == Kind.UPGRADE and not aimed_twice


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

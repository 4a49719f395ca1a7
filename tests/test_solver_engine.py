"""The solver's search: known optima, known conflicts, and every answer of tiny cities by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.engine.model import Key
from solver.engine.proposal import Change, Proposal, Subject
from solver.engine.search import AIMS, Answer, Search, Status
from solver.engine.situation import (
    Body,
    Cut,
    Limits,
    Mode,
    Owner,
    Plate,
    Platform,
    Situation,
    Wishes,
)

NO_BODIES = tuple(rule for rule in Wishes().rules if rule not in {"R02", "R03", "R09", "R10"})
CITY, A, B, C = 1, 2, 3, 4


def owner(pk: int, quota: int | None = 1, near: tuple[int, ...] = (), **fields: Any) -> Owner:
    return Owner(pk, f"区{pk}", quota, tuple(sorted({pk, *near})), **fields)


def situation(
    owners: list[Owner], platforms: list[Platform], limits: Limits | None = None, **fields: Any
) -> Situation:
    wishes = fields.pop("wishes", Wishes(rules=NO_BODIES, transform_into="特色小镇"))
    return Situation(
        tuple(owners), tuple(platforms), limits=limits or Limits(), wishes=wishes, **fields
    )


def kept(pk: int, owner_pk: int, **fields: Any) -> Platform:
    return Platform(pk, owner_pk, kind="upgrade", retained=True, **fields)


def solve(case: Situation) -> Answer:
    return Search(case, seconds=30).run()


def changes(case: Situation, answer: Answer | None = None) -> list[Change]:
    answer = answer or solve(case)
    assert answer.status == Status.SOLVED
    assert answer.chosen is not None
    return Proposal(case, answer.chosen).changes()


def only_change(case: Situation) -> Change:
    (change,) = changes(case)
    return change


# --- Known optima ---------------------------------------------------------------------------------


def test_what_keeps_every_rule_is_left_alone() -> None:
    case = situation([owner(A)], [kept(10, A), Platform(11, A, kind="merge", target=10)])
    answer = solve(case)
    assert answer.reached["changes"] == 0
    assert changes(case, answer) == []


def test_a_quota_exceeded_by_one_is_mended_by_one_merge() -> None:
    limits = Limits(sub_areas_max=0)
    case = situation([owner(A)], [kept(10, A, high_level=True), kept(11, A)], limits)
    change = only_change(case)
    assert (change.pk, change.after["kind"], change.after["target"]) == (11, "merge", 10)
    assert (change.why, change.by_commission) == (("R04",), True)


def test_a_free_sub_area_is_preferred_to_a_change_of_the_list() -> None:
    case = situation([owner(A)], [kept(10, A), kept(11, A)], Limits(sub_areas_max=1))
    change = only_change(case)
    assert (change.subject, change.why) == (Subject.SUB_AREA, ("R04",))


def test_an_abolished_national_platform_is_brought_in() -> None:
    case = situation([owner(A)], [kept(10, A), Platform(11, A, level="national", kind="abolish")])
    change = only_change(case)
    assert (change.pk, change.after["kind"], change.after["target"]) == (11, "merge", 10)
    assert change.why == ("R07",)


def test_a_platform_of_unknown_level_is_not_abolished() -> None:
    case = situation([owner(A)], [kept(10, A), Platform(11, A, level="unknown")])
    assert only_change(case).after["kind"] == "merge"


def test_a_circle_of_merges_is_broken_with_as_few_changes_as_there_are_links() -> None:
    circle = [Platform(10 + n, A, kind="merge", target=10 + (n + 1) % 3) for n in range(3)]
    case = situation([owner(A, quota=2)], [*circle, kept(20, A)])
    answer = solve(case)
    # One of them retained would free one link; the two others still lead on to each other.
    assert answer.reached["changes"] == 2
    assert answer.proven["changes"]


def test_a_merge_follows_its_target_off_the_list() -> None:
    limits = Limits(sub_areas_max=0)
    platforms = [kept(10, A), kept(11, A), Platform(12, A, kind="merge", target=11)]
    case = situation([owner(A)], platforms, limits)
    # The one that nothing is merged into goes: one change rather than two.
    assert only_change(case).pk == 10


def test_a_merge_goes_to_a_neighbour_and_not_beyond() -> None:
    owners = [owner(A, 0, (B,)), owner(B, 1, (A, C)), owner(C, 1, (B,))]
    platforms = [Platform(10, A, level="national"), kept(11, B), kept(12, C)]
    case = situation(owners, platforms)
    assert only_change(case).after["target"] == 11


def test_a_far_merge_is_proposed_only_where_it_is_wished_and_wants_a_reason() -> None:
    owners = [owner(A, 0), owner(B)]
    platforms = [Platform(10, A, level="national"), kept(11, B)]
    case = situation(owners, platforms, Limits(sub_areas_max=0))
    assert solve(case).status == Status.INFEASIBLE
    wished = replace(case, wishes=replace(case.wishes, far_with_reason=True))
    change = only_change(wished)
    assert change.after["target"] == 11
    assert change.after["reason_wanted"]


def test_the_ceiling_of_the_city_is_held_beside_the_quotas() -> None:
    owners = [owner(A, 2, (B,)), owner(B, 2, (A,))]
    platforms = [kept(10, A), kept(11, A), kept(12, B), kept(13, B)]
    answer = solve(situation(owners, platforms, Limits(retained_max=3, sub_areas_max=0)))
    assert answer.reached["changes"] == 1
    answer = solve(situation(owners, platforms, Limits(retained_max=9, ceiling=2)))
    assert answer.reached["changes"] == 2


def test_an_unnamed_transformation_is_named() -> None:
    case = situation([owner(A)], [kept(10, A), Platform(11, A, kind="transform", named=False)])
    assert only_change(case).why == ("R13",)


# --- Bodies and plates ----------------------------------------------------------------------------

ALL = Wishes(transform_into="特色小镇")


def test_a_body_left_over_is_abolished_and_a_retained_platform_gets_one() -> None:
    bodies = (
        Body(1, A, fate="keep", serves=10, remits=(10,)),
        Body(2, A, fate="keep", serves=10, remits=(11,)),
    )
    platforms = [kept(10, A), Platform(11, A, kind="merge", target=10)]
    case = situation([owner(A)], platforms, bodies=bodies, wishes=ALL)
    change = only_change(case)
    assert (change.subject, change.after["fate"]) == (Subject.BODY, "abolish")
    assert change.why == ("R09",)
    nobody = only_change(replace(case, bodies=()))
    assert nobody.subject == Subject.FOUNDING


def test_the_sub_area_whose_body_holds_fewer_people_is_chosen() -> None:
    bodies = (
        Body(1, A, fate="keep", serves=10, remits=(10,), before=50),
        Body(2, A, fate="keep", serves=11, remits=(11,), before=20),
    )
    case = situation(
        [owner(A)],
        [kept(10, A), kept(11, A)],
        Limits(sub_areas_max=1),
        bodies=bodies,
        wishes=ALL,
    )
    found = changes(case)
    assert [(c.subject, c.pk) for c in found] == [("sub_area", 11), ("body", 2)]


def test_the_cut_of_bodies_is_exact_at_its_threshold() -> None:
    bodies = tuple(
        Body(n, A, fate="keep" if n == 1 else "", serves=10 if n == 1 else None, remits=(10,))
        for n in range(1, 6)
    )
    limits = Limits(bodies_cut=Cut(60, 100, 5))
    case = situation(
        [owner(A)], [kept(10, A)], limits, bodies=bodies, wishes=Wishes(rules=("R02",))
    )
    assert solve(case).reached["follow"] == 3
    limits = Limits(bodies_cut=Cut(61, 100, 5))
    assert solve(replace(case, limits=limits)).reached["follow"] == 4


def test_people_are_cut_as_far_as_figures_are_known() -> None:
    bodies = tuple(Body(n, A, remits=(10,), before=10) for n in range(1, 5))
    limits = Limits(staff_cut=Cut(30, 100, 40))
    case = situation(
        [owner(A)], [kept(10, A)], limits, bodies=bodies, wishes=Wishes(rules=("R03",))
    )
    assert solve(case).reached["follow"] == 2


def test_a_dropped_national_plate_is_carried_on() -> None:
    plates = (Plate(5, A, 10, fate="drop"), Plate(6, A, 11, level="provincial"))
    platforms = [kept(10, A), Platform(11, A, kind="merge", target=10)]
    case = situation([owner(A)], platforms, plates=plates)
    found = {c.pk: c.after for c in changes(case)}
    assert found[5] == {"fate": "keep", "carrier": 10}
    assert found[6]["fate"] in {"keep", "drop"}


# --- Known conflicts ------------------------------------------------------------------------------


def test_two_national_platforms_without_a_place_name_quota_and_strategic_rule() -> None:
    platforms = [Platform(n, A, level="national") for n in (10, 11)]
    case = situation([owner(A, 0)], platforms, Limits(sub_areas_max=0))
    answer = solve(case)
    assert answer.status == Status.INFEASIBLE
    (conflict,) = answer.conflicts
    assert conflict.minimal
    assert {key.rule for key in conflict.demands} == {"R04", "R05", "R07"}


def test_two_that_must_stay_with_one_place_name_what_is_fixed() -> None:
    platforms = [kept(10, A, pinned=True), kept(11, A, pinned=True)]
    answer = solve(situation([owner(A)], platforms, Limits(sub_areas_max=0)))
    (conflict,) = answer.conflicts
    assert set(conflict.demands) == {Key("R04", A), Key("fixed", A)}


def test_conflicts_of_two_divisions_are_told_apart() -> None:
    platforms = [Platform(10, A, level="national"), Platform(11, B, level="national")]
    answer = solve(situation([owner(A, 0), owner(B, 0)], platforms, Limits(sub_areas_max=0)))
    assert [{key.owner for key in c.demands} - {0} for c in answer.conflicts] == [{A}, {B}]
    answer = solve(situation([owner(A, 0), owner(B, 0)], platforms, Limits(ceiling=0)))
    assert answer.status == Status.INFEASIBLE


def test_each_demand_of_a_conflict_is_needed() -> None:
    platforms = [Platform(n, A, level="national") for n in (10, 11)]
    case = situation([owner(A, 0)], platforms, Limits(sub_areas_max=0))
    rules = set(case.wishes.rules)
    (conflict,) = solve(case).conflicts
    for key in conflict.demands:
        wishes = replace(case.wishes, rules=tuple(sorted(rules - {key.rule})))
        assert solve(replace(case, wishes=wishes)).status == Status.SOLVED


@pytest.mark.parametrize(
    ("mode", "approved", "number"),
    [
        (Mode.EVERYTHING, True, 1),
        (Mode.UNAPPROVED, False, 1),
        (Mode.UNAPPROVED, True, None),
        (Mode.UNDECIDED, False, None),
    ],
)
def test_what_may_change_is_kept_to(mode: str, approved: bool, number: int | None) -> None:
    case = situation(
        [owner(A, approved=approved)],
        [kept(10, A), Platform(11, A, level="national", kind="abolish")],
        wishes=Wishes(rules=NO_BODIES, mode=mode),
    )
    answer = solve(case)
    if number is None:
        assert answer.status == Status.INFEASIBLE
        assert Key("fixed", A) in answer.conflicts[0].demands
    else:
        assert answer.reached["changes"] == number


def test_for_one_division_others_stay_and_their_excess_is_no_fault_of_it() -> None:
    owners = [owner(A, 1, (B,)), owner(B, 1, (A,), in_scope=False)]
    platforms = [kept(10, A), Platform(11, A), kept(12, B), kept(13, B)]
    case = situation(owners, platforms, Limits(retained_max=2))
    assert only_change(case).pk == 11


def test_what_others_are_merged_into_is_not_taken_from_them() -> None:
    owners = [owner(A, 1, (B,)), owner(B, 1, (A,), in_scope=False)]
    platforms = [
        kept(10, A),
        kept(11, A),
        kept(12, B),
        Platform(13, B, kind="merge", target=10),
    ]
    change = only_change(situation(owners, platforms, Limits(sub_areas_max=0)))
    assert change.pk == 11


def test_a_search_that_is_told_to_stop_says_so() -> None:
    platforms = [Platform(n, A) for n in range(10, 40)] + [kept(1, A)]
    case = situation([owner(A)], platforms)
    answer = Search(case, seconds=30, watch=lambda _progress: True).run()
    assert answer.status in {Status.CANCELLED, Status.SOLVED}  # It may be quicker than the word.


# --- Every answer of tiny cities, by an independent judge -----------------------------------------


@st.composite
def tiny_cities(draw: st.DrawFn) -> Situation:
    """Two divisions, up to four platforms, any decisions, tight limits."""
    near = draw(st.booleans())
    owners = [
        owner(A, draw(st.integers(0, 2)), (B,) if near else ()),
        owner(B, draw(st.integers(0, 1)), (A,) if near else ()),
    ]
    number = draw(st.integers(1, 4))
    platforms = []
    for pk in range(1, number + 1):
        kind = draw(st.sampled_from(["", "abolish", "transform", "merge", "upgrade"]))
        target = draw(st.integers(1, number)) if kind == "merge" else None
        retained = draw(st.booleans())
        platforms.append(
            Platform(
                pk,
                draw(st.sampled_from([A, A, B])),
                level=draw(st.sampled_from(["national", "district", "unknown"])),
                kind=kind,
                target=target,
                named=draw(st.booleans()),
                reasoned=draw(st.booleans()),
                retained=retained,
                sub_area=retained and draw(st.booleans()),
            )
        )
    limits = Limits(retained_max=draw(st.integers(0, 3)), sub_areas_max=draw(st.integers(0, 1)))
    return situation(owners, platforms, limits)


Decided = tuple[str, int | None, bool]
"""What becomes of a platform: the kind, the target, and whether it is reasoned and named."""


def worlds(case: Situation) -> Iterator[tuple[int, dict[int, Decided], set[int], set[int]]]:
    """Every way to decide everything, with the number of changes that it takes."""
    keys = [p.pk for p in case.platforms]
    options: list[list[Decided | None]] = [
        [
            None,
            ("abolish", None, True),
            ("transform", None, True),
            ("upgrade", None, True),
            *(("merge", target, False) for target in keys if target != pk),
        ]
        for pk in keys
    ]
    for listed in itertools.product([False, True], repeat=len(keys)):
        for marks in itertools.product([False, True], repeat=len(keys)):
            if any(mark and not on for mark, on in zip(marks, listed, strict=True)):
                continue
            retained = {pk for pk, on in zip(keys, listed, strict=True) if on}
            sub_areas = {pk for pk, on in zip(keys, marks, strict=True) if on}
            for picked in itertools.product(*options):
                cost, decided = 0, {}
                for platform, choice in zip(case.platforms, picked, strict=True):
                    pk = platform.pk
                    moved = choice is not None or (pk in retained) != platform.retained
                    cost += moved
                    cost += pk in retained and (pk in sub_areas) != platform.sub_area
                    now = (platform.kind, platform.target, platform.reasoned)
                    decided[pk] = choice or now
                yield cost, decided, retained, sub_areas


def in_order(
    case: Situation, decided: dict[int, Decided], retained: set[int], sub_areas: set[int]
) -> bool:
    """Judge a world by the rules as docs/rules.md tells them, written anew."""
    platforms = {p.pk: p for p in case.platforms}
    mains = [platforms[pk].owner for pk in retained - sub_areas]
    return (
        len(retained) <= (case.limits.retained_max or 0)
        and len(sub_areas) <= (case.limits.sub_areas_max or 0)
        and all(mains.count(each.pk) <= (each.quota or 0) for each in case.owners)
        and all(_settled(case, platforms, pk, decided[pk], retained) for pk in decided)
    )


def _settled(
    case: Situation,
    platforms: dict[int, Platform],
    pk: int,
    decided: Decided,
    retained: set[int],
) -> bool:
    (kind, target, reasoned), platform = decided, platforms[pk]
    as_is = decided == (platform.kind, platform.target, platform.reasoned)
    if kind == "" or (kind == "upgrade") != (pk in retained):
        return False
    if kind == "merge":
        near = next(o.near for o in case.owners if o.pk == platform.owner)
        leads = target is not None and target != pk and target in retained
        return leads and (reasoned or platforms[target or 0].owner in near)
    if kind == "upgrade":
        return True
    strategic = platform.level == "national" or (platform.level == "unknown" and not as_is)
    return not strategic and not (kind == "transform" and as_is and not platform.named)


@settings(max_examples=60, deadline=None)
@given(tiny_cities())
def test_no_world_in_order_takes_fewer_changes_than_the_solver_says(case: Situation) -> None:
    possible = [
        cost
        for cost, decided, retained, sub_areas in worlds(case)
        if in_order(case, decided, retained, sub_areas)
    ]
    answer = solve(case)
    if not possible:
        assert answer.status == Status.INFEASIBLE
        assert answer.conflicts
    else:
        assert answer.status == Status.SOLVED
        assert answer.reached["changes"] == min(possible)
        assert answer.proven["changes"]


@settings(max_examples=20, deadline=None)
@given(tiny_cities())
def test_the_same_question_gets_the_same_answer(case: Situation) -> None:
    one, other = solve(case), solve(case)
    assert (one.chosen, one.reached, one.conflicts) == (
        other.chosen,
        other.reached,
        other.conflicts,
    )


def test_every_aim_is_reached_in_order() -> None:
    answer = solve(situation([owner(A)], [kept(10, A), Platform(11, A)]))
    assert tuple(answer.reached) == AIMS

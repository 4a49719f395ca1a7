"""The method of the evaluation: against an independent computation, and what never matters."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from evaluation.content import Content, content_of, digest_of
from evaluation.scoring import Figure, Measure, Party, Table, by_best_value, share_of_best

NAMES = ("input", "output", "innovation")
BIG = Decimal(99999999999999)


def measure(code: str, weight: int, *, higher: bool = True, dimension: str = "input") -> Measure:
    return Measure(code, code, dimension, "亿元", weight, higher)


def party(number: int) -> Party:
    return Party(number, f"P{number:03}", f"平台{number}", 1, "示例区")


def figures(rows: dict[tuple[str, int], str]) -> dict[tuple[str, int], Figure]:
    return {key: Figure(Decimal(value)) for key, value in rows.items()}


def ranks(table: Table) -> dict[int, int | None]:
    return {row.party.id: row.rank for row in table.rows}


def totals(table: Table) -> dict[int, Decimal | None]:
    return {row.party.id: row.total for row in table.rows}


# --- Worked by hand -------------------------------------------------------------------------------


def test_points_are_the_part_of_the_best_value() -> None:
    known = figures({("a", 1): "80", ("a", 2): "100", ("b", 1): "0.2", ("b", 2): "0.5"})
    table = by_best_value(
        [measure("a", 600), measure("b", 400, higher=False)], [party(1), party(2)], known
    )
    # 60 × 80 ÷ 100 = 48 and 40 for the best; 60 for the best and 40 × 0.2 ÷ 0.5 = 16.
    assert totals(table) == {1: Decimal("88.00"), 2: Decimal("76.00")}
    assert ranks(table) == {1: 1, 2: 2}


def test_halves_are_rounded_up_and_only_once() -> None:
    # 10 × 1 ÷ 16 = 0.625, three times: 0.63 + 0.63 + 0.63 = 1.89, not 1.875 rounded.
    measures = [measure(code, 100) for code in "abc"]
    known = figures({(code, n): value for code in "abc" for n, value in ((1, "1"), (2, "16"))})
    table = by_best_value(measures, [party(1), party(2)], known)
    assert totals(table)[1] == Decimal("1.89")


def test_equal_totals_share_a_rank_and_the_next_is_left_out() -> None:
    known = figures({("a", 1): "5", ("a", 2): "9", ("a", 3): "5", ("a", 4): "1"})
    table = by_best_value([measure("a", 1000)], [party(n) for n in (1, 2, 3, 4)], known)
    assert ranks(table) == {2: 1, 1: 2, 3: 2, 4: 4}
    assert [row.party.id for row in table.rows] == [2, 1, 3, 4]


def test_a_missing_value_is_not_zero_and_stands_apart() -> None:
    known = figures({("a", 1): "0", ("b", 1): "0", ("a", 2): "10", ("b", 2): "1", ("a", 3): "20"})
    table = by_best_value(
        [measure("a", 500), measure("b", 500)], [party(1), party(2), party(3)], known
    )
    zero, missing = table.row_of(1), table.row_of(3)
    assert zero is not None
    assert (zero.total, zero.rank) == (Decimal("0.00"), 2)
    assert missing is not None
    assert (missing.total, missing.rank, missing.missing) == (None, None, 1)
    assert missing.known == Decimal("50.00")
    assert table.incomplete == [missing]
    # What is known of it still sets the best value: 50 × 10 ÷ 20.
    assert totals(table)[2] == Decimal("75.00")


def test_an_indicator_that_nobody_knows_leaves_everybody_incomplete() -> None:
    table = by_best_value([measure("a", 1000)], [party(1), party(2)], {})
    assert table.ranked == []
    assert all(row.points[0].best is None for row in table.rows)


@pytest.mark.parametrize(
    ("value", "best", "higher", "share"),
    [
        ("0", "0", True, 0),  # Nobody has any: nothing is earned.
        ("0", "0", False, 1),  # Zero is the best there is.
        ("3", "0", False, 0),
        ("4", "4", False, 1),
    ],
)
def test_zero_is_a_value(value: str, best: str, higher: bool, share: int) -> None:
    found = share_of_best(Decimal(value), Decimal(best), higher_is_better=higher)
    assert found == share


def test_a_table_without_platforms_or_indicators_is_empty() -> None:
    assert by_best_value([], [], {}).rows == ()
    assert by_best_value([], [party(1)], {}).rows[0].total == Decimal("0.00")


# --- What never matters ---------------------------------------------------------------------------

VALUES = st.decimals(min_value=0, max_value=BIG, places=3)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Measure], list[Party], dict[tuple[str, int], Figure]]:
    number = draw(st.integers(1, 4))
    measures = [
        measure(
            f"i{n}",
            draw(st.integers(1, 400)),
            higher=draw(st.booleans()),
            dimension=draw(st.sampled_from(NAMES)),
        )
        for n in range(number)
    ]
    parties = [party(n) for n in range(draw(st.integers(1, 6)))]
    known = {
        (one.code, who.id): Figure(value)
        for one in measures
        for who in parties
        if (value := draw(st.none() | VALUES)) is not None
    }
    return measures, parties, known


def independently(
    measures: list[Measure], parties: list[Party], known: dict[tuple[str, int], Figure]
) -> dict[int, tuple[Decimal | None, int | None]]:
    """The same method written otherwise: by columns, with Decimal at a high precision."""
    sums: dict[int, Decimal | None] = {who.id: Decimal(0) for who in parties}
    for one in measures:
        column = {key: figure.value for (code, key), figure in known.items() if code == one.code}
        for who in parties:
            held = sums[who.id]
            if who.id not in column or held is None:
                sums[who.id] = None
                continue
            own = Fraction(column[who.id])
            best = Fraction(max(column.values()) if one.higher_is_better else min(column.values()))
            over, under = (own, best) if one.higher_is_better else (best, own)
            part = over / under if under else Fraction(0 if one.higher_is_better else 1)
            exact = Fraction(one.weight, 10) * part
            # To a thousandth towards zero and marked where something is left: halves stay exact.
            thousandths = exact.numerator * 10**6 // exact.denominator
            rounded = (Decimal(thousandths) / 10**6).quantize(Decimal("0.01"), ROUND_HALF_UP)
            sums[who.id] = held + rounded
    complete = sorted((value for value in sums.values() if value is not None), reverse=True)
    return {
        key: (value, None if value is None else complete.index(value) + 1)
        for key, value in sums.items()
    }


@given(cases())
def test_the_result_is_that_of_an_independent_computation(
    case: tuple[list[Measure], list[Party], dict[tuple[str, int], Figure]],
) -> None:
    table = by_best_value(*case)
    expected = independently(*case)
    assert {row.party.id: (row.total, row.rank) for row in table.rows} == expected


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_makes_no_difference(
    case: tuple[list[Measure], list[Party], dict[tuple[str, int], Figure]], chance: Random
) -> None:
    measures, parties, known = case
    turned, others, pairs = list(measures), list(parties), list(known.items())
    for part in (turned, others, pairs):
        chance.shuffle(part)
    again = by_best_value(turned, others, dict(pairs))
    first = by_best_value(measures, parties, known)
    assert totals(again) == totals(first)
    assert [row.party.id for row in again.rows] == [row.party.id for row in first.rows]


@given(cases(), st.sampled_from([Decimal("0.0001"), Decimal(10000), Decimal("6.6")]))
def test_another_unit_changes_no_ranking(
    case: tuple[list[Measure], list[Party], dict[tuple[str, int], Figure]], factor: Decimal
) -> None:
    measures, parties, known = case
    scaled = {
        key: Figure(figure.value * factor) if key[0] == "i0" else figure
        for key, figure in known.items()
    }
    assert totals(by_best_value(measures, parties, scaled)) == totals(
        by_best_value(measures, parties, known)
    )


@given(cases())
def test_ranks_agree_with_totals_and_ties_share_one(
    case: tuple[list[Measure], list[Party], dict[tuple[str, int], Figure]],
) -> None:
    ranked = by_best_value(*case).ranked
    for one in ranked:
        assert one.rank == 1 + sum(other.known > one.known for other in ranked)
        assert one.known == sum((part.known for part in one.dimensions), Decimal(0))
        assert one.known <= sum((point.measure.full for point in one.points), Decimal(0))


@given(cases())
def test_a_publication_gives_the_same_result_again(
    case: tuple[list[Measure], list[Party], dict[tuple[str, int], Figure]],
) -> None:
    measures, parties, known = case
    content = Content(tuple(measures), tuple(parties), known)
    kept = content.as_json()
    assert totals(content_of(kept).table()) == totals(content.table())
    assert ranks(content_of(kept).table()) == ranks(content.table())
    assert digest_of(content_of(kept).as_json()) == digest_of(kept)


# --- The document ---------------------------------------------------------------------------------


def rows_of(heading: str) -> list[list[str]]:
    text = (Path(settings.BASE_DIR) / "docs" / "evaluation.md").read_text(encoding="utf-8")
    part = text.split(f"### {heading}\n", maxsplit=1)[1].split("\n#", maxsplit=1)[0]
    lines = re.findall(r"^\| (.*) \|$", part, flags=re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines][1:]


def test_the_example_of_the_document_is_what_the_method_gives() -> None:
    indicators = [row for row in rows_of("The indicators") if not row[0].startswith("-")]
    measures = [
        measure(code, int(Decimal(weight.rstrip("%")) * 10), higher=direction == "higher")
        for code, weight, direction in indicators
    ]
    values = [row for row in rows_of("The values") if not row[0].startswith("-")]
    results = {row[0]: row[1:] for row in rows_of("The result")}
    parties = [Party(n, row[0], row[0], 1, "") for n, row in enumerate(values)]
    known = {
        (one.code, who.id): Figure(Decimal(text))
        for who, row in zip(parties, values, strict=True)
        for one, text in zip(measures, row[1:], strict=True)
        if text != "unknown"
    }
    for row in by_best_value(measures, parties, known).rows:
        points = ["unknown" if p.points is None else str(p.points) for p in row.points]
        total = "unknown" if row.total is None else str(row.total)
        assert results[row.party.name] == [*points, total, str(row.rank or "not ranked")]

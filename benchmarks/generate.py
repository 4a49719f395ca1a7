"""A made-up city of any size, written in the programme format. Every row is a placeholder."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DIVISIONS = 13
KEPT_IN = 8
"""One platform of so many is retained; the others are merged, transformed or abolished."""

CATEGORIES = ("administrative", "public", "contract")


def write_programme(folder: Path, platforms: int, code: str = "bench") -> None:
    """Write a complete programme of ``platforms`` platforms, one body each, into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    city = "990100"
    divisions = [f"9901{number:02}" for number in range(1, DIVISIONS + 1)]
    _write(
        folder,
        "programme",
        ("key", "value"),
        [
            ("code", code),
            ("name", f"测算行动 {platforms}"),
            ("division", city),
            ("baseline_date", "2018-12-31"),
            ("as_of", "2021-03-31"),
            ("placeholder", "yes"),
        ],
    )
    _write(
        folder,
        "divisions",
        ("code", "name", "level"),
        [(city, "测算市", "municipal"), *((d, f"测算区{d[-2:]}", "district") for d in divisions)],
    )
    _write(folder, "adjacency", ("division", "neighbour"), itertools.pairwise(divisions))
    _write(folder, "quotas", ("division", "base"), ((d, str(platforms)) for d in divisions))
    _write_targets(folder, platforms)
    _write_records(folder, platforms, divisions)


def _write_targets(folder: Path, platforms: int) -> None:
    thresholds = {
        "R01": ("retained_max", str(platforms)),
        "R02": ("bodies_cut_min", "60%"),
        "R03": ("staff_cut_min", "30%"),
        "R05": ("sub_areas_max", "2"),
        "R12": ("industries_max", "3"),
        "R20": ("high_level_min", "6"),
    }
    rules = (f"R{number:02}" for number in range(1, 21))
    _write(
        folder,
        "targets",
        ("rule", "name", "value", "clause"),
        ((rule, *thresholds.get(rule, ("", "")), "一") for rule in rules),
    )
    _write(
        folder,
        "deadlines",
        ("kind", "due_on"),
        [("division_plan", "2020-12-31"), ("completion", "2021-06-30")],
    )


def _write_records(folder: Path, platforms: int, divisions: Sequence[str]) -> None:
    numbers = range(platforms)
    owner = [divisions[number % DIVISIONS] for number in numbers]
    kept = [number // DIVISIONS % KEPT_IN == 0 for number in numbers]
    target = {owner[number]: number for number in numbers if kept[number]}
    _write(
        folder,
        "platforms",
        ("code", "name", "division", "level", "placeholder"),
        (
            (f"P{n}", f"平台{n}", owner[n], "provincial" if n % 5 == 0 else "district", "yes")
            for n in numbers
        ),
    )
    _write(
        folder,
        "plates",
        ("code", "title", "platform", "level", "placeholder"),
        ((f"G{n}", f"牌子{n}", f"P{n}", "national", "yes") for n in numbers if kept[n]),
    )
    _write(
        folder,
        "bodies",
        ("code", "name", "division", "platforms", "leadership_teams", "placeholder"),
        ((f"B{n}", f"管委会{n}", owner[n], f"P{n}", "1", "yes") for n in numbers),
    )
    _write(
        folder,
        "staff",
        ("body", "counted_on", "category", "on_post", "placeholder"),
        ((f"B{n}", "2018-12-31", c, "10", "yes") for n in numbers for c in CATEGORIES),
    )
    _write(folder, "retained", ("platform",), ((f"P{n}",) for n in numbers if kept[n]))
    _write(
        folder,
        "plans",
        ("division", "submitted_on", "state", "placeholder"),
        ((d, "2020-12-01", "in_execution", "yes") for d in divisions),
    )
    _write(
        folder,
        "dispositions",
        ("platform", "kind", "target", "transform_into", "confirmed_on", "placeholder"),
        (_disposition(n, kept[n], f"P{target[owner[n]]}") for n in numbers),
    )
    _write(
        folder,
        "body_dispositions",
        ("body", "fate", "serves", "leadership_teams", "confirmed_on", "placeholder"),
        (
            (f"B{n}", "keep", f"P{n}", "1", "", "yes")
            if kept[n]
            else (f"B{n}", "abolish", "", "", _confirmed(n), "yes")
            for n in numbers
        ),
    )
    _write(
        folder,
        "staff_plans",
        ("body", "category", "on_post", "placeholder"),
        ((f"B{n}", c, "10", "yes") for n in numbers if kept[n] for c in CATEGORIES),
    )
    _write(
        folder,
        "redeployments",
        ("body", "category", "destination", "people", "placeholder"),
        (
            (f"B{n}", c, "department", "10", "yes")
            for n in numbers
            if not kept[n]
            for c in CATEGORIES
        ),
    )


def _confirmed(number: int) -> str:
    return "2021-02-01" if number % 2 else ""


def _disposition(number: int, kept: bool, target: str) -> Sequence[str]:
    if kept:
        return (f"P{number}", "upgrade", "", "", "", "yes")
    if number % 5 == 0 or number % 3 == 0:
        return (f"P{number}", "merge", target, "", _confirmed(number), "yes")
    if number % 3 == 1:
        return (f"P{number}", "transform", "", "特色小镇", _confirmed(number), "yes")
    return (f"P{number}", "abolish", "", "", _confirmed(number), "yes")


def _write(folder: Path, name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)

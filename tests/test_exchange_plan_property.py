"""Whatever is written into a plan's workbook: what the preview lists is what is then in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from exchange.problems import Severity
from exchange.selectors.plan_records import stored_in
from platforms_portal.access import Role
from tests import factories as make
from tests.uploads import Checked, check, commit, make_run

if TYPE_CHECKING:
    from exchange.problems import Problem
    from zones.models import Platform

PLATFORMS, BODIES, PLATES = ("P1", "P2", "P3"), ("B1", "B2", "B3"), ("G1", "G2")
CATEGORIES = ("administrative", "public")


def cells(**choices: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return rows of which each cell is one of its choices; an empty one is among them."""
    return st.fixed_dictionaries(
        {name: st.sampled_from(["", *values]) for name, values in choices.items()}
    )


def sheet(key: str, codes: tuple[str, ...], **choices: Any) -> st.SearchStrategy[list[Any]]:
    """Return a sheet that names some of the records, each once."""
    row = st.tuples(st.sampled_from(codes), cells(**choices))
    rows = st.lists(row, max_size=len(codes), unique_by=lambda pair: pair[0])
    return rows.map(lambda pairs: [{key: code, **values} for code, values in pairs])


def figures(**choices: Any) -> st.SearchStrategy[list[Any]]:
    """Return a sheet about bodies and categories, each pair once."""
    about = st.tuples(st.sampled_from(BODIES), st.sampled_from(CATEGORIES), cells(**choices))
    rows = st.lists(about, max_size=4, unique_by=lambda row: (row[0], row[1]))
    return rows.map(lambda found: [{"body": b, "category": c, **values} for b, c, values in found])


SHEETS = {
    "dispositions": sheet(
        "platform",
        PLATFORMS,
        kind=["abolish", "transform", "merge", "merge", "upgrade"],
        target=["P1", "P1", "P2"],
        transform_into=["特色小镇"],
        planned_on=["2021-05-01"],
        reason=["相邻"],
    ),
    "body_dispositions": sheet("body", BODIES, fate=["keep", "abolish"]),
    "plate_dispositions": sheet("plate", PLATES, fate=["keep", "drop"], carrier=["P1"]),
    "staff_plans": figures(on_post=["0", "3"], authorised=["4"]),
    "redeployments": figures(
        destination=["body", "company", "retirement"], to_body=["B1", "B3"], people=["0", "1", "2"]
    ).map(lambda rows: [row for row in rows if row["destination"] and row["people"]]),
}


class Desk:
    """A district of three platforms, three bodies and two plates, one of each decided on."""

    def __init__(self) -> None:
        self.programme = make.make_programme()
        self.division = make.make_division(self.programme)
        found = [make.make_platform(self.programme, self.division, code=code) for code in PLATFORMS]
        make.make_retained(self.programme, found[0])
        at: tuple[list[Platform], ...] = ([found[0]], [found[1]], [])
        bodies = [
            make.make_body(self.programme, self.division, *platforms, code=code)
            for code, platforms in zip(BODIES, at, strict=True)
        ]
        plates = [make.make_plate(self.programme, found[1], code=code) for code in PLATES]
        self.plan = make.make_plan(self.programme, self.division, "draft")
        make.dispose(self.plan, found[1], "merge", target=found[0])
        make.dispose_body(self.plan, bodies[1], "keep", serves=found[0])
        make.dispose_plate(self.plan, plates[0], "keep")
        make.plan_heads(self.plan, bodies[1], 2, 1)
        make.move(self.plan, bodies[1], "public", 2)
        self.user = make.make_user(Role.DISTRICT_OFFICIAL, division=self.division)

    def check(self, sheets: dict[str, list[Any]]) -> Checked:
        run = make_run(self.programme, self.division, "plan", self.user)
        return check(run, {name: rows for name, rows in sheets.items() if rows})


class TestPreviewIsCommit(TestCase):
    @given(st.fixed_dictionaries(SHEETS))
    @settings(max_examples=20)
    def test_what_is_shown_is_what_is_written(self, sheets: dict[str, list[Any]]) -> None:
        desk = Desk()
        before = stored_in(desk.plan)
        checked = desk.check(sheets)
        assert stored_in(desk.plan) == before, "a check changes nothing"
        # Rows with errors are left out, as whoever commits may choose; the others are written.
        faulty = {row for row in (self.place(problem) for problem in checked.problems) if row}
        for row in checked.run.rows.all():
            if (row.sheet, row.row) in faulty:
                row.action = "error"
                row.save()
        commit(checked.run, desk.user)
        after = stored_in(desk.plan)
        right = [one for one in checked.outcomes if (one.sheet, one.row) not in faulty]
        shown = {tuple(one.data["key"]): one for one in right}
        for key, outcome in shown.items():
            assert after.get(key) == outcome.data["after"]
            assert (outcome.action == "same") == (not outcome.after)
        told = {code for _cell, code in checked.warnings}
        beside = {key for key in {*before, *after} - {*shown} if before.get(key) != after.get(key)}
        # Only what goes with its platform changes unasked, and it is told.
        assert {key[0] for key in beside} <= {"plate_dispositions"}
        assert not beside or "follows" in told
        if not faulty:
            again = desk.check(sheets)
            assert (again.errors, {*again.actions} <= {"same"}) == ([], True)

    @staticmethod
    def place(problem: Problem) -> tuple[str, int] | None:
        """Return the row that an error makes faulty."""
        is_error = problem.severity == Severity.ERROR and problem.row is not None
        return (problem.sheet, problem.row or 0) if is_error else None

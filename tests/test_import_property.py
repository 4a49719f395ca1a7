"""Whatever is edited in a filled sheet: what the preview says is what the database then holds."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.models import ImportRun
from exchange.services.ledger_words import value_in_words
from exchange.subjects import subject_with
from platforms_portal.access import Role
from tests import factories as make
from tests.importing import checked, committed
from zones.models import LeadingIndustry, Platform

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.models import Programme
    from zones.models import Division

pytestmark = pytest.mark.django_db

# The columns of the sheet, and what an official may type into them; the last value is a wrong one.
EDITS: dict[str, tuple[str | None, ...]] = {
    "name": ("甲平台", "乙平台", "丙平台（筹）", "新名平台", "甲平台"),
    "level": ("国家级", "省级", "区县级", "未知", None, "很高"),
    "kind": ("经济开发区", "高新区", None, "工业园区", "经济开发区"),
    "established_on": ("2001-05-01", "2001年5月1日", "2001.5.1", None, "2001/05/01", "去年"),
    "closed_on": ("2030-01-01", None, "2031年1月", "2030.1.1", "2030-01-01", "1999-01-01"),
    "approved_area": ("12.5", "1,200", "０.５", None, "3.2500", "-3"),
    "industries": ("医药;机械", "医药", None, "机械、医药", "机械"),
    "placeholder": ("是", "否", None, "否", "否"),
    "note": ("核对无误", None, "据统计年鉴", "核对无误", "核对无误"),
}
KEPT = 3

edits = st.dictionaries(
    st.tuples(st.integers(0, KEPT - 1), st.sampled_from(sorted(EDITS))),
    st.integers(0, 5),
    max_size=5,
)
added = st.lists(
    st.tuples(st.sampled_from(["新设平台一", "新设平台二"]), st.integers(0, 11)), max_size=2
)


def told(platform: Platform) -> dict[str, str]:
    """Return what the portal holds of a platform, by column, in the words of a preview."""
    words = {
        column.heading: value_in_words(Platform, column.target, getattr(platform, column.target))
        for column in subject_with("platforms").format.fields
        if column.heading not in {"division", "current_division"}
    }
    names = LeadingIndustry.objects.filter(platform=platform).values_list(
        "industry__name", flat=True
    )
    return words | {"industries": "；".join(sorted(names)), "division": platform.division.name}


def everything() -> dict[str, dict[str, str]]:
    return {platform.code: told(platform) for platform in Platform.objects.all()}


def sheet(platforms: list[Platform], columns: list[str]) -> list[dict[str, Any]]:
    """Return the rows of a filled template."""
    rows = []
    for platform in platforms:
        words = told(platform)
        rows.append(
            {
                "code": platform.code,
                "name": platform.name,
                "division": platform.division.code,
                **{name: words[name] or None for name in columns if name != "name"},
            }
        )
    return rows


def picked(column: str, number: int) -> str | None:
    """Return one of the values of a column; the wrong one is rare."""
    values = EDITS[column]
    return values[number % (len(values) if number > 9 else len(values) - 1)]


@pytest.fixture
def city() -> tuple[Programme, Division, list[Platform], User]:
    programme = make.make_programme()
    division = make.make_division(programme)
    platforms = [
        make.make_platform(
            programme,
            division,
            established_on=datetime.date(2000, 1, 1),
            approved_area=Decimal("3.25"),
            is_placeholder=number == 0,
            note="占位" if number == 0 else "",
        )
        for number in range(KEPT)
    ]
    return programme, division, platforms, make.make_user(Role.COMMISSION_REVIEWER)


@given(
    changes=edits,
    new=added,
    columns=st.sets(st.sampled_from(sorted(EDITS)), min_size=1),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_shown_is_what_the_database_then_holds(
    city: tuple[Programme, Division, list[Platform], User],
    changes: dict[tuple[int, str], int],
    new: list[tuple[str, int]],
    columns: set[str],
) -> None:
    programme, division, platforms, reviewer = city
    names = sorted(columns)
    rows = sheet(platforms, names)
    for (at, column), number in changes.items():
        if column in columns or column == "name":
            rows[at][column] = picked(column, number)
    for name, number in new:
        values = {column: picked(column, number) for column in names if column != "name"}
        rows.append({"code": None, "name": name, "division": division.code, **values})

    with transaction.atomic():
        before = everything()
        run = checked(programme, {"platforms": rows}, user=reviewer)
        assert run.state == ImportRun.State.CHECKED
        assert run.added + run.changed + run.same + run.faulty == len(rows)
        assert everything() == before
        if run.can_be_committed:
            assert committed(run, reviewer).state == ImportRun.State.COMMITTED
            _compare(run, before, everything())
            again = checked(programme, {"platforms": rows}, user=reviewer)
            assert (again.same, again.to_write, again.errors) == (len(rows), 0, 0)
        transaction.set_rollback(True)
    assert not connection.in_atomic_block or Platform.objects.count() == KEPT


def _compare(
    run: ImportRun, before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> None:
    """Hold the preview against the database, column by column, shown or not."""
    shown = {row.key: row for row in run.rows.all()}
    for code, held in after.items():
        row = shown.get(code)
        differs = {
            name for name, value in held.items() if before.get(code, {}).get(name, "") != value
        }
        if row is None or row.action == "same":
            assert not differs, code
            continue
        for name, value in row.after.items():
            assert held[name] == value, (code, name)
        if row.action == "change":
            assert {name: before[code][name] for name in row.before} == row.before
            assert differs == set(row.after)
        else:
            # What the file does not say has the model's own value, and is not shown.
            assert {name for name in differs if name in row.data["cells"]} <= set(row.after)
    assert set(after) - set(before) == {row.key for row in run.rows.filter(action="add")}

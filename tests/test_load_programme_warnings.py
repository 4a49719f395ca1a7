"""What can be loaded and is probably not meant is told at its cell, and loaded all the same."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from consolidation.loading.engine import load_programme
from consolidation.models import Programme
from tests.programmes import SAMPLE, Edited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    return Edited(tmp_path)


def test_a_sound_programme_has_no_warnings() -> None:
    assert load_programme(SAMPLE).warnings == []


@pytest.mark.parametrize(
    ("sheet", "row", "heading", "value", "message"),
    [
        ("platforms", 5, "established_on", "2019-07-01", "does not count in it"),
        ("bodies", 4, "established_on", "2019-07-01", "does not count in it"),
        ("bodies", 4, "uscc", "11330100MB1234567E", "The body B1 has the same code."),
        ("body_dispositions", 5, "confirmed_on", "2199-01-01", "in the future"),
    ],
)
def test_a_doubtful_cell_is_told_and_loaded(
    edited: Edited, sheet: str, row: int, heading: str, value: str, message: str
) -> None:
    if sheet == "platforms":
        edited.remove("dispositions")  # They would name a platform outside the baseline.
        edited.remove("steps")
    edited.set(sheet, row, heading, value)
    warnings = load_programme(edited.path).warnings
    told = [
        warning
        for warning in warnings
        if (warning.place, warning.row, warning.column) == (f"{sheet}.csv", row, heading)
    ]
    assert [warning.value for warning in told] == [value]
    assert message in told[0].message
    assert Programme.objects.exists()


def test_a_confirmation_in_a_draft_is_told(edited: Edited) -> None:
    edited.set("plans", 3, "state", "draft")
    for column in ("submitted_on", "first_submitted_on", "decided_on"):
        edited.set("plans", 3, column, "")
    edited.remove("steps")
    edited.set("dispositions", 4, "confirmed_on", "2020-11-01")
    (warning,) = load_programme(edited.path).warnings
    assert (warning.place, warning.row, warning.column) == ("dispositions.csv", 4, "confirmed_on")
    assert "draft" in warning.message


def test_the_command_tells_warnings_in_both_forms(edited: Edited) -> None:
    edited.set("bodies", 4, "uscc", "11330100MB1234567E")
    out = StringIO()
    call_command("load_programme", str(edited.path), "--dry-run", "--language", "en", stdout=out)
    assert "Please check" in out.getvalue().splitlines()[0]
    out = StringIO()
    call_command("load_programme", str(edited.path), "--format", "json", stdout=out)
    (told,) = json.loads(out.getvalue())["warnings"]
    assert (told["place"], told["row"], told["column"]) == ("bodies.csv", 4, "uscc")


def test_warnings_stand_beside_errors(edited: Edited) -> None:
    edited.set("bodies", 4, "uscc", "11330100MB1234567E")
    edited.set("bodies", 4, "nature", "公司")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("load_programme", str(edited.path), "--format", "json", stdout=out)
    told = json.loads(out.getvalue())
    assert [error["column"] for error in told["errors"]] == ["nature"]
    assert [warning["column"] for warning in told["warnings"]] == ["uscc"]

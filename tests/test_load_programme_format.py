"""The document of the format and the declarations of its sheets say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db.models import F, Q

from consolidation.loading.conditions import checks_of, condition_of, holds
from consolidation.loading.meta import fields_of
from consolidation.loading.specs import SHEETS, TABLES, Column, Sheet, register
from consolidation.sheets import words
from consolidation.sheets.targets import THRESHOLDS

if TYPE_CHECKING:
    from django.db import models

DOCUMENT = (Path(settings.BASE_DIR) / "docs" / "programme-format.md").read_text(encoding="utf-8")
SECTIONS = {
    title.split()[0]: (title, text)
    for title, _, text in (
        part.partition("\n") for part in re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]
    )
}


def headings_in(text: str) -> set[str]:
    """Return the columns that a section names: in a table's first column, or in its sentence."""
    table = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    named = {name for cell in table for name in re.findall(r"`(\w+)`", cell)}
    if table:
        # Columns that a cell brings along: "`valid_from` | first day; `valid_to`: ...".
        named |= set(re.findall(r"[;,] (?:with )?`(\w+_\w+|name_en)`", text))
    return named


def values_of(sheet: Sheet, column: Column) -> set[str]:
    """Return the values that a column with choices takes."""
    field = fields_of(sheet.model).get(column.target)
    return {str(value) for value, _label in field.flatchoices or ()} if field else set()


def test_the_document_has_a_section_for_every_sheet() -> None:
    assert set(SECTIONS) == set(SHEETS)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.name)
def test_the_document_names_every_column(sheet: Sheet) -> None:
    title, text = SECTIONS[sheet.name]
    assert sheet.sourced == ("◆" in title)
    own = [column.heading for column in sheet.all_columns]
    for heading in own[: -3 if sheet.sourced else None]:
        assert f"`{heading}`" in text, heading


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.name)
def test_every_column_of_the_document_is_read(sheet: Sheet) -> None:
    _title, text = SECTIONS[sheet.name]
    known = {column.heading for column in sheet.all_columns}
    # The second table of targets lists rules and thresholds, the platforms' text other words.
    thresholds = {name for names in THRESHOLDS.values() for name in names}
    choices = {str(value) for column in sheet.fields for value in values_of(sheet, column)}
    text = text.split("\n| rule |", maxsplit=1)[0]
    assert headings_in(text) <= known | thresholds | choices


def test_the_chinese_words_are_those_of_the_document() -> None:
    told = set(re.findall(r"`(\w+)` ([\u4e00-\u9fff]+)", DOCUMENT))
    accepted = {
        pair for name, known in vars(words).items() if name.isupper() for pair in known.items()
    }
    # "district 区 (default)" and "unknown 未知" are written once, whatever sheets they serve.
    assert accepted <= told
    assert told <= accepted


def test_every_choice_with_chinese_words_has_one_for_each_value() -> None:
    for sheet in SHEETS.values():
        for column in sheet.fields:
            if column.words:
                values = values_of(sheet, column)
                assert values - column.words.keys() <= {"nothing"}, (sheet.name, column.heading)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_every_constraint_of_the_models_can_be_foreseen(model: type[models.Model]) -> None:
    for constraint, names in checks_of(model):
        assert names
        holds(condition_of(constraint), {})


@pytest.mark.parametrize(
    ("condition", "values", "answer"),
    [
        (Q(a=1), {"a": 1}, True),
        (Q(a=1), {"a": None}, None),
        (~Q(a=1), {"a": None}, None),
        (~Q(a=1), {"a": 2}, True),
        (Q(a__isnull=True) | Q(a__gt=F("b")), {"a": 2, "b": 1}, True),
        (Q(a__isnull=True) | Q(a__gt=F("b")), {"a": 2, "b": 3}, False),
        (Q(a__isnull=True) | Q(a__gt=F("b")), {"a": 2, "b": None}, None),
        (Q(a__in=["x"]) & Q(b__lte=3), {"a": "y", "b": None}, False),
        (Q(a__in=["x"]) & Q(b__lt=3), {"a": "x", "b": None}, None),
    ],
)
def test_conditions_are_judged_as_the_database_does(
    condition: Q, values: dict[str, object], answer: bool | None
) -> None:
    assert holds(condition, values) is answer


def test_a_condition_that_cannot_be_judged_is_no_silent_pass() -> None:
    with pytest.raises(NotImplementedError):
        holds(Q(a__regex="x"), {"a": "x"})


def test_a_sheet_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register(SHEETS["platforms"])


def test_a_column_is_kept_under_its_field() -> None:
    assert Column("as_of", "as_of_default").target == "as_of_default"
    assert Column("name").target == "name"

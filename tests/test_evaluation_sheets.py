"""A year of evaluation loaded from files: exactly, again, and never over what is frozen."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from consolidation.loading.engine import load_programme
from consolidation.loading.problems import BadDataError
from consolidation.models import Programme
from evaluation.models import EvaluationYear, IndicatorValue
from evaluation.selectors.years import live_content
from evaluation.services.years import freeze
from platforms_portal.access import Role
from tests import factories as make
from tests.evaluation_city import history_of
from tests.programmes import SAMPLE, Edited, as_workbook

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    return Edited(tmp_path)


def year() -> EvaluationYear:
    return EvaluationYear.objects.get(programme__code="sample-city", year=2020)


def test_a_year_is_opened_with_its_indicators_and_values() -> None:
    load_programme(SAMPLE)
    evaluation = year()
    assert evaluation.state == EvaluationYear.State.DRAFTING
    indicators = evaluation.indicators.order_by("code").values_list(
        "code", "dimension", "weight", "direction", "decimals"
    )
    assert list(indicators) == [
        ("energy", "input", 245, "lower", 3),
        ("output", "output", 355, "higher", 1),
        ("rd-gdp", "innovation", 400, "higher", 2),
    ]
    table = live_content(evaluation).table()
    # Platforms A and B of docs/evaluation.md; the third has no value.
    assert [(row.party.code, row.total, row.rank) for row in table.rows] == [
        ("P2", Decimal("92.00"), 1),
        ("P1", Decimal("77.35"), 2),
        ("P8", None, None),
    ]
    assert table.weight == 1000
    assert table.rests_on_placeholders


def test_a_workbook_gives_the_same(tmp_path: Path) -> None:
    load_programme(as_workbook(SAMPLE, tmp_path / "sample.xlsx"))
    assert set(year().indicators.values_list("weight", flat=True)) == {400, 355, 245}
    assert IndicatorValue.objects.get(
        indicator__code="rd-gdp", retained__platform__code="P1"
    ).value == Decimal("3.25")


def test_a_further_load_changes_the_values_of_a_year_that_is_drafted(edited: Edited) -> None:
    load_programme(edited.path)
    edited.set("indicator_values", 2, "value", "4")
    summary = load_programme(edited.path, update=True)
    assert (summary.sheets["indicator_values"].changed, Programme.objects.count()) == (1, 1)
    value = IndicatorValue.objects.get(indicator__code="rd-gdp", retained__platform__code="P1")
    assert value.value == 4
    assert history_of(value).count() == 2


def test_nothing_is_loaded_over_a_year_that_is_frozen(edited: Edited) -> None:
    load_programme(edited.path)
    freeze(evaluation=year(), user=make.make_user(Role.COMMISSION_REVIEWER))
    load_programme(edited.path, update=True)  # The same again changes nothing, and is let through.
    edited.set("indicator_values", 2, "value", "4")
    edited.set("indicators", 3, "weight", "35%")
    with pytest.raises(BadDataError) as caught:
        load_programme(edited.path, update=True)
    places = [(p.place, p.row, p.column) for p in caught.value.problems]
    assert places == [("indicators.csv", 3, "year"), ("indicator_values.csv", 2, "year")]
    assert year().indicators.get(code="output").weight == 355

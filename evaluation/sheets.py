"""The sheets of the evaluation: a year's indicators, and their values."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.loading.cells import text_up_to
from consolidation.loading.references import department, retained
from consolidation.loading.specs import (
    Column,
    Sheet,
    TableSpec,
    in_programme,
    register,
    register_table,
)
from consolidation.loading.tables import Record
from consolidation.sheets import words
from evaluation.models import EvaluationYear, Indicator, IndicatorValue
from evaluation.models.years import FULL_WEIGHT

if TYPE_CHECKING:
    from consolidation.loading.loads import Load
    from consolidation.loading.rows import Row

FIRST_YEAR, LAST_YEAR = 1980, 2100


def year(text: str, load: Load) -> Record:
    """Return the year of evaluation written as ``2020``, a new one if there is none."""
    if not (text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text[:5]) <= LAST_YEAR):
        raise ValidationError(_("“%(value)s” is no year. Write it as 2020.") % {"value": text})
    table = load.table(EvaluationYear)
    return table.find(int(text)) or table.add(
        Record(
            {
                "programme": load.programme,
                "year": int(text),
                "state": EvaluationYear.State.DRAFTING.value,
                "correction_reason": "",
            }
        )
    )


def weight(text: str, _load: Load) -> int:
    """Return a weight written ``12.5%`` in thousandths; a workbook's 0.125 is read as well."""
    wrong = ValidationError(
        _("“%(value)s” is no weight. Write it as 12.5%%, with at most one decimal.")
        % {"value": text}
    )
    number, percent, rest = text.replace("％", "%").partition("%")
    try:
        exact = Decimal(number.strip()) * (10 if percent else FULL_WEIGHT)
    except InvalidOperation:
        raise wrong from None
    if rest or not exact.is_finite() or exact != exact.to_integral_value():
        raise wrong
    if not 1 <= exact <= FULL_WEIGHT:
        raise ValidationError(_("A weight is more than 0% and at most 100%."))
    return int(exact)


def _prepare_value(row: Row) -> None:
    """Find the indicator by year and code, and judge the value by its decimals."""
    of_year, code = row.values.pop("year", None), row.values.pop("indicator", None)
    if of_year is None or code is None:
        row.failed.add("indicator")
        return
    indicator = row.load.table(Indicator).find(of_year, code)
    if indicator is None:
        if row.load.has_doubts("indicators"):
            row.failed.add("indicator")
            return
        message = _("“%(value)s” does not stand in “indicators” for this year. Add it there.")
        row.fail("indicator", message % {"value": code})
        return
    row.values["indicator"] = indicator
    _judge_decimals(row, indicator.values.get("decimals"))


def _judge_decimals(row: Row, most: int | None) -> None:
    number: Decimal | None = row.get("value")
    if number is None or most is None:
        return
    exponent: Any = number.normalize().as_tuple().exponent
    if -exponent > most:
        message = ngettext(
            "This indicator has at most %(n)d decimal.",
            "This indicator has at most %(n)d decimals.",
            most,
        )
        row.fail("value", message % {"n": most})


def _refuse_frozen(load: Load, sheet: str, year_of: Any) -> None:
    """Report rows that would change a year whose figures are frozen; equal ones are let through."""
    for record in load.given.get(sheet, ()):
        of_year: Record | None = year_of(record)
        if of_year is None or of_year.values.get("state") == EvaluationYear.State.DRAFTING:
            continue
        if record.pk is None or record.is_changed:
            message = _(
                "The figures of this year are frozen. Take the year back to drafting first."
            )
            load.fail(sheet, record.row, "year", str(of_year.values.get("year")), message)


def _finish_indicators(load: Load) -> None:
    _refuse_frozen(load, "indicators", lambda record: record.values.get("evaluation"))


def _finish_values(load: Load) -> None:
    def year_of(record: Record) -> Any:
        indicator = record.values.get("indicator")
        return indicator.values.get("evaluation") if isinstance(indicator, Record) else None

    _refuse_frozen(load, "indicator_values", year_of)


INDICATORS = Sheet(
    name="indicators",
    model=Indicator,
    key=("evaluation", "code"),
    scope=in_programme("evaluation__programme"),
    columns=(
        Column("year", "evaluation", required=True, parse=year),
        Column("code", required=True),
        Column("sequence"),
        Column("dimension", required=True, words=words.INDICATOR_DIMENSIONS),
        Column("name", required=True),
        Column("name_en"),
        Column("unit", required=True),
        Column("weight", required=True, parse=weight),
        Column("direction", words=words.INDICATOR_DIRECTIONS),
        Column("decimals"),
        Column("department", parse=department),
    ),
    sourced=True,
    finish=_finish_indicators,
)

INDICATOR_VALUES = Sheet(
    name="indicator_values",
    model=IndicatorValue,
    key=("indicator", "retained"),
    key_headings=("year", "indicator", "platform"),
    scope=in_programme("indicator__evaluation__programme"),
    columns=(
        Column("year", required=True, parse=year),
        Column("indicator", required=True, parse=text_up_to(40)),
        Column("platform", "retained", required=True, parse=retained),
        Column("value", required=True),
    ),
    sourced=True,
    prepare=_prepare_value,
    finish=_finish_values,
)

register_table(EvaluationYear, TableSpec(("year",), in_programme()))
register(INDICATORS, INDICATOR_VALUES)

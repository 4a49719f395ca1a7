"""How well the cells of a column fit what its heading says: the evidence against swapped headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from stdnum.cn import uscc

from exchange.matching.dates import SERIALS, day_of_text
from exchange.matching.numbers import area_of
from exchange.matching.values import NO, NOTHING, YES, choices_of, trimmed
from exchange.matching.words import folded
from exchange.matching.wrong import WrongCellError
from exchange.reading.cells import Cell, CellState
from exchange.subjects.spec import Kind

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from exchange.subjects import Column, Subject

_SHOWN = 5
_SHOWN_LENGTH = 40
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9._@/-]{3,39}")
_GBT = re.compile(r"\d{2}-\d{3}-\d{3}")
_DIVISION = re.compile(r"\d{6}(?:@[\d-]+)?|\D{1,8}(?:区|县|市|市本级)|市本级|市级")
_FIGURE = re.compile(r"[-+]?[\d.,%]+\s*(?:万|人|名|个|亩|公顷|家)?")
_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z]")
_NO_NAMES = ("figure", "day", "code", "gbt", "uscc")
_CODE_OF_NUMBER_MIN = 5
_DAYS_IN_DIGITS = range(19_000_101, 21_010_000)
_REFERENCE_BY_NAME = 0.6
_ALIKE_MAX = 0.5


@dataclass(frozen=True)
class Sample:
    """Some cells of a column, without the empty ones and those that say that nothing is known."""

    cells: tuple[Cell, ...]

    @property
    def shown(self) -> list[str]:
        """A few different values, to be shown to a person."""
        texts = dict.fromkeys(trimmed(cell.text)[:_SHOWN_LENGTH] for cell in self.cells)
        return list(texts)[:_SHOWN]

    def share(self, kind: str) -> float:
        """Return the share of the cells that look like ``kind``."""
        return sum(_looks(cell, kind) for cell in self.cells) / len(self.cells)

    @property
    def differ(self) -> float:
        """Return the share of values that are different."""
        return len({cell.text for cell in self.cells}) / len(self.cells)

    @property
    def is_running_number(self) -> bool:
        """Whether the cells only count the rows: 1, 2, 3 and so on."""
        numbers = [int(cell.text) for cell in self.cells if cell.text.strip().isdecimal()]
        return (
            len(numbers) == len(self.cells) > 1
            and numbers[0] in {0, 1}
            and all(after == before + 1 for before, after in pairwise(numbers))
        )


def sample_of(rows: Sequence[tuple[int, list[Cell]]], place: int) -> Sample:
    """Return the cells of one column."""
    cells = (cells[place] for _number, cells in rows if place < len(cells))
    return Sample(
        tuple(
            cell
            for cell in cells
            if cell.text
            and cell.state not in {CellState.LOST, CellState.ACROSS, CellState.MERGED}
            and folded(cell.text) not in NOTHING
        )
    )


def fit(subject: Subject, column: Column, sample: Sample) -> float | None:
    """Return how well the cells fit a column, from 0 to 1; ``None`` where anything may stand there."""
    if not sample.cells:
        return None
    judge = _BY_NAME.get(column.name) or _BY_KIND.get(column.kind)
    if column.kind is Kind.CHOICE:
        known = {word for word, _value in choices_of(subject, column)}
        return sum(folded(cell.text) in known for cell in sample.cells) / len(sample.cells)
    if column.kind is Kind.CODE:
        return _fit_code(column, sample)
    if judge:
        return sample.share(judge)
    if column.required or column.told or column.kind is Kind.LIST:
        return _fit_name(column, sample)
    return None


_BY_KIND = {
    Kind.COUNT: "figure",
    Kind.AREA: "figure",
    Kind.DATE: "day",
    Kind.YES_NO: "yes_no",
}
_BY_NAME = {"uscc": "uscc", "gbt37028_code": "gbt"}


def _fit_code(column: Column, sample: Sample) -> float:
    if column.refers_to == "divisions":
        return sample.share("division")
    codes = sample.share("code")
    if column.name == "code":
        return codes
    # A reference may give the name instead, so names fit as well, but not as surely.
    return max(codes, _REFERENCE_BY_NAME * sample.share("name"))


def _fit_name(column: Column, sample: Sample) -> float:
    share = sample.share("name")
    if column.name in {"name", "title"} and len(sample.cells) > 3:  # noqa: PLR2004 - few may be alike
        # Names differ from row to row; the words of a choice or a division do not.
        share *= min(1.0, sample.differ / _ALIKE_MAX) if column.name == "name" else 1.0
    return share


def _looks(cell: Cell, kind: str) -> bool:
    return kind in _looks_like(cell.value, trimmed(cell.text))


@lru_cache(maxsize=8192)
def _looks_like(value: str | int | datetime.date | bool | None, text: str) -> frozenset[str]:
    """Return everything that a cell looks like."""
    is_number = type(value) is int or isinstance(value, Decimal)
    is_day = _is_day(value, text)
    is_short = is_number and len(text) < _CODE_OF_NUMBER_MIN
    answers = {
        "figure": is_number or _is_figure(text),
        "day": is_day,
        "yes_no": folded(text) in YES | NO,
        "code": not is_day and not is_short and bool(_CODE.fullmatch(text)),
        "gbt": bool(_GBT.fullmatch(text)),
        "division": bool(_DIVISION.fullmatch(text)),
        "uscc": bool(uscc.is_valid(text)),
    }
    answers["name"] = bool(_NAME.search(text)) and not any(answers[kind] for kind in _NO_NAMES)
    return frozenset(kind for kind, answer in answers.items() if answer)


def _is_figure(text: str) -> bool:
    if _FIGURE.fullmatch(text):
        return True
    try:
        area_of(text, "")
    except WrongCellError:
        return False
    return True


def _is_day(value: object, text: str) -> bool:
    if type(value) is int:
        return value in SERIALS or value in _DAYS_IN_DIGITS
    if not isinstance(value, str):
        return hasattr(value, "isoformat")
    try:
        day_of_text(text, month_is_enough=True)
    except WrongCellError:
        return False
    return True

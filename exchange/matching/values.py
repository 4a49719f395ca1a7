"""What one cell says, as the programme format writes it.

The engine that loads the format judges everything else (lengths, check digits, references); here
the ways in which offices write are brought to that one form, and what cannot be understood is told.
"""

from __future__ import annotations

import datetime
import difflib
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from consolidation.loading.meta import fields_of
from exchange.matching import dates, numbers
from exchange.matching.words import folded
from exchange.matching.wrong import Note, WrongCellError, note
from exchange.reading.cells import Cell, CellState
from exchange.subjects.other_words import OTHER_WORDS
from exchange.subjects.spec import Kind

if TYPE_CHECKING:
    from exchange.subjects.spec import Column, Subject

DASHES = frozenset("-—―–－−/／\\") | {"--", "——", "---", "――", "//"}
NOTHING = DASHES | {"无", "暂无", "不详", "未知", "待定", "待核", "空", "n/a", "na", "null", "none"}
"""What stands in a cell of which nothing is known."""

_NOTHING_MAX = 2 * max(len(word) for word in NOTHING)
"""No longer text needs to be compared with these, even with spaces in it."""

YES = frozenset({"是", "有", "√", "✓", "✔", "yes", "y", "true", "对", "1"})
NO = frozenset({"否", "无", "没有", "×", "✗", "✘", "x", "no", "n", "false", "不是", "0"})

_NUMERIC = frozenset({Kind.COUNT, Kind.AREA, Kind.DATE})
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+?\d+")
_EXACT_MAX = 10**15
"""Excel keeps fifteen digits of a number; what is longer has lost its end."""

_CJK = "[\u3000-\u9fff\uff00-\uffef]"
_CJK_BREAK = re.compile(rf"(?<={_CJK})\s*\n\s*|\s*\n\s*(?={_CJK})")
_BLANKS = " \t\r\n\xa0\u3000\ufeff"
_SEPARATORS = re.compile("[;；、,，\n]")
_LOOSE = re.compile("[、,，\n]")
_SHARE_OF_ALIKE = 0.6
_HINTED = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """What a column's cells are read by, beside the column: its heading's unit, the sheet's dates.

    ``month_is_enough`` is true where a month alone stands for its last day.
    """

    area_unit: str = ""
    from_1904: bool = False
    month_is_enough: bool = False
    choices: tuple[tuple[str, str], ...] = ()


def read(cell: Cell, column: Column, setting: Setting) -> tuple[str, Note | None]:
    """Return the text of ``cell`` in the programme format, empty if nothing is known.

    Raises ``WrongCellError``.
    """
    _verify_origin(cell, column)
    # In a list, a new line begins the next item.
    text = cell.text.strip(_BLANKS) if column.kind is Kind.LIST else trimmed(cell.text)
    if not text:
        return "", None
    if column.kind is Kind.YES_NO and folded(text) in YES | NO:
        return ("yes" if folded(text) in YES else "no"), None
    if column.kind is Kind.CHOICE and (stored := dict(setting.choices).get(folded(text))):
        return stored, None
    if len(text) <= _NOTHING_MAX and folded(text) in NOTHING:
        # That a text says so itself is no news; a figure that is not known is.
        return "", note("taken_as_empty", text) if column.kind in _NUMERIC else None
    return _by_kind(cell, text, column, setting)


def _by_kind(cell: Cell, text: str, column: Column, setting: Setting) -> tuple[str, Note | None]:
    if column.kind is Kind.COUNT:
        _refuse_date(cell)
        return numbers.count_of(text, str(column.unit))
    if column.kind is Kind.AREA:
        _refuse_date(cell)
        return numbers.area_of(text, setting.area_unit)
    if column.kind is Kind.DATE:
        return _day(cell, text, setting)
    if column.kind is Kind.YES_NO:
        raise WrongCellError("not_yes_no", text)
    if column.kind is Kind.CHOICE:
        raise WrongCellError("not_a_choice", text, hint=_hint(text, column))
    if column.kind is Kind.LIST:
        return _list(text)
    return _words(cell, text, column), None


def trimmed(text: str) -> str:
    """Return text without blanks around it and without the line breaks that only wrap it."""
    if "\n" in text:
        text = _CJK_BREAK.sub("", text.strip(_BLANKS)).replace("\n", " ")
    if "\u200b" in text:
        text = text.replace("\u200b", "")
    return text.strip(_BLANKS)


def choices_of(subject: Subject, column: Column) -> tuple[tuple[str, str], ...]:
    """Return every word of a choice, folded, and the value that is stored for it.

    The stored value, its Chinese word and others for it, and the English label of the model's field.
    """
    known = {folded(word): value for value, word in column.words.items()}
    known |= {folded(value): value for value in column.words}
    for value, word in column.words.items():
        for other in OTHER_WORDS.get(word, ()):
            known.setdefault(folded(other), value)
    target = next(
        (item.target for item in subject.format.fields if item.heading == column.name), ""
    )
    field = fields_of(subject.format.model).get(target)
    with override("en"):
        for value, label in getattr(field, "flatchoices", None) or ():
            if value in column.words:
                known.setdefault(folded(str(label)), value)
    return tuple(known.items())


# --- One a kind -------------------------------------------------------------------------------------


def _verify_origin(cell: Cell, column: Column) -> None:
    if cell.state is CellState.PLAIN:
        return
    if cell.state is CellState.LOST:
        code = "formula_not_computed" if cell.text.startswith("=") else "formula_failed"
        raise WrongCellError(code, cell.text)
    if cell.state is CellState.ACROSS:
        raise WrongCellError("merged_across", cell.text)
    if cell.state is CellState.EXTERNAL:
        raise WrongCellError("formula_outside", cell.text)
    if cell.state is CellState.MERGED and column.kind in {Kind.COUNT, Kind.AREA}:
        raise WrongCellError("merged_number", cell.text)
    if cell.state is CellState.FORMULA and column.kind is Kind.CODE:
        raise WrongCellError("formula_in_code", cell.text)


def _refuse_date(cell: Cell) -> None:
    if isinstance(cell.value, datetime.date):
        raise WrongCellError("date_for_number", cell.text)


def _day(cell: Cell, text: str, setting: Setting) -> tuple[str, Note | None]:
    value = cell.value
    if isinstance(value, datetime.date):
        if setting.month_is_enough and value.day == 1:
            # Excel makes the first of the month of a month that is typed.
            last = dates.month_end(value)
            return last, note("month_end", text, result=last)
        return value.isoformat(), None
    if isinstance(value, int) and value in dates.SERIALS:
        return dates.day_of_number(value, from_1904=setting.from_1904)
    if isinstance(value, Decimal):
        raise WrongCellError("not_a_date", text)
    return dates.day_of_text(text, month_is_enough=setting.month_is_enough)


def _list(text: str) -> tuple[str, Note | None]:
    items = [item.strip() for item in _SEPARATORS.split(text)]
    joined = ";".join(item for item in items if item)
    return joined, note("list_separated", text) if _LOOSE.search(text) else None


def _words(cell: Cell, text: str, column: Column) -> str:
    if isinstance(cell.value, int) and not isinstance(cell.value, bool):
        if abs(cell.value) >= _EXACT_MAX:
            raise WrongCellError("digits_lost", text)
    elif _SCIENTIFIC.fullmatch(text) and (column.kind is Kind.CODE or column.name in _LONG_CODES):
        raise WrongCellError("digits_lost", text)
    if column.kind is Kind.CODE or column.name in _LONG_CODES:
        plain = unicodedata.normalize("NFKC", text)
        # A code has no spaces; a name given in its place may.
        return "".join(plain.split()) if plain.isascii() else plain
    return text


_LONG_CODES = frozenset({"uscc", "gbt37028_code"})


@lru_cache(maxsize=1024)
def _nearest(text: str, words: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(text, words, n=1, cutoff=_SHARE_OF_ALIKE)
    if near:
        return near[0]
    return next((word for word in words if word in text or text in word), "")


def _hint(text: str, column: Column) -> str:
    words = tuple(column.words.values())
    if near := _nearest(text[:50], words):
        return _("Did you mean “%(word)s”? Write that.") % {"word": near}
    return _("Write one of: %(words)s.") % {"words": " / ".join(words[:_HINTED])}

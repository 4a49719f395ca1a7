"""Counts and areas as offices write them. Everything is exact: nothing passes through a float."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from exchange.matching.wrong import Note, WrongCellError, note

COUNT_MAX = 2_147_483_647
AREA_MAX = Decimal(10) ** 8
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_COUNTERS = {"人", "名", "个", "位", "家", "套", "职", "项", "people", "posts", "persons"}
_TAIL = re.compile(r"^([+-]?[\d,]+(?:\.\d+)?)([^\d.,].*)$")
_ABOUT = re.compile(r"约|左右|余|以上|以下|不足|近|超过|至少|大约|上下|几|多|[~≈>＞<＜≥≤]")
_RANGE = re.compile(r"\d\s*(?:-|~|—|–|至|到)\s*\d")
_PLACES = 4
_LENGTH_MAX = 40

# How many square kilometres one of each is, as a fraction: exact.
UNITS: dict[str, Fraction] = {
    "km²": Fraction(1),
    "公顷": Fraction(1, 100),
    "亩": Fraction(1, 1_500),
    "万亩": Fraction(10_000, 1_500),
    "m²": Fraction(1, 1_000_000),
    "万m²": Fraction(1, 100),
}
_UNIT_WORDS: tuple[tuple[str, str], ...] = (
    ("万平方米", "万m²"),
    ("万㎡", "万m²"),
    ("万m2", "万m²"),
    ("万亩", "万亩"),
    ("平方公里", "km²"),
    ("平方千米", "km²"),
    ("squarekilomet", "km²"),
    ("km2", "km²"),
    ("km²", "km²"),
    ("公顷", "公顷"),
    ("hectare", "公顷"),
    ("平方米", "m²"),
    ("squaremet", "m²"),
    ("m2", "m²"),
    ("m²", "m²"),
    ("亩", "亩"),
)
_WHOLE_WORD_UNITS = {"ha": "公顷", "mu": "亩"}


def unit_in(text: str) -> str:
    """Return the unit of area that a heading or the end of a cell names; empty if none."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    for word, unit in _UNIT_WORDS:
        if word in plain:
            return unit
    words = re.split(r"[^a-z]+", unicodedata.normalize("NFKC", text).lower())
    return next((unit for word, unit in _WHOLE_WORD_UNITS.items() if word in words), "")


def count_of(text: str, unit: str) -> tuple[str, Note | None]:
    """Return a whole number of at least zero in digits; ``unit`` is the column's, for the remedy."""
    plain = _plain(text)
    number, tail = _split(plain, text, "not_a_count")
    if tail and tail not in _COUNTERS:
        raise WrongCellError(
            "other_unit" if tail in _all_units() else "not_a_count", text, unit=unit
        )
    if number < 0:
        raise WrongCellError("negative", text)
    if number != number.to_integral_value():
        raise WrongCellError("fraction", text)
    if number > COUNT_MAX:
        raise WrongCellError("too_large", text)
    return str(int(number)), note("unit_taken_off", text) if tail else None


def area_of(text: str, heading_unit: str) -> tuple[str, Note | None]:
    """Return an area in square kilometres. The unit in the cell goes before that of the heading."""
    number, tail = _split(_plain(text), text, "not_a_number")
    unit = unit_in(tail) if tail else heading_unit or "km²"
    if not unit:
        raise WrongCellError("other_unit", text, unit="km²")
    if number < 0:
        raise WrongCellError("negative", text)
    if unit == "km²":
        area = number.normalize()
        if -int(area.as_tuple().exponent) > _PLACES:
            raise WrongCellError("decimals", text)
    else:
        area = _converted(text, number, unit)
    if area >= AREA_MAX:
        raise WrongCellError("too_large", text)
    result = format(area, "f")
    if unit != "km²":
        return result, note("area_converted", text, unit=unit, result=result)
    return result, note("unit_taken_off", text) if tail else None


def _converted(text: str, number: Decimal, unit: str) -> Decimal:
    parts = Fraction(number) * UNITS[unit] * 10**_PLACES
    if parts.denominator != 1:
        raise WrongCellError("area_not_exact", text)
    return Decimal(parts.numerator).scaleb(-_PLACES).normalize()


def _plain(text: str) -> str:
    """Return text in one width without spaces; the dashes that mean minus become one."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return re.sub(r"\s+", "", plain).replace("−", "-").lower()


def _split(plain: str, text: str, otherwise: str) -> tuple[Decimal, str]:
    """Return the number and what follows it; raises ``WrongCellError`` with the best word for why not."""
    tail = ""
    if len(plain) > _LENGTH_MAX:
        raise WrongCellError(otherwise, text[:_LENGTH_MAX])
    if found := _TAIL.match(plain):
        plain, tail = found[1], found[2]
    if tail.endswith("%") or plain.endswith("%"):
        raise WrongCellError("share", text)
    if _NUMBER.fullmatch(plain) and not _ABOUT.search(tail) and not _RANGE.search(plain + tail):
        if not tail.startswith("万") or unit_in(tail):
            return Decimal(plain.replace(",", "")), tail.strip("()")
        raise WrongCellError("ten_thousands", text)
    raise WrongCellError(_why(plain + tail) or otherwise, text)


def _why(plain: str) -> str:
    if "万" in plain:
        return "ten_thousands"
    if _RANGE.search(plain):
        return "range"
    return "approximate" if _ABOUT.search(plain) else ""


def _all_units() -> set[str]:
    return {word for word, _unit in _UNIT_WORDS} | {"元", "万元", "年", "月", "天"}

"""Days as offices write them."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata

from exchange.matching.wrong import Note, WrongCellError, note

_CHINESE = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十廿]{1,3})[日号])?"
)
_FULL = (
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_TIME = re.compile(r"[ tT]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_MONTH = (
    re.compile(r"(\d{4})年(\d{1,2})月(?:份|底|末)?"),
    re.compile(r"(\d{4})[-./](\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})"),
)
_YEAR = re.compile(r"\d{4}年?")
_AMBIGUOUS = re.compile(r"\d{1,2}[-./年]\d{1,2}[-./月]\d{1,4}日?")
SERIALS = range(10_000, 80_000)
"""Numbers that are taken for days: from 1927 to 2119."""

_YEARS = range(1900, 2101)
_EPOCH_1900 = datetime.date(1899, 12, 30)
_EPOCH_1904 = datetime.date(1904, 1, 1)


def day_of_number(number: int, *, from_1904: bool) -> tuple[str, Note | None]:
    """Return the day that a whole number stands for: written as 20181231, or a serial number."""
    if number in SERIALS:
        epoch = _EPOCH_1904 if from_1904 else _EPOCH_1900
        day = (epoch + datetime.timedelta(days=number)).isoformat()
        return day, note("serial_date", str(number), result=day)
    raise WrongCellError("not_a_date", str(number))


def day_of_text(text: str, *, month_is_enough: bool) -> tuple[str, Note | None]:
    """Return the day written in ``text``; raises ``WrongCellError``."""
    plain = _TIME.sub("", unicodedata.normalize("NFKC", text).strip())
    plain = _in_digits(re.sub(r"\s+", "", plain))
    for pattern in _FULL:
        if found := pattern.fullmatch(plain):
            year, month, day = (part for part in found.groups() if part.isdigit())
            return _day(text, int(year), int(month), int(day)), None
    for pattern in _MONTH:
        if found := pattern.fullmatch(plain):
            return _of_month(text, int(found[1]), int(found[2]), month_is_enough=month_is_enough)
    if _YEAR.fullmatch(plain):
        raise WrongCellError("day_missing", text)
    raise WrongCellError("date_ambiguous" if _AMBIGUOUS.fullmatch(plain) else "not_a_date", text)


def month_end(day: datetime.date) -> str:
    """Return the last day of a month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1]).isoformat()


def _of_month(text: str, year: int, month: int, *, month_is_enough: bool) -> tuple[str, Note]:
    first = _day(text, year, month, 1)
    if not month_is_enough:
        raise WrongCellError("day_missing", text)
    last = month_end(datetime.date.fromisoformat(first))
    return last, note("month_end", text, result=last)


def _day(text: str, year: int, month: int, day: int) -> str:
    try:
        date = datetime.date(year, month, day)
    except ValueError as error:
        raise WrongCellError("no_such_day", text) from error
    if date.year not in _YEARS:
        raise WrongCellError("no_such_day", text)
    return date.isoformat()


def _in_digits(text: str) -> str:
    """Return a date in Chinese numerals with digits: 二〇二〇年六月三十日 is 2020年6月30日."""
    found = _CHINESE_DATE.fullmatch(text)
    if not found:
        return text
    year, month, day = found.groups()
    rest = f"{_numeral(day)}日" if day else ""
    return f"{year.translate(_CHINESE)}年{_numeral(month)}月{rest}"


def _numeral(word: str) -> int:
    """Return the number that a numeral up to 39 stands for."""
    tens, ten, ones = word.replace("廿", "二十").rpartition("十")
    value = int((tens or "1").translate(_CHINESE)) * 10 if ten else 0
    return value + (int(ones.translate(_CHINESE)) if ones else 0)

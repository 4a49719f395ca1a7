"""How the text of a cell becomes a value.

Most cells are read by the form field of the model's own field, so that limits and messages are
the same as in a form, in the reader's language.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

    from consolidation.loading.loads import Load
    from consolidation.loading.specs import Parser

# The largest numbers that every database holds in these fields; SQLite alone would take more.
LARGEST: dict[type[models.Field[Any, Any]], int] = {
    models.PositiveSmallIntegerField: 32_767,
    models.PositiveIntegerField: 2_147_483_647,
}
_YES = {"yes", "true", "1", "是", "y"}
_NO = {"no", "false", "0", "否", "n"}
# The second is what spreadsheets make of dates in a Chinese setting when they save CSV.
_DATES = forms.DateField(input_formats=["%Y-%m-%d", "%Y/%m/%d"], localize=False)
_COUNTS = forms.IntegerField(min_value=0, max_value=LARGEST[models.PositiveIntegerField])
_PER_HUNDRED = 100


def parser_of(field: models.Field[Any, Any], words: Mapping[str, str]) -> Parser:
    """Return the parser for a model's field; ``words`` are Chinese words of its choices."""
    if field.choices:
        return choice((str(value) for value, _label in field.flatchoices), words)
    if isinstance(field, models.BooleanField):
        return yes_no
    if isinstance(field, models.DateField):
        return day
    return _by_form_field(field)


def _by_form_field(field: models.Field[Any, Any]) -> Parser:
    limits: dict[str, Any] = {"max_value": LARGEST[type(field)]} if type(field) in LARGEST else {}
    form_field = field.formfield(**limits)
    if form_field is None:
        raise TypeError(f"{field} has no form field: give its column a parser.")

    most = field.max_length if isinstance(field, models.CharField) else None

    # Counts and kinds repeat from row to row. An error is raised anew each time.
    @lru_cache(maxsize=4096)
    def clean(text: str) -> Any:
        if most is not None and len(text) > most:
            raise ValidationError(
                _("%(n)d characters are too many here, at most %(most)d. Shorten the text.")
                % {"n": len(text), "most": most}
            )
        value = form_field.clean(text)
        field.run_validators(value)
        return value

    return lambda text, _load: clean(text)


@lru_cache(maxsize=4096)
def day_of(text: str) -> datetime.date | None:
    """Return the date written as ``2018-12-31``; raises ``ValidationError``."""
    try:
        day: datetime.date | None = _DATES.clean(text)
    except ValidationError as error:
        raise ValidationError(
            _("“%(value)s” is no date. Write it as 2018-12-31.") % {"value": text}
        ) from error
    return day


def day(text: str, _load: Load) -> datetime.date | None:
    """Parse a date."""
    return day_of(text)


def yes_no(text: str, _load: Load) -> bool:
    """Parse yes or no."""
    word = text.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValidationError(
        _("“%(value)s” is neither yes nor no. Write yes/no or 是/否.") % {"value": text}
    )


def choice(values: Iterable[str], words: Mapping[str, str] | None = None) -> Parser:
    """Return the parser of one of ``values``, in English or by its Chinese word in ``words``."""
    known = {value.lower(): value for value in values}
    allowed = ", ".join(
        f"{value} {words[value]}" if words and value in words else value for value in known.values()
    )
    known |= {word: value for value, word in (words or {}).items()}

    def parse(text: str, _load: Load) -> str:
        try:
            return known[text.lower()]
        except KeyError:
            raise ValidationError(
                _("“%(value)s” is not one of: %(allowed)s.") % {"value": text, "allowed": allowed}
            ) from None

    return parse


def text_up_to(length: int) -> Parser:
    """Return the parser of a text of at most ``length`` characters."""
    field = forms.CharField(max_length=length)
    return lambda text, _load: field.clean(text)


def many(parse: Parser) -> Parser:
    """Return the parser of a list separated by semicolons, each item read by ``parse``."""

    def parse_all(text: str, load: Load) -> list[Any]:
        items: list[Any] = []
        for part in re.split("[;；]", text):
            word = part.strip()
            if not word:
                continue
            item = parse(word, load)
            if item in items:
                raise ValidationError(_("“%(value)s” stands twice in this list.") % {"value": word})
            items.append(item)
        return items

    return parse_all


def count(text: str) -> Fraction:
    """Return a whole number of at least zero; raises ``ValidationError``."""
    return Fraction(_COUNTS.clean(text))


def share(text: str) -> Fraction:
    """Return a share between 0 and 1 written ``60%`` or ``60/100``; raises ``ValidationError``.

    A workbook's cell shown as 60% holds 0.6, so decimals up to 1 are read as well.
    """
    wrong = ValidationError(
        _("“%(value)s” is no share. Write it as 60%% or 60/100.") % {"value": text}
    )
    number, percent, _rest = text.replace("％", "%").partition("%")
    numerator, slash, denominator = number.partition("/")
    try:
        value = Fraction(Decimal(numerator.strip()))
        if slash:
            value /= Fraction(Decimal(denominator.strip()))
    except (InvalidOperation, ZeroDivisionError, ValueError, OverflowError):
        raise wrong from None
    if percent:
        value /= _PER_HUNDRED
    if not 0 <= value <= 1 or value.denominator > LARGEST[models.PositiveIntegerField]:
        raise wrong
    return value


def as_integers(value: Fraction, *, is_share: bool) -> tuple[int, int]:
    """Return numerator and denominator as stored: 60% is 60/100, a count of 17 is 17/1."""
    if not is_share:
        return value.numerator, value.denominator
    if _PER_HUNDRED % value.denominator == 0:
        return value.numerator * (_PER_HUNDRED // value.denominator), _PER_HUNDRED
    return value.numerator, value.denominator

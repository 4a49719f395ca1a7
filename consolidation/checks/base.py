"""What a check answers: findings, exact to the last record, in two languages.

A rule is a function from ``Facts`` to findings. It is registered under its code and runs only
where the programme has a target line for it: a rule that the programme leaves out is absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.facts import Facts
    from consolidation.checks.rows import RowCheck
    from zones.models import Division

# Made once: Django builds a class for each call of lazy().
_lazy_text = lazy(str, str)

BREAKING_LIMIT = 10_000
"""How many breaking records a finding lists; ``breaking_total`` always says how many there are."""


class Status(models.TextChoices):
    """The answer of a rule. Missing data is never taken for a rule that is kept."""

    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    UNKNOWN = "unknown", _("Unknown")


class Severity(models.TextChoices):
    """Whether breaking the rule breaches the document or only departs from its advice."""

    BREACH = "breach", _("Breach")
    ADVICE = "advice", _("Advice")


class Ratio(NamedTuple):
    """A figure as integers: a count (``denominator`` 1), or a share of a baseline.

    ``numerator`` is ``None`` where the figure is not known.
    """

    numerator: int | None
    denominator: int | None = 1

    @property
    def is_share(self) -> bool:
        """Whether the figure is a share rather than a count."""
        return self.denominator != 1

    def is_share_of(self, limit: Ratio | None) -> bool:
        """Whether it is a share beside ``limit``: that of a baseline of one has denominator 1, too."""
        return self.is_share or (limit is not None and limit.is_share)

    def as_json(self) -> dict[str, int | None]:
        """Return the two integers under their names."""
        return {"numerator": self.numerator, "denominator": self.denominator}


class RecordRef(NamedTuple):
    """A record named by a finding: its type, key and name, its owner, and what is wrong."""

    type: str
    id: int
    name: str
    division_id: int
    why: StrOrPromise = ""


@dataclass(frozen=True)
class Finding:
    """The answer of one rule in one scope and state.

    ``margin`` is in the unit counted: how many records may still be lost before the rule breaks;
    negative, how many are lacking. ``counted`` is the number of records that the rule looked at.
    ``counts`` names the count whose records they are, ``formula`` shows the arithmetic.
    """

    rule: str
    aspect: str
    title: StrOrPromise
    clause: str
    scope: Scope
    status: Status
    severity: Severity
    actual: Ratio
    limit: Ratio
    margin: int | None
    unit: StrOrPromise
    message: StrOrPromise
    counted: int
    counts: str
    placeholders: bool
    formula: StrOrPromise = ""
    breaking: tuple[RecordRef, ...] = ()
    breaking_total: int = 0

    @property
    def fails(self) -> bool:
        """Whether this finding keeps the programme from being in order."""
        return self.severity == Severity.BREACH and self.status != Status.MET


@dataclass(frozen=True)
class Rule:
    """One of the rules: its code, its words, and the function that answers it.

    ``row_checks`` gives the record-by-record parts of the rule, for pages that list the records.
    """

    code: str
    title: StrOrPromise
    explanation: StrOrPromise
    answer: Callable[[Facts], Iterable[Finding]]
    row_checks: Callable[[Facts], Iterable[RowCheck]] | None = None


RULES: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Add a rule to the registry; a code taken already is an error of the programmer."""
    if rule.code in RULES:
        raise ValueError(f"rule {rule.code} is registered twice")
    RULES[rule.code] = rule
    return rule


def text(pattern: StrOrPromise, **values: object) -> StrOrPromise:
    """Return ``pattern`` with its values, put together only when shown, in the reader's tongue."""
    return format_lazy(pattern, **values)


@dataclass(frozen=True)
class Scope:
    """Whom a finding is about: the whole city, or one owner (a division or the municipal level).

    The city and its municipal level share a row and a code, so ``is_city`` tells them apart.
    """

    division: Division
    is_city: bool = False

    @property
    def code(self) -> str:
        """The GB/T 2260 code; the municipal level has the city's."""
        return self.division.code

    @property
    def label(self) -> StrOrPromise:
        """The name, put into the reader's language only when shown."""
        return _lazy_text(_Label(self.division, self.is_city))


@dataclass(frozen=True)
class _Label:
    division: Division
    is_city: bool

    def __str__(self) -> str:
        if self.division.is_municipal and not self.is_city:
            return str(_("Municipal level"))
        return self.division.label


def names_of(records: Iterable[RecordRef], total: int) -> StrOrPromise:
    """Return the first few names of ``records``, and that there are more where there are."""
    shown = [record.name for record in records][:3]
    listed = "、".join(shown)
    if total > len(shown):
        return text(_("{names} and {more} more"), names=listed, more=total - len(shown))
    return listed


def at_least(share: Ratio, numerator: int, denominator: int) -> bool:
    """Whether ``numerator / denominator`` reaches ``share``, by cross-multiplication of integers."""
    assert share.numerator is not None  # noqa: S101 - a target of a share always has one
    assert share.denominator is not None  # noqa: S101
    return numerator * share.denominator >= share.numerator * denominator


def least_for(share: Ratio, baseline: int) -> int:
    """Return the smallest count that reaches ``share`` of ``baseline``: 86 for 60% of 142."""
    assert share.numerator is not None  # noqa: S101 - a target of a share always has one
    assert share.denominator is not None  # noqa: S101
    return -(-share.numerator * baseline // share.denominator)


def percent(numerator: int, denominator: int, limit: Ratio | None = None) -> str:
    """Return a share in percent with two decimals, never rounded over ``limit``.

    85 of 142 is ``59.86%``; 5,999,999 of 10,000,000 is ``59.99%`` beside a limit of 60%.
    """
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    shown = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if limit is not None and limit.numerator is not None and limit.denominator:
        threshold = Decimal(limit.numerator) * 100 / Decimal(limit.denominator)
        if exact < threshold <= shown:
            shown = exact.quantize(Decimal("0.01"), ROUND_DOWN)
    return f"{shown}%"

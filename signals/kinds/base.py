"""What a signal is: a finding with its records, not an accusation.

A kind of signal is a function from ``Facts`` to signals, registered under its code with its
words. A signal holds integers and names alone; its sentence is put together when it is shown, in
the reader's language.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.core.validators import MaxValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from platforms_portal.access import Right

if TYPE_CHECKING:
    from fractions import Fraction

    from django_stubs_ext import StrOrPromise

    from consolidation.models import MergePlan
    from signals.kinds.facts import Facts

FIRST = "founded"
"""The note of a record that the others are told beside."""

RECORDS_KEPT = 500
"""How many records a signal names; ``total`` always says how many there are."""

MOST_COUNTED = 10_000
"""The largest whole number of a threshold: days and months are counted back by some of them."""

Values = dict[str, int | str]


class Record(NamedTuple):
    """A record that a signal names: its type, key and name, and what was seen of it.

    ``note`` names a pattern of the kind's ``notes``, ``values`` what stands in it.
    """

    type: str
    id: int
    name: str
    note: str = ""
    values: Values = {}


@dataclass(frozen=True)
class Signal:
    """One thing that was seen, of one owner.

    ``figures`` are what it rests on; ``basis`` what they were compared with, which may move without
    the signal being another. ``right`` is what its records ask of a reader. ``settled`` means
    that confirmed corrections account for all of it. ``since`` is the day from which it is so.
    """

    code: str
    aspect: str
    division_id: int
    figures: Values
    records: tuple[Record, ...]
    right: Right
    subject: int = 0
    since: datetime.date | None = None
    basis: Values = field(default_factory=dict)
    total: int = 0
    placeholders: bool = False
    settled: bool = False

    @property
    def key(self) -> str:
        """What it is found by again, whatever its figures are by then."""
        key = f"{self.code}-{self.division_id}-{self.aspect}"
        return f"{key}-{self.subject}" if self.subject else key

    @property
    def digest(self) -> str:
        """The digest of its figures and records: the same as long as none of them changes."""
        seen = [
            self.key,
            self.total,
            sorted(self.figures.items()),
            sorted([r.type, r.id, r.note, sorted(r.values.items())] for r in self.records),
        ]
        text = json.dumps(seen, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def signal(  # noqa: PLR0913 - one keyword for each thing that a signal tells
    code: str,
    aspect: str,
    division_id: int,
    *,
    figures: Mapping[str, int | str],
    records: Iterable[Record],
    right: Right,
    subject: int = 0,
    since: datetime.date | None = None,
    basis: Mapping[str, int | str] | None = None,
    placeholders: bool = False,
    settled: bool = False,
) -> Signal:
    """Return a signal with its records in a fixed order, at most ``RECORDS_KEPT`` of them."""
    named = sorted(
        records, key=lambda record: (record.note != FIRST, record.type, record.name, record.id)
    )
    return Signal(
        code=code,
        aspect=aspect,
        division_id=division_id,
        figures=dict(figures),
        records=tuple(named[:RECORDS_KEPT]),
        total=len(named),
        right=right,
        subject=subject,
        since=since,
        basis=dict(basis or {}),
        placeholders=placeholders,
        settled=settled,
    )


def plan_record(plan: MergePlan) -> Record:
    """Return the plan as a record; its name is put together when it is shown."""
    return Record("plan", plan.pk, "", "plan", {"version": plan.version})


class Threshold(NamedTuple):
    """A threshold of a kind, with the default that holds where the programme sets none."""

    name: str
    numerator: int
    denominator: int
    label: StrOrPromise

    @property
    def is_share(self) -> bool:
        """Whether it is a share rather than a count."""
        return self.denominator != 1

    def check(self, value: Fraction | int) -> None:
        """Raise ``ValidationError`` for a whole number that is out of all bounds."""
        if not self.is_share:
            MaxValueValidator(MOST_COUNTED)(value)


def count(name: str, default: int, label: StrOrPromise) -> Threshold:
    """Return a threshold that is a whole number."""
    return Threshold(name, default, 1, label)


def share(name: str, default: int, label: StrOrPromise) -> Threshold:
    """Return a threshold that is a share, ``default`` in percent."""
    return Threshold(name, default, 100, label)


ON = count("on", 1, _("1: looked for; 0: switched off"))
"""Every kind can be switched off by a programme."""


@dataclass(frozen=True)
class Kind:
    """A kind of signal: its code, its words and the function that finds it.

    ``sentences`` are patterns by aspect, ``labels`` the headings of the figures, ``notes``
    patterns of what is said of a record, ``legitimate`` what may well explain it.
    """

    code: str
    title: StrOrPromise
    definition: StrOrPromise
    formula: StrOrPromise
    sentences: Mapping[str, StrOrPromise]
    labels: Mapping[str, StrOrPromise]
    legitimate: tuple[StrOrPromise, ...]
    find: Callable[[Facts], Iterable[Signal]]
    notes: Mapping[str, StrOrPromise] = field(default_factory=dict)
    own_thresholds: tuple[Threshold, ...] = ()

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Its thresholds, whether it is looked for among them."""
        return (ON, *self.own_thresholds)


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind to the registry; a code taken already is an error of the programmer."""
    if kind.code in KINDS:
        raise ValueError(f"signal {kind.code} is registered twice")
    KINDS[kind.code] = kind
    return kind


def words(promise: StrOrPromise) -> str:
    """Return a text in the language of the moment."""
    return str(promise) if isinstance(promise, Promise) else promise

"""The signals that a reader may see, with what was said of each, and their numbers by owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.selectors.plans import owners_of
from signals import words
from signals.kinds.base import KINDS
from signals.models import SignalNote
from signals.selectors.found import signals_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable

    from consolidation.models import Programme
    from platforms_portal.access import Right, Scope
    from signals.kinds.base import Kind, Signal
    from signals.words import Line
    from zones.models import Division


class Status(models.TextChoices):
    """Whether somebody has accounted for a signal."""

    NEW = "new", pgettext_lazy("signal", "To be verified")
    REOPENED = "reopened", _("Changed since it was explained")
    EXPLAINED = "explained", pgettext_lazy("signal", "Explained")


class Named(NamedTuple):
    """A record as it is shown: type, key, name, what was seen, the correction that accounts for it."""

    type: str
    id: int
    name: str
    why: str
    correction: int


@dataclass(frozen=True)
class Seen:
    """A signal as it is shown: with its owner, its status and the notes on it, the oldest first."""

    signal: Signal
    owner: Division
    status: Status
    notes: tuple[SignalNote, ...] = ()

    @property
    def key(self) -> str:
        """The key of its address."""
        return self.signal.key

    @property
    def is_open(self) -> bool:
        """Whether it still is to be verified."""
        return self.status != Status.EXPLAINED

    @property
    def title(self) -> str:
        """The name of its kind."""
        return words.title(self.signal.code)

    @cached_property
    def sentence(self) -> str:
        """What was seen."""
        return words.sentence(self.signal, self.owner)

    @property
    def basis(self) -> str:
        """What it was compared with."""
        return words.basis(self.signal)

    @property
    def lines(self) -> list[Line]:
        """Its figures under their headings."""
        return words.lines(self.signal)

    @property
    def legitimate(self) -> list[str]:
        """What may well explain it."""
        return words.legitimate(self.signal)

    @cached_property
    def records(self) -> list[Named]:
        """Its records in words."""
        return [
            Named(
                record.type,
                record.id,
                words.name_of(record, self.owner),
                words.why(self.signal, record),
                int(record.values.get("correction", 0)),
            )
            for record in self.signal.records
        ]

    @property
    def counted_in(self) -> str:
        """The name of the list with the records that were compared, where that is one of the four counts."""
        if self.signal.code != "S06":
            return ""
        return "people" if "people" in self.signal.aspect else self.signal.aspect.split("_")[0]

    @property
    def explanation(self) -> SignalNote | None:
        """The explanation that stands, where one does."""
        if self.is_open:
            return None
        return next((n for n in self.notes[::-1] if n.kind == SignalNote.Kind.EXPLAIN), None)

    @property
    def account(self) -> str:
        """What accounts for it: the explanation, or confirmed corrections; nothing where it is open."""
        if self.signal.settled:
            return str(_("Confirmed corrections account for all of it."))
        return self.explanation.text if self.explanation else ""

    @property
    def last_note(self) -> SignalNote | None:
        """What was said last."""
        return self.notes[-1] if self.notes else None


@dataclass
class Number:
    """How many signals of a kind there are: still to be verified, and explained."""

    is_open: int = 0
    explained: int = 0

    def add(self, seen: Seen) -> None:
        """Count one more."""
        if seen.is_open:
            self.is_open += 1
        else:
            self.explained += 1


@dataclass(frozen=True)
class Row:
    """One owner's numbers, in the order of the kinds, and their sum."""

    owner: Division
    numbers: list[tuple[str, Number]]
    total: Number = field(default_factory=Number)


@dataclass(frozen=True)
class Summary:
    """The numbers by owner and kind; owners and kinds without any are left out."""

    kinds: list[Kind]
    rows: list[Row]
    sums: list[tuple[str, Number]]
    total: Number


def status_of(signal: Signal, notes: Iterable[SignalNote]) -> Status:
    """Return whether a signal is accounted for: by corrections, or by the last word on these figures."""
    if signal.settled:
        return Status.EXPLAINED
    said = [note for note in notes if note.kind != SignalNote.Kind.ANSWER]
    if not said or said[-1].kind == SignalNote.Kind.REOPEN:
        return Status.NEW
    return Status.EXPLAINED if said[-1].digest == signal.digest else Status.REOPENED


def signals_visible_to(
    scope: Scope, rights: Collection[Right], programme: Programme, day: datetime.date
) -> list[Seen]:
    """Return the signals whose owner is in ``scope`` and whose records ``rights`` show."""
    found = [
        signal
        for signal in signals_of(programme, day)
        if signal.right in rights and scope.covers(signal.division_id)
    ]
    owners = {owner.pk: owner for owner in owners_of(programme)}
    notes: dict[str, list[SignalNote]] = {}
    for note in (
        SignalNote.objects.filter(scope.q("division_id"), programme=programme)
        .select_related("author")
        .order_by("pk")
    ):
        notes.setdefault(note.key, []).append(note)
    return [
        Seen(
            signal,
            owners[signal.division_id],
            status_of(signal, notes.get(signal.key, ())),
            tuple(notes.get(signal.key, ())),
        )
        for signal in found
    ]


def summary_of(seen: Iterable[Seen]) -> Summary:
    """Return the numbers of ``seen`` by owner and kind."""
    shown = list(seen)
    codes = sorted({item.signal.code for item in shown})
    sums, total = {code: Number() for code in codes}, Number()
    by_owner: dict[int, tuple[Division, dict[str, Number], Number]] = {}
    for item in shown:
        cells = ({code: Number() for code in codes}, Number())
        _owner, numbers, own = by_owner.setdefault(item.owner.pk, (item.owner, *cells))
        for number in (numbers[item.signal.code], own, sums[item.signal.code], total):
            number.add(item)
    rows = [Row(owner, list(numbers.items()), own) for owner, numbers, own in by_owner.values()]
    rows.sort(key=lambda row: (-row.total.is_open, row.owner.code))
    return Summary([KINDS[code] for code in codes], rows, list(sums.items()), total)

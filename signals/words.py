"""What a signal says, in the language of the moment: its sentence, its figures, its records."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from consolidation.checks.base import Scope, percent
from platforms_portal.words import in_words
from signals.kinds.base import KINDS, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signals.kinds.base import Record, Signal
    from zones.models import Division


class Line(NamedTuple):
    """A figure under its heading."""

    name: str
    label: str
    value: str


def sentence(signal: Signal, owner: Division) -> str:
    """Return what was seen, as a sentence with its integers."""
    kind = KINDS[signal.code]
    shown = {name: in_words(value) for name, value in (signal.basis | signal.figures).items()}
    if "peers" in signal.basis:
        part, whole = (int(value) for value in signal.figures.values())
        shown["ratio"] = _ratio(signal, Fraction(part, whole))
    shown |= {"owner": words(Scope(owner).label), "total": in_words(signal.total)}
    return words(kind.sentences[signal.aspect]).format(**shown)


def basis(signal: Signal) -> str:
    """Return what the figures were compared with, where they were compared with others."""
    if "peers" not in signal.basis:
        return ""
    told = {
        name: _ratio(
            signal,
            Fraction(
                int(signal.basis[f"{name}_numerator"]), int(signal.basis[f"{name}_denominator"])
            ),
        )
        for name in ("median", "mad")
    }
    pattern = words(KINDS[signal.code].sentences["basis"])
    return pattern.format(peers=in_words(signal.basis["peers"]), **told)


def _ratio(signal: Signal, value: Fraction) -> str:
    if signal.aspect != "people_per_body":
        return percent(value.numerator, value.denominator)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def lines(signal: Signal) -> list[Line]:
    """Return the figures under their headings, then what they were compared with."""
    labels = KINDS[signal.code].labels
    return [
        Line(name, words(labels[name]), in_words(value))
        for name, value in (signal.figures | signal.basis).items()
        if name in labels
    ]


def why(signal: Signal, record: Record) -> str:
    """Return what was seen of one of the records."""
    pattern = KINDS[signal.code].notes.get(record.note)
    if pattern is None:
        return ""
    shown = {name: in_words(value) for name, value in record.values.items()}
    return words(pattern).format(**shown)


def name_of(record: Record, owner: Division) -> str:
    """Return the name of one of the records; a plan is called by its owner and version."""
    if record.type == "plan":
        return f"{words(Scope(owner).label)} v{record.values['version']}"
    return record.name


def legitimate(signal: Signal) -> list[str]:
    """Return what may well explain it."""
    return [words(reason) for reason in KINDS[signal.code].legitimate]


def title(code: str) -> str:
    """Return the name of a kind."""
    return words(KINDS[code].title)


def since(day: datetime.date | None) -> str:
    """Return since when it is so, or that this is not known."""
    return in_words(day) if day is not None else _("not known")


def titles(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return codes with the names of their kinds, to choose from."""
    return [(code, f"{code} {title(code)}") for code in codes]

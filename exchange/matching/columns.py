"""What the cells say of the columns that headings named: swapped, doubtful, or known after all."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from exchange.matching.content import Sample, fit, sample_of
from exchange.matching.headings import nearest
from exchange.matching.how import How
from exchange.subjects.spec import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exchange.matching.headings import Headings, Row
    from exchange.subjects import Column, Subject

_GAIN_MIN = 0.8
_GOOD = 0.7
_CONTRADICTS = 0.3
_BAD = 0.5
_CELLS_MIN = 3
_NEUTRAL = 0.5


@dataclass
class Judged:
    """A column of the file after its cells were looked at."""

    place: int
    heading: str
    name: str
    how: How
    sample: Sample
    doubt: str = ""
    samples: list[str] = field(default_factory=list)


def columns_of(
    subject: Subject, headings: Headings, data: Sequence[Row], *, is_ours: bool
) -> list[Judged]:
    """Return every column with a heading: what it is, by what that is known, and any doubt.

    A swap or a guess is only proposed: the column then carries a doubt, and a person confirms.
    ``is_ours`` is true for our own template, whose protected headings need no guesses.
    """
    columns = [
        Judged(
            named.place,
            named.heading,
            named.name,
            named.how,
            sample_of(data, named.place),
            _twice(named.rival) if named.rival is not None else "",
        )
        for named in headings.columns
    ]
    for column in columns:
        column.samples = column.sample.shown
    known = {column.name: column for column in subject.columns}
    _swap(subject, known, columns)
    if not is_ours:
        _doubt(subject, known, columns)
        _guess(subject, known, columns)
    _take_told(known, columns)
    return columns


def _twice(place: int) -> str:
    return _("This heading stands twice; column %(letter)s is used.") % {"letter": _letter(place)}


def _letter(place: int) -> str:
    return get_column_letter(place + 1)


# --- Swapped headings -------------------------------------------------------------------------------


def _swap(subject: Subject, known: dict[str, Column], columns: list[Judged]) -> None:
    """Find pairs whose cells fit each other's heading, the surest first, and propose the swap."""
    named = [column for column in columns if column.name and column.sample.cells]
    pairs = []
    for one, other in combinations(named, 2):
        gain = _gain(subject, known[one.name], known[other.name], one.sample, other.sample)
        if gain >= _GAIN_MIN:
            pairs.append((gain, one, other))
    swapped: set[int] = set()
    for _gained, one, other in sorted(pairs, key=lambda pair: -pair[0]):
        if swapped & {one.place, other.place}:
            continue
        swapped |= {one.place, other.place}
        one.name, other.name = other.name, one.name
        for column, partner in ((one, other), (other, one)):
            column.how = How.CONTENT
            column.doubt = _(
                "The cells do not fit this heading, but that of column %(letter)s"
                " (%(heading)s): the two seem to be swapped."
            ) % {"letter": _letter(partner.place), "heading": partner.heading}


def _gain(subject: Subject, first: Column, second: Column, one: Sample, other: Sample) -> float:
    """Return how much better the cells fit with the two headings swapped; 0 if one is content."""
    before = fit(subject, first, one), fit(subject, second, other)
    after = fit(subject, first, other), fit(subject, second, one)
    if any(
        share is not None and share < _GOOD and not _by_name(column, share)
        for column, share in zip((first, second), after, strict=True)
    ):
        return 0.0
    if all(share is None or share >= _BAD for share in before):
        return 0.0
    return sum(_or_neutral(share) for share in after) - sum(_or_neutral(share) for share in before)


def _by_name(column: Column, share: float) -> bool:
    """Whether a reference is given by name, which fits less surely than a code."""
    return column.kind is Kind.CODE and bool(column.refers_to) and share >= _BAD


def _or_neutral(share: float | None) -> float:
    return _NEUTRAL if share is None else share


# --- Doubts -----------------------------------------------------------------------------------------


def _doubt(subject: Subject, known: dict[str, Column], columns: list[Judged]) -> None:
    """Tell of columns whose cells contradict their heading, with no partner to swap with."""
    for column in columns:
        if not column.name or column.doubt or column.how is How.REMEMBERED:
            continue
        if known[column.name].told:
            continue
        if known[column.name].kind is Kind.CODE and column.sample.is_running_number:
            column.name, column.how = "", How.CONTENT
            column.doubt = _("These seem to be the numbers of the rows and no codes.")
            continue
        share = fit(subject, known[column.name], column.sample)
        if share is not None and share < _CONTRADICTS and len(column.sample.cells) >= _CELLS_MIN:
            column.doubt = _("Most cells do not look like “%(label)s”.") % {
                "label": known[column.name].label
            }


# --- Guesses ----------------------------------------------------------------------------------------


def _guess(subject: Subject, known: dict[str, Column], columns: list[Judged]) -> None:
    """Propose columns for headings that nobody knows: almost the same word, or telling cells."""
    free = {name: column for name, column in known.items() if not column.told}
    for taken in columns:
        free.pop(taken.name, None)
    for column in columns:
        if column.name or column.doubt or column.how is How.REMEMBERED:
            continue
        near = nearest(subject, column.heading)
        if near is not None and near.name in free:
            column.doubt = _("The heading is almost “%(label)s”.") % {"label": near.label}
        else:
            near = _by_content(subject, free, column.sample)
            if near is None:
                continue
            column.doubt = _("The heading is not known; the cells look like “%(label)s”.") % {
                "label": near.label
            }
        column.name, column.how = near.name, How.CONTENT
        del free[near.name]


def _by_content(subject: Subject, free: dict[str, Column], sample: Sample) -> Column | None:
    """Return the one column that the cells fit, if they tell enough."""
    if len(sample.cells) < _CELLS_MIN or sample.is_running_number:
        return None
    fitting = [
        column
        for column in free.values()
        if _is_telling(column) and (fit(subject, column, sample) or 0) >= _GOOD
    ]
    required = [column for column in fitting if column.required]
    fitting = required or fitting
    return fitting[0] if len(fitting) == 1 else None


def _is_telling(column: Column) -> bool:
    """Whether cells of this column can be told from those of others by themselves."""
    telling = column.kind in {Kind.CHOICE, Kind.CODE} or column.name in {"uscc", "gbt37028_code"}
    return telling or (column.required and column.kind is not Kind.LIST)


# --- References given by name ---------------------------------------------------------------------


def _take_told(known: dict[str, Column], columns: list[Judged]) -> None:
    """Let the name of a record stand for its code where the file has no column of codes."""
    taken = {column.name for column in columns}
    for column in columns:
        if column.name and known[column.name].told:
            reference = known.get(column.name.rpartition("_")[0])
            if reference and reference.refers_to and reference.name not in taken:
                column.name = reference.name
                taken.add(reference.name)

"""Which sheet holds which subject, and which of its columns is what."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from exchange.matching.columns import columns_of
from exchange.matching.headings import LOOKED_AT, Headings, find_headings
from exchange.matching.how import How
from exchange.matching.words import in_all_languages, normalised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exchange.matching.headings import Remembered, Row
    from exchange.reading.cells import Book, SheetInfo
    from exchange.subjects import Subject, Template

__all__ = ["Found", "How", "Match", "match_book", "normalised"]

_SAMPLED = 300
_SCORE_MIN = 3
_NAME_BONUS = 3
_SHARE_OF_BEST = 0.75
_SHEET_NAME_MAX = 31


@dataclass
class Found:
    """One column of the file. ``name`` is the subject's column, empty where it is not used.

    ``samples`` are a few of its values; ``doubt`` is empty, or a sentence why a person should look.
    """

    place: int
    heading: str
    name: str
    how: How
    samples: list[str] = field(default_factory=list)
    doubt: str = ""


@dataclass
class Match:
    """A sheet of the file and the subject that it holds.

    ``heading_rows`` are the first and the last row of its headings; the data follows them.
    ``missing`` are the required columns that no heading gives.
    """

    sheet: str
    subject: str
    heading_rows: tuple[int, int]
    found: list[Found]
    missing: list[str] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        """Whether nobody needs to look: known by heading, nothing missing, nothing doubtful."""
        sure = {How.LABEL, How.ALIAS, How.REMEMBERED, How.CHOSEN}
        return not self.missing and all(
            not column.doubt and (not column.name or column.how in sure) for column in self.found
        )

    def as_json(self) -> dict[str, Any]:
        """Return the match as plain values."""
        return {**asdict(self), "heading_rows": list(self.heading_rows)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Match:
        """Return the match that ``as_json`` wrote."""
        return cls(
            sheet=data["sheet"],
            subject=data["subject"],
            heading_rows=(data["heading_rows"][0], data["heading_rows"][1]),
            found=[Found(**{**column, "how": How(column["how"])}) for column in data["found"]],
            missing=list(data["missing"]),
        )


@dataclass
class _Candidate:
    """A sheet as one of the subjects."""

    sheet: SheetInfo
    rows: list[Row]
    subject: Subject
    headings: Headings
    named: bool

    @property
    def score(self) -> int:
        missing = sum(column.required for column in self.subject.read_columns)
        missing -= self.headings.needed
        return self.headings.score - missing + (_NAME_BONUS if self.named else 0)


def match_book(book: Book, template: Template, remembered: Remembered) -> list[Match]:
    """Return what each sheet of ``book`` holds, in the order of the template's subjects.

    ``remembered`` are the headings that a person confirmed before: by subject and normalised
    heading, the column's name (empty: not used). A sheet in which nothing is recognised is left
    out; so is a hidden one.
    """
    candidates = [
        candidate
        for sheet in book.sheets
        if not sheet.hidden and sheet.rows
        for candidate in _candidates(book, sheet, template, remembered)
    ]
    if book.mark is not None and any(candidate.named for candidate in candidates):
        candidates = [candidate for candidate in candidates if candidate.named]
    chosen = _chosen(candidates)
    order = {subject.key: place for place, subject in enumerate(template.subjects)}
    chosen.sort(key=lambda candidate: order[candidate.subject.key])
    return [_match(candidate, is_ours=book.mark is not None) for candidate in chosen]


def _candidates(
    book: Book, sheet: SheetInfo, template: Template, remembered: Remembered
) -> list[_Candidate]:
    rows = list(islice(book.rows(sheet.name), LOOKED_AT + _SAMPLED))
    found = []
    for subject in template.subjects:
        headings = find_headings(subject, rows[:LOOKED_AT], remembered)
        if headings is None:
            continue
        candidate = _Candidate(sheet, rows, subject, headings, _is_named(sheet, subject))
        if headings.needed and (candidate.named or headings.score >= _SCORE_MIN):
            found.append(candidate)
    return found


def _is_named(sheet: SheetInfo, subject: Subject) -> bool:
    labels = {normalised(word[:_SHEET_NAME_MAX]) for word in in_all_languages(subject.label)}
    return normalised(sheet.name) in labels | {normalised(subject.sheet), normalised(subject.key)}


def _chosen(candidates: list[_Candidate]) -> list[_Candidate]:
    """Give each sheet one subject, and each subject its best sheet and any others as good.

    Offices have a sheet for each district, and one of sums that only looks alike.
    """
    chosen: dict[str, _Candidate] = {}
    best: dict[str, int] = {}
    for candidate in sorted(candidates, key=lambda candidate: -candidate.score):
        subject = candidate.subject
        if candidate.sheet.name in chosen:
            continue
        is_whole = candidate.headings.needed == sum(
            column.required for column in subject.read_columns
        )
        if subject.key in best and not (
            is_whole and candidate.score >= _SHARE_OF_BEST * best[subject.key]
        ):
            continue
        best.setdefault(subject.key, candidate.score)
        chosen[candidate.sheet.name] = candidate
    return list(chosen.values())


def _match(candidate: _Candidate, *, is_ours: bool) -> Match:
    subject, headings = candidate.subject, candidate.headings
    data = [row for row in candidate.rows if row[0] > headings.rows[1]]
    judged = columns_of(subject, headings, data, is_ours=is_ours)
    found = [
        Found(column.place, column.heading, column.name, column.how, column.samples, column.doubt)
        for column in judged
    ]
    names = {column.name for column in found}
    missing = [
        column.name
        for column in subject.read_columns
        if column.required and column.name not in names
    ]
    return Match(candidate.sheet.name, subject.key, headings.rows, found, missing)

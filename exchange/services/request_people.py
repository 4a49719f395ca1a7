"""The rows of staff and of leading posts in what a district uploads of its ledger."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from exchange.selectors.request_records import figures_of, posts_of
from exchange.selectors.resolving import UnresolvedError
from exchange.services.placing import as_number
from exchange.services.request_lines import RequestLine, refuse_post, take_placeholder

if TYPE_CHECKING:
    from consolidation.models import Programme
    from exchange.matching import Line, Match
    from exchange.selectors.request_records import Book
    from zones.models import Division

_FIGURES = ("authorised", "on_post")
_OF_A_POST = ("authorised", "filled", "is_exempt")


class _OfBodies:
    """Finds the body that a row is of."""

    def __init__(self, book: Book, programme: Programme, division: Division) -> None:
        """Take the division's bodies."""
        self.book, self.programme, self.division = book, programme, division

    def _find(self, row: RequestLine, part: str) -> None:
        """Find the body; ``part`` is the column that says what of it the row is about."""
        text = row.line.cells.get("body", "")
        if not text:
            row.missing("body")
        elif not row.line.cells.get(part):
            row.missing(part)
        else:
            try:
                found = self.book.names.find(text)
            except UnresolvedError as error:
                row.fail("body", error.message, error.remedy, code=error.code)
                return
            row.record = self.book.records[found.pk]
            row.code, row.label, row.known = found.code, found.name, True


class StaffLines(_OfBodies):
    """Reads the head counts of the baseline; those of a body are corrected by one request."""

    def __init__(self, book: Book, programme: Programme, division: Division) -> None:
        """Read what stands beside the figures too."""
        super().__init__(book, programme, division)
        self.beside = figures_of(programme, division)

    def read(self, match: Match, line: Line) -> RequestLine:
        """Return what a row asks for, with what is wrong in it."""
        row = RequestLine(match, line)
        self._find(row, "category")
        if not row.known or row.record is None or "category" in row.wrong:
            return row
        category = line.cells["category"]
        self._check_day(row)
        for name in _FIGURES:
            if name in row.wrong or (name not in line.cells and name not in line.empty):
                continue
            text = as_number(line.cells.get(name, ""))
            if text and not text.isdecimal():
                row.fail(
                    name,
                    _("Write a whole number that is not negative."),
                    _("Correct the cell, or leave it empty where it is not known."),
                    code="wrong",
                )
                continue
            row.given[f"{name}-{category}"] = int(text) if text else None
            row.columns[f"{name}-{category}"] = name
        key = row.record.pk, category
        row.source = line.cells.get("source", "")
        if row.source and row.source != self.beside.sources.get(key, ""):
            row.given["source"], row.columns["source"] = row.source, "source"
        take_placeholder(row, is_marked=key in self.beside.placeholders)
        self._check_rest(row, key)
        return row

    def _check_day(self, row: RequestLine) -> None:
        day = row.line.cells.get("counted_on")
        if day and datetime.date.fromisoformat(day) != self.programme.baseline_date:
            row.fail(
                "counted_on",
                _("The staff of the baseline are those of %(day)s.")
                % {"day": self.programme.baseline_date.isoformat()},
                _("Leave the cell empty, or use the template “Monthly head counts”."),
                code="not_baseline",
            )

    def _check_rest(self, row: RequestLine, key: tuple[int, str]) -> None:
        note = row.line.cells.get("note", "")
        if note and note != self.beside.notes.get(key, ""):
            row.fail(
                "note",
                _("A division cannot ask for this to be changed."),
                _("Choose “not used” for this column where the columns are confirmed."),
                code="not_correctable",
            )
        if row.record is not None and not row.record.is_open and row.asks:
            row.fail(
                "body",
                _("This record is not part of the division's baseline."),
                _("The commission changes such records: write to it."),
                code="not_baseline",
            )


class PostLines(_OfBodies):
    """Reads the leading posts, which no request corrects: what differs is refused."""

    def __init__(self, book: Book, programme: Programme, division: Division) -> None:
        """Read the posts too."""
        super().__init__(book, programme, division)
        self.posts = posts_of(programme, division)

    def read(self, match: Match, line: Line) -> RequestLine:
        """Return the row, with what cannot be asked for."""
        row = RequestLine(match, line)
        self._find(row, "title")
        if row.known and row.record is not None:
            held = self.posts.get((row.record.pk, line.cells["title"]))
            refuse_post(row, held, _OF_A_POST)
            if held is None and not row.is_faulty:
                row.fail(
                    "title",
                    _("Leading posts are not corrected by request."),
                    _("Leave the row as the portal has it, and write to the commission."),
                    code="not_correctable",
                )
        return row

"""The writer of the ledger: platforms, bodies, posts, plates and staff, as the offices send them.

What a row says is read, judged and written by the engine that loads whole programmes; this module
feeds it chunk by chunk, and keeps what was found so that exactly that can be written later.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import IntegrityError
from django.utils.translation import gettext as _

from consolidation.loading.meta import rows_of
from consolidation.loading.writing import Author, write
from exchange.matching import Line, Match
from exchange.models import ImportRow
from exchange.selectors.naming import Divisions
from exchange.services.ledger_duplicates import duplicates
from exchange.services.ledger_judging import Judge, Ties, held_of, state_of
from exchange.services.ledger_keys import KEYS, open_load, rows_in_reach
from exchange.services.ledger_resolving import Resolver
from exchange.services.writers import ACTOR, CHUNK, Action, StaleError
from exchange.subjects import subject_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from accounts.models import User
    from consolidation.loading.specs import Sheet
    from exchange.models import ImportRun
    from exchange.problems import Problem
    from exchange.services.ledger_judging import Judged
    from exchange.services.writers import Outcome
    from exchange.subjects import Subject

_MARKS = 1 << 256
"""Marks of rows are added up, so that the digest depends on no order and no chunk."""


class LedgerWriter:
    """Judges rows against the ledger and writes them into it."""

    def begin(self, run: ImportRun) -> None:
        """Take up ``run``: read its divisions, and which column is what."""
        self.run = run
        self.matches = {
            (match.subject, match.sheet): match
            for match in (Match.from_json(data) for data in run.matches)
        }
        self.resolver = Resolver(run, Divisions(run))
        self._known: dict[str, int] = {}
        self._sum: int | None = None

    def check(self, subject: Subject, match: Match, lines: Sequence[Line]) -> list[Outcome]:
        """Return what becomes of each row of a chunk."""
        judged = self._judge(subject, match, lines)
        for state in judged.states:
            self._sum = ((self._sum or 0) + int(state, 16)) % _MARKS
        self._known[subject.key] = self._known.get(subject.key, 0) + judged.known
        return judged.outcomes

    def _judge(
        self,
        subject: Subject,
        match: Match,
        lines: Sequence[Line],
        new_codes: dict[int, str] | None = None,
    ) -> Judged:
        rows = self.resolver.resolve(subject, match, lines, new_codes)
        return Judge(self.run, subject, match).judge(rows, lock=new_codes is not None)

    def finish(self) -> list[Problem]:
        """Return where two rows of the file speak of one record."""
        return duplicates(self.run, self.matches)

    def absent(self) -> dict[str, int]:
        """Return how many records of the portal the file does not name."""
        found = {}
        for key in {subject for subject, _sheet in self.matches}:
            sheet = subject_with(key).format
            held = rows_of(sheet.model).filter(rows_in_reach(self.run, sheet.name)).count()
            found[key] = max(held - self._known.get(key, 0), 0)
        return found

    def digest(self) -> str:
        """Return the digest of every record that the file names, as the portal holds it."""
        total = self._sum
        if total is None:
            total = 0
            for rows in _chunks(self.run.rows.order_by("id").iterator(CHUNK)):
                sheet = subject_with(rows[0].subject).format
                for state in self._states(sheet, rows):
                    total = (total + int(state, 16)) % _MARKS
        return hashlib.sha256(f"{total:x}".encode()).hexdigest()

    def _states(self, sheet: Sheet, rows: Sequence[ImportRow]) -> Iterator[str]:
        keys = [row.data["key"] for row in rows]
        cells = [dict(zip(KEYS[sheet.name], key, strict=True)) for key in keys]
        load = open_load(self.run, subject_with(rows[0].subject), cells)
        ties = Ties.of(sheet.links, load)
        for key in keys:
            yield state_of(sheet, key, held_of(sheet, key, load), ties)

    def commit(self, rows: Iterator[ImportRow], *, user: User | None, reason: str) -> None:
        """Write ``rows``, each as it was shown; raises ``StaleError`` where one differs by now."""
        author = Author(reason, actor=user.get_username() if user else ACTOR, user=user)
        for chunk in _chunks(rows):
            subject = subject_with(chunk[0].subject)
            match = self.matches[subject.key, chunk[0].sheet]
            lines = [Line(row.row, row.data["cells"]) for row in chunk]
            new_codes = {row.row: row.data["new_code"] for row in chunk}
            judged = self._judge(subject, match, lines, new_codes)
            for row, outcome in zip(chunk, judged.outcomes, strict=True):
                _compare(row, outcome)
            try:
                write(judged.load, author)
            except IntegrityError as error:
                raise StaleError(_("Somebody else has added one of these records.")) from error


def _chunks(rows: Iterable[ImportRow]) -> Iterator[list[ImportRow]]:
    """Yield the rows in chunks, each of one sheet and subject."""
    waiting: list[ImportRow] = []
    for row in rows:
        first = waiting[0] if waiting else row
        if len(waiting) == CHUNK or (row.subject, row.sheet) != (first.subject, first.sheet):
            yield waiting
            waiting = []
        waiting.append(row)
    if waiting:
        yield waiting


def _compare(row: ImportRow, outcome: Outcome) -> None:
    """Raise ``StaleError`` where a row would not come out as it was shown."""
    shown = (row.action, row.key, row.before, row.after)
    if outcome.action == Action.ERROR or shown != (
        outcome.action,
        outcome.key,
        outcome.before,
        outcome.after,
    ):
        raise StaleError(
            _("“%(name)s” (%(sheet)s, row %(row)s) is no longer as it was shown.")
            % {"name": row.label or row.key, "sheet": row.sheet, "row": row.row}
        )

"""What a district uploads of its ledger: nothing is written, one correction is asked for a record.

The requests are made by the service of the correction's own form, which judges each; in the check
they are taken back. The reviewers are told once of all of them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from consolidation.correctable import CORRECTABLE
from consolidation.models import Correction
from consolidation.selectors.corrections import OpenRequests
from consolidation.services.requesting import Asked, digest_of, request_corrections
from consolidation.services.seen import ConflictError
from exchange.selectors.request_records import KINDS, Book, book_of, requests_digest
from exchange.selectors.resolving import names_of_platforms
from exchange.services.acting import actor_of, taken_back
from exchange.services.request_lines import LedgerLines, RequestLine, column_of
from exchange.services.request_people import PostLines, StaffLines
from exchange.services.writers import Action, Outcome, StaleError
from exchange.subjects import TEMPLATES
from platforms_portal.words import in_words
from zones.models import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from accounts.models import User
    from consolidation.correctable import Json
    from exchange.matching import Line, Match
    from exchange.models import ImportRow, ImportRun
    from exchange.problems import Problem
    from exchange.subjects import Subject

SOURCE_MAX = 300
"""Characters of a source."""

Key = tuple[str, str]
"""The record that a request is about: the subject, and its key or (to be added) its name."""


class RequestWriter:
    """Judges the rows of a district's ledger, and asks the commission for what differs."""

    run: ImportRun

    def begin(self, run: ImportRun) -> None:
        """Take up ``run``."""
        assert run.division is not None  # noqa: S101 - a district's upload is its division's
        self.run, self.division = run, run.division
        self.user = actor_of(run, run.uploaded_by)
        self.readers: dict[str, Any] = {}
        self.rows: dict[tuple[str, ...], RequestLine] = {}
        self.groups: dict[Key, list[RequestLine]] = defaultdict(list)
        self.named: dict[str, set[int]] = defaultdict(set)

    # --- The check ------------------------------------------------------------------------------

    def check(self, subject: Subject, match: Match, lines: Sequence[Line]) -> list[Outcome]:
        """Try the requests of this chunk, and return what becomes of its rows."""
        reader = self._reader(subject)
        chunk = [reader.read(match, line) for line in lines]
        touched: dict[Key, None] = {}
        for row in chunk:
            key = self._take_in(subject, row)
            if key is not None:
                touched[key] = None
        waiting = OpenRequests(self.run.programme, self.division.pk)
        with taken_back():
            self._ask([*touched], waiting)
        return [self._outcome(subject, row) for row in chunk]

    def _reader(self, subject: Subject) -> Any:
        """Return what reads the rows of a subject; the division's records are read once."""
        if subject.key not in self.readers:
            programme, division = self.run.programme, self.division
            if subject.key == "posts":
                self.readers["posts"] = PostLines(self._book("bodies"), programme, division)
            elif subject.key == "staff":
                self.readers["staff"] = StaffLines(self._book("staff"), programme, division)
            else:
                ledger = Platform.objects.filter(ledger=programme.ledger_id)
                names = names_of_platforms(ledger.filter(division=division))
                if subject.key == "bodies":
                    managed = ledger.filter(remits__body__division=division).distinct()
                    names = names.before(names_of_platforms(managed))
                self.readers[subject.key] = LedgerLines(
                    subject, self._book(subject.key), names, programme, division
                )
        return self.readers[subject.key]

    def _book(self, subject: str) -> Book:
        return book_of(subject, self.run.programme, self.division)

    def _take_in(self, subject: Subject, row: RequestLine) -> Key | None:
        """Keep a row that is right so far and asks for something; one record is asked about once."""
        if not row.known:
            return None
        pk = row.record.pk if row.record is not None else 0
        if pk:
            self.named[subject.key].add(pk)
        # Figures are a row a category; all else is one row a record.
        category = row.line.cells.get("category") or row.line.cells.get("title") or ""
        part = category if subject.key in {"staff", "posts"} else ""
        name = self._key(row)[1]
        first = self.rows.setdefault((subject.key, name, part), row)
        if first is not row:
            row.repeats(first, row.naming)
        if row.is_faulty or subject.key == "posts" or not row.asks:
            return None
        key = self._key(row)
        self.groups[key].append(row)
        return key

    def _ask(self, keys: Sequence[Key], waiting: OpenRequests) -> None:
        """Ask for the corrections for the moment; what is refused is told at its cell.

        Rows of one record make one request: what is right of them is asked for without the rest.
        """
        groups = [[row for row in self.groups[key] if not row.is_faulty] for key in keys]
        asked = [self._asked(key[0], rows) for key, rows in zip(keys, groups, strict=True) if rows]
        groups = [rows for rows in groups if rows]
        if not asked:
            return
        done = request_corrections(
            programme=self.run.programme, division=self.division, asked=asked, user=self.user
        )
        for place, error in done.refused.items():
            one, rows = asked[place], groups[place]
            open_one = waiting.about(one.subject, one.record_id, rows[0].label)
            self._refuse(rows, error, open_one)
        for place, correction in done.made.items():
            one, rows = asked[place], groups[place]
            open_one = waiting.about(one.subject, one.record_id, rows[0].label)
            if open_one is not None and open_one.pk == correction.pk:
                for row in rows:
                    row.is_asked_already = True
                _told_already(rows[0], open_one)
        if done.refused:
            self._ask([self._key(groups[place][0]) for place in done.refused], waiting)

    def _key(self, row: RequestLine) -> Key:
        return row.match.subject, str(row.record.pk if row.record is not None else row.label)

    def _asked(self, subject: str, rows: Sequence[RequestLine]) -> Asked:
        """Return the request that the rows of one record make together."""
        record = rows[0].record
        given: dict[str, Json] = {}
        for row in rows:
            given |= row.differing
        given.pop("source", None)
        return Asked(
            subject=KINDS[subject],
            kind=Correction.Kind.CHANGE if record is not None else Correction.Kind.ADD,
            record_id=record.pk if record is not None else None,
            reason=self.run.reason or "—",
            source=self._source(row.source for row in rows),
            given=given,
            seen=digest_of(record.reading.values) if record is not None else "",
        )

    def _source(self, given: Iterable[str]) -> str:
        """Return where it comes from: what the rows say, else the workbook itself."""
        sources = [*dict.fromkeys(source for source in given if source)]
        with translation.override(self.run.language):  # The same words whoever writes it.
            told = _("Workbook “%(name)s”") % {"name": self.run.file_name}
        return ("；".join(sources) or told)[:SOURCE_MAX]

    def _refuse(
        self, rows: Sequence[RequestLine], error: ValidationError, open_one: Correction | None
    ) -> None:
        if open_one is not None:
            for row in rows:
                _told_open(row, open_one)
            return
        by_field = getattr(error, "error_dict", None) or {NON_FIELD_ERRORS: [error]}
        for name, errors in by_field.items():
            row = next((row for row in rows if name in row.columns), rows[0])
            row.fail(
                row.columns.get(name) or row.naming,
                " ".join(ValidationError(errors).messages),
                _("Correct the row, or take it out of the file."),
                code="refused",
            )

    def _outcome(self, subject: Subject, row: RequestLine) -> Outcome:
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        action = Action.SAME
        if row.is_faulty or not row.known:
            action = Action.ERROR
        elif subject.key != "posts" and row.asks and not row.is_asked_already:
            action = Action.CHANGE if row.record is not None else Action.ADD
            before, after = self._words(subject, row)
        row.is_told = True
        return Outcome(
            row=row.line.row,
            sheet=row.match.sheet,
            action=action,
            key=row.code if row.record is not None else "",
            label=row.label,
            before=before,
            after=after,
            problems=row.problems,
            data={
                "id": row.record.pk if row.record is not None else None,
                "label": row.label,
                "given": row.differing,
                "source": row.source,
                "seen": digest_of(row.record.reading.values) if row.record is not None else "",
            },
        )

    def _words(self, subject: Subject, row: RequestLine) -> tuple[dict[str, str], dict[str, str]]:
        kind = CORRECTABLE[KINDS[subject.key]]
        held = row.record.reading.values if row.record is not None else {}
        before, after = {}, {}
        for name, value in row.differing.items():
            column = column_of(name)
            if row.record is not None:
                before[column] = kind.words(name, held.get(name))
            after[column] = kind.words(name, value)
        source = self._source([row.source])
        if source != (held.get("source") or "") and "source" not in after:
            # What comes without a source comes from the workbook, and the request says so.
            if row.record is not None:
                before["source"] = str(held.get("source") or "")
            after["source"] = source
        if row.confirms:
            before["placeholder"], after["placeholder"] = in_words(True), in_words(False)
        return before, after

    def finish(self) -> list[Problem]:
        """Return nothing: requests do not depend on each other."""
        return []

    def absent(self) -> dict[str, int]:
        """Return, by subject, how many of the division's records the file does not name."""
        found = {}
        for subject, reader in self.readers.items():
            if subject != "posts":
                lacking = sum(
                    pk not in self.named[subject] and record.is_open and record.says_something
                    for pk, record in reader.book.records.items()
                )
                if lacking:
                    found[subject] = lacking
        return found

    def digest(self) -> str:
        """Return the digest of the division's records, and of the requests that are open."""
        subjects = [subject.key for subject in TEMPLATES[self.run.template].subjects]
        return requests_digest(self.run.programme, self.division, subjects)

    # --- The commit -----------------------------------------------------------------------------

    def commit(self, rows: Iterator[ImportRow], *, user: User | None, reason: str) -> None:
        """Ask for what was shown, all of it; raises ``StaleError`` where one is refused by now."""
        groups: dict[Key, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            groups[row.subject, str(row.data["id"] or row.data["label"])].append(row.data)
        asked = [
            Asked(
                subject=KINDS[subject],
                kind=Correction.Kind.CHANGE if of[0]["id"] else Correction.Kind.ADD,
                record_id=of[0]["id"],
                reason=self.run.reason or reason,
                source=self._source(data["source"] for data in of),
                given={n: v for data in of for n, v in data["given"].items() if n != "source"},
                seen=of[0]["seen"],
            )
            for (subject, _name), of in groups.items()
        ]
        try:
            done = request_corrections(
                programme=self.run.programme,
                division=self.division,
                asked=asked,
                user=actor_of(self.run, user),
            )
        except ConflictError as error:
            raise StaleError(_("A record was changed since this file was checked.")) from error
        if done.refused:
            first = next(iter(done.refused.values()))
            raise StaleError(" ".join(first.messages))


def _told_open(row: RequestLine, correction: Correction) -> None:
    row.fail(
        row.naming,
        _("Request %(number)s of %(day)s about this record still awaits an answer.")
        % {"number": correction.pk, "day": correction.requested_at.date().isoformat()},
        _("Withdraw that request, or take the row out of the file until it is answered."),
        code="open",
    )


def _told_already(row: RequestLine, correction: Correction) -> None:
    message = _("Request %(number)s asks for just this, and awaits an answer.")
    row.warn(
        row.naming,
        message % {"number": correction.pk},
        _("Nothing needs to be done: it is not sent again."),
        "asked_already",
    )

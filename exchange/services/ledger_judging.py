"""One chunk of the ledger's rows through the loading engine: what becomes of each of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.loading.grids import Line as Fed
from consolidation.loading.rows import Reader, Row
from consolidation.loading.specs import SHEETS
from consolidation.loading.tables import Record
from exchange.problems import Problem, Severity
from exchange.services.ledger_keys import key_in, key_of, open_load
from exchange.services.ledger_words import list_in_words, name_of, value_in_words
from exchange.services.writers import Action, Outcome, has_errors, problem_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from consolidation.loading.loads import Load
    from consolidation.loading.problems import Problem as Told
    from consolidation.loading.specs import Link, Sheet
    from exchange.matching import Match
    from exchange.models import ImportRun
    from exchange.services.ledger_resolving import Resolved
    from exchange.subjects import Subject


@dataclass
class Ties:
    """The lists of other records that the rows of a chunk are tied to: before, and by the file."""

    before: dict[Link, dict[Record, list[Record]]]
    now: dict[Link, dict[Record, dict[Record, int | None]]]

    @classmethod
    def of(cls, links: Sequence[Link], load: Load) -> Ties:
        """Return what the portal holds, before any row is read."""
        now = {link: load.links(link).of for link in links}
        before = {
            link: {owner: list(targets) for owner, targets in of.items()}
            for link, of in now.items()
        }
        return cls(before, now)


class ChunkReader(Reader):
    """Reads rows of one chunk. That a key stands twice is told once all chunks are known."""

    def report_duplicate(self, row: Row, first: int) -> None:
        """Keep silent: both rows are named at the end."""
        del row, first


@dataclass
class Judged:
    """A chunk as it was judged: what becomes of its rows, and the load that would write it."""

    load: Load
    outcomes: list[Outcome]
    states: list[str] = field(default_factory=list)
    known: int = 0


class Judge:
    """Judges the rows of one sheet of a file."""

    def __init__(self, run: ImportRun, subject: Subject, match: Match) -> None:
        self.run = run
        self.subject = subject
        self.match = match
        self.sheet = subject.format
        self.columns = {column.name for column in subject.read_columns}
        given = {found.name for found in match.found if found.name in self.columns}
        self.has_flag = "placeholder" in given
        self.has_note = "note" in given
        identity = {"code"} & self.columns
        self.headings = frozenset(given | identity)

    def judge(self, rows: Sequence[Resolved], *, lock: bool = False) -> Judged:
        """Return what becomes of ``rows``; nothing is written."""
        load = open_load(self.run, self.subject, [row.cells for row in rows], lock=lock)
        self._add_new(load, rows)
        reader = ChunkReader(self.sheet, load)
        ties = Ties.of(self.sheet.links, load)
        judged = Judged(load, [])
        read = [self._read(load, reader, row) for row in rows]
        if self.sheet.finish:
            self.sheet.finish(load)
        late = self._late(load, {row.line.row: row for row in rows})
        for row, (record, problems) in zip(rows, read, strict=True):
            told = [*problems, *late.get(row.line.row, [])]
            outcome = self._outcome(row, record, told, ties)
            key = outcome.data["key"]
            held = held_of(self.sheet, key, load)
            judged.outcomes.append(outcome)
            judged.states.append(state_of(self.sheet, key, held, ties))
            judged.known += held is not None
        return judged

    def _add_new(self, load: Load, rows: Sequence[Resolved]) -> None:
        """Let rows refer to what earlier rows of the file will add; at the commit it is there."""
        for row in rows:
            for sheet, known in row.named:
                if known.is_new:
                    table = load.table(SHEETS[sheet].model)
                    if table.find(known.code) is None:
                        table.add(Record({"code": known.code, "name": known.name}))

    def _read(
        self, load: Load, reader: ChunkReader, row: Resolved
    ) -> tuple[Record | None, list[Problem]]:
        cells = {name: text for name, text in row.cells.items() if name in self.columns}
        _row, record = reader.read_line(Fed(row.line.row, cells), self.headings)
        told = row.told | {
            problem.column for problem in row.line.problems if problem.severity == Severity.ERROR
        }
        problems = [
            self._problem(row, found, Severity.ERROR)
            for found in load.problems
            if found.column not in told
        ]
        problems += [self._problem(row, found, Severity.WARNING) for found in load.warnings]
        load.problems.clear()
        load.warnings.clear()
        if record is not None:
            problems += self._settle_flag(row, record)
        return record, [*row.problems, *problems]

    def _late(self, load: Load, rows: dict[int, Resolved]) -> dict[int, list[Problem]]:
        """Return what was told once all rows of the chunk were read, by the row."""
        late: dict[int, list[Problem]] = {}
        for severity, told in ((Severity.ERROR, load.problems), (Severity.WARNING, load.warnings)):
            for found in told:
                row = rows.get(found.row or 0)
                if row is not None:
                    late.setdefault(row.line.row, []).append(self._problem(row, found, severity))
        return late

    def _problem(self, row: Resolved, found: Told, severity: Severity) -> Problem:
        return problem_at(
            self.match,
            row.line,
            found.column if found.column in self.columns else "",
            found.message,
            _("Correct the cell in the file and upload it again.")
            if severity == Severity.ERROR
            else _("Check that it is meant so."),
            severity=severity,
            code="value" if severity == Severity.ERROR else "check",
        )

    # --- Placeholders ---------------------------------------------------------------------------

    def _settle_flag(self, row: Resolved, record: Record) -> list[Problem]:
        """Decide whether a record is a placeholder still (docs/import.md).

        Where the file does not say, a record that it changes is a real one, as wherever officials
        enter something (``mark_real``); one that it only repeats has not been confirmed by anybody.
        """
        before = record.before or {}
        if record.pk is None or "is_placeholder" not in {**before, **record.values}:
            return []
        differs = bool(before.keys() - {"is_placeholder"}) or record.relinked
        if not self.has_flag and "is_placeholder" in before:
            if not differs:
                record.revert("is_placeholder")
            elif not self.has_note and record.values.get("note"):
                record.change({"note": ""})
        elif differs and record.values["is_placeholder"]:
            return [
                problem_at(
                    self.match,
                    row.line,
                    "placeholder",
                    _("The row differs from the portal and still says that it is a placeholder."),
                    _("Write “no” if its figures are real."),
                    severity=Severity.WARNING,
                    code="still_placeholder",
                )
            ]
        return []

    # --- What becomes of a row ------------------------------------------------------------------

    def _outcome(
        self, row: Resolved, record: Record | None, problems: list[Problem], ties: Ties
    ) -> Outcome:
        key = key_of(self.sheet.name, row.cells, self.run)
        outcome = Outcome(
            row=row.line.row,
            sheet=self.match.sheet,
            action=Action.SAME,
            key=" / ".join(key),
            label=self._label(row, record),
            before={},
            after={},
            problems=problems,
            data={"key": key, "owner": list(row.owner)},
        )
        if record is None or has_errors(outcome, row.line):
            outcome.action = Action.ERROR
            return outcome
        if record.pk is None:
            outcome.action = Action.ADD
        elif record.is_changed:
            outcome.action = Action.CHANGE
        if outcome.action != Action.SAME:
            for name, old, new in self._differences(record, ties):
                if record.pk is not None:
                    outcome.before[name] = old
                outcome.after[name] = new
            outcome.data |= {"cells": row.line.cells, "new_code": row.new_code}
        return outcome

    def _label(self, row: Resolved, record: Record | None) -> str:
        if record is None:
            return row.cells.get("name") or row.cells.get("title") or ""
        body = record.values.get("body")
        own = name_of(record)
        if isinstance(body, Record):
            category = record.values.get("category")
            own = own or value_in_words(self.sheet.model, "category", category)
            return f"{name_of(body)} {own}"
        return own

    def _differences(self, record: Record, ties: Ties) -> Iterator[tuple[str, str, str]]:
        """Yield the column, the words before and the words after of whatever differs."""
        model, before = self.sheet.model, record.before or {}
        for column in self.sheet.fields:
            name, value = column.target, record.values.get(column.target)
            if name in before:
                old = value_in_words(model, name, before[name])
                yield column.heading, old, value_in_words(model, name, value)
            elif record.pk is None and value not in (None, "") and self._is_told(column.heading):
                yield column.heading, "", value_in_words(model, name, value)
        for link in self.sheet.links:
            was, now = ties.before[link].get(record, []), ties.now[link].get(record, {})
            if set(was) != set(now):
                yield link.heading, list_in_words(was), list_in_words(now)

    def _is_told(self, heading: str) -> bool:
        return heading in self.headings or heading in {"division", "code"}


def held_of(sheet: Sheet, key: Sequence[str], load: Load) -> Record | None:
    """Return the record that the portal holds under a key, as text."""
    record = load.table(sheet.model).find(*key_in(sheet.name, key, load))
    return record if record is not None and record.pk is not None else None


def state_of(sheet: Sheet, key: Sequence[str], record: Record | None, ties: Ties) -> str:
    """Return a mark of what the portal holds of a row's record, whatever the file says of it."""
    told: dict[str, str] = {}
    linked: dict[str, list[str]] = {}
    if record is not None:
        values = {**record.values, **(record.before or {})}
        told = {name: _mark(value) for name, value in sorted(values.items())}
        linked = {
            link.heading: sorted(_mark(target) for target in ties.before[link].get(record, ()))
            for link in sheet.links
        }
    whole = (sheet.name, list(key), told, linked)
    return hashlib.sha256(repr(whole).encode()).hexdigest()


def _mark(value: Any) -> str:
    return str(value.pk) if isinstance(value, Record) else str(value)

"""From what an office writes to what the programme format asks for: codes in place of names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from exchange.problems import Problem, Severity
from exchange.selectors.naming import NAME_FIELDS, Known, Mentioned, mentioned_in
from exchange.selectors.resolving import UnresolvedError, folded, several, unknown
from exchange.services.ledger_keys import CODE_PREFIXES
from exchange.services.writers import problem_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exchange.matching import Line, Match
    from exchange.models import ImportRun
    from exchange.selectors.naming import Divisions
    from exchange.subjects import Subject


@dataclass
class Resolved:
    """A row with codes in place of names.

    ``new_code`` is the code that the portal gives a record that it does not know. ``owner`` is
    the division that the row belongs to: its key and its code, where that is known.
    """

    line: Line
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    owner: tuple[int | None, str] = (None, "")
    new_code: str = ""
    told: set[str] = field(default_factory=set)
    """The columns that were told as wrong here, so that the engine need not."""
    named: list[tuple[str, Known]] = field(default_factory=list)
    """The records that it refers to, by their sheet."""


class Resolver:
    """Resolves the names in the rows of one run, a chunk at a time."""

    def __init__(self, run: ImportRun, divisions: Divisions) -> None:
        self.run = run
        self.divisions = divisions
        self.given = 0
        self._owner_ids = {owner.code: owner.pk for owner in divisions.owners.values()}

    def resolve(
        self,
        subject: Subject,
        match: Match,
        lines: Sequence[Line],
        new_codes: dict[int, str] | None = None,
    ) -> list[Resolved]:
        """Return ``lines`` with codes; ``new_codes`` are those that a check gave to its rows."""
        rows = [Resolved(line, dict(line.cells)) for line in lines]
        self._divide(subject, match, rows)
        references = {
            column.refers_to: mentioned_in(
                self.run, column.refers_to, self._texts(subject, rows, column.refers_to)
            )
            for column in subject.read_columns
            if column.refers_to and column.refers_to != "divisions"
        }
        own = subject.sheet if subject.sheet in NAME_FIELDS else ""
        known = mentioned_in(self.run, own, self._own_texts(own, rows))
        for row in rows:
            for sheet, names in references.items():
                self._refer(subject, match, row, sheet, names)
            if own:
                self._identify(own, match, row, known, new_codes)
        return rows

    def _divide(self, subject: Subject, match: Match, rows: list[Resolved]) -> None:
        """Put codes of divisions in place of their names; a division's own file needs none."""
        names = {column.name for column in subject.read_columns if column.refers_to == "divisions"}
        own = self.run.division
        for row in rows:
            if "division" in names:
                if row.cells.get("division"):
                    row.cells["division"] = self.divisions.owner_code(row.cells["division"])
                elif own is not None:
                    row.cells["division"] = own.code
                code = row.cells.get("division", "")
                row.owner = (self._owner_ids.get(code), code)
                if own is not None and row.owner[0] not in (None, own.pk):
                    self._tell(match, row, "division", _elsewhere(own.name))
            if row.cells.get("current_division"):
                row.cells["current_division"] = self.divisions.today(row.cells["current_division"])

    def _texts(self, subject: Subject, rows: list[Resolved], sheet: str) -> Iterator[str]:
        for column in subject.read_columns:
            if column.refers_to == sheet:
                for row in rows:
                    yield from _parts(row.cells.get(column.name, ""))

    def _own_texts(self, sheet: str, rows: list[Resolved]) -> Iterator[str]:
        for row in rows if sheet else ():
            yield row.cells.get("code", "")
            yield row.cells.get(NAME_FIELDS[sheet], "")

    # --- References ---------------------------------------------------------------------------

    def _refer(
        self, subject: Subject, match: Match, row: Resolved, sheet: str, names: Mentioned
    ) -> None:
        for column in subject.read_columns:
            text = row.cells.get(column.name, "")
            if column.refers_to != sheet or not text:
                continue
            found = [self._one(match, row, column.name, part, names) for part in _parts(text)]
            row.named += [(sheet, known) for known in found if known]
            row.cells[column.name] = ";".join(
                known.code if known else part
                for known, part in zip(found, _parts(text), strict=True)
            )
            if row.owner[0] is None and found and found[0] is not None:
                row.owner = (found[0].division_id, found[0].division_code)

    def _one(
        self, match: Match, row: Resolved, column: str, text: str, names: Mentioned
    ) -> Known | None:
        """Return the record that ``text`` names, or tell why there is none."""
        known = names.by_code.get(folded(text))
        if known is None:
            found = names.named(text, self._reach(row))
            if not found and self.run.division_id is None:
                found = names.named(text)
            if len(found) != 1:
                self._tell(match, row, column, several(text, found) if found else unknown(text))
                return None
            known = found[0]
        if known.faulty_at:
            self._tell(match, row, column, _faulty(known))
            return None
        return known if self._is_in_reach(match, row, column, known) else None

    def _reach(self, row: Resolved) -> tuple[int | None, ...]:
        if self.run.division_id is not None:
            return (self.run.division_id,)
        return (row.owner[0],) if row.owner[0] is not None else ()

    def _is_in_reach(self, match: Match, row: Resolved, column: str, known: Known) -> bool:
        if self.run.division_id in (None, known.division_id):
            return True
        told = UnresolvedError(
            "other_division",
            _("%(name)s (%(code)s) belongs to another division.")
            % {"name": known.name, "code": known.code},
            _("Take the row out: its own division enters it."),
        )
        self._tell(match, row, column, told)
        return False

    # --- Its own record -----------------------------------------------------------------------

    def _identify(
        self,
        sheet: str,
        match: Match,
        row: Resolved,
        names: Mentioned,
        new_codes: dict[int, str] | None,
    ) -> None:
        """Give a row without a code that of the record of its name, or a new one."""
        name = row.cells.get(NAME_FIELDS[sheet], "")
        if row.cells.get("code"):
            known = names.by_code.get(folded(row.cells["code"]))
            row.cells["code"] = known.code if known else folded(row.cells["code"])
            if known is None:
                self._warn_of_namesake(sheet, match, row, names)
            elif not known.is_new:
                self._is_in_reach(match, row, "code", known)
            return
        found = [known for known in self._of_name(sheet, row, names, name) if not known.is_new]
        if len(found) > 1:
            self._tell(match, row, NAME_FIELDS[sheet], several(name, found))
        if len(found) == 1:
            self._take(sheet, match, row, found[0])
            return
        row.new_code = (new_codes or {}).get(row.line.row) or self._next_code(sheet, row)
        row.cells["code"] = row.new_code

    def _of_name(self, sheet: str, row: Resolved, names: Mentioned, name: str) -> list[Known]:
        if not name or row.owner[0] is None:
            return []
        del sheet
        return names.named(name, (row.owner[0],))

    def _take(self, sheet: str, match: Match, row: Resolved, known: Known) -> None:
        """Take a row for the record of its name, which keeps the spelling that it has."""
        row.cells["code"] = known.code
        name = NAME_FIELDS[sheet]
        if not known.is_current:
            row.problems.append(
                problem_at(
                    match,
                    row.line,
                    name,
                    _("This is a former name of “%(name)s” (%(code)s), which the row is taken for.")
                    % {"name": known.name, "code": known.code},
                    _("Write its code if it is meant to be renamed, or the other one's code."),
                    severity=Severity.WARNING,
                    code="former_name",
                )
            )
        row.cells[name] = known.name

    def _next_code(self, sheet: str, row: Resolved) -> str:
        self.given += 1
        return f"{CODE_PREFIXES[sheet]}{row.owner[1]}-I{self.run.pk}-{self.given}"

    def _warn_of_namesake(self, sheet: str, match: Match, row: Resolved, names: Mentioned) -> None:
        name = NAME_FIELDS[sheet]
        others = [
            known
            for known in self._of_name(sheet, row, names, row.cells.get(name, ""))
            if not known.is_new
        ]
        if others:
            row.problems.append(
                problem_at(
                    match,
                    row.line,
                    "code",
                    _("The portal has a record of this name under the code %(code)s.")
                    % {"code": others[0].code},
                    _("Write that code, unless this is another one."),
                    severity=Severity.WARNING,
                    code="namesake",
                )
            )

    def _tell(self, match: Match, row: Resolved, column: str, error: UnresolvedError) -> None:
        row.told.add(column)
        row.problems.append(
            problem_at(match, row.line, column, error.message, error.remedy, code=error.code)
        )


def _elsewhere(name: str) -> UnresolvedError:
    return UnresolvedError(
        "other_division",
        _("This row belongs to another division; the file is loaded for %(division)s.")
        % {"division": name},
        _("Take the row out: its own division enters it."),
    )


def _faulty(known: Known) -> UnresolvedError:
    return UnresolvedError(
        "faulty_reference",
        _("It refers to “%(name)s” (%(row)s), which has errors itself.")
        % {"name": known.name or known.code, "row": known.faulty_at},
        _("Mend that row first."),
    )


def _parts(text: str) -> list[str]:
    """Return the items of a cell that may name several."""
    parts = [part.strip() for part in text.replace("；", ";").split(";")]
    return [part for part in parts if part]

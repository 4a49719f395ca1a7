"""From a row of a district's ledger to the record that it is about, and the correction it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.correctable import CORRECTABLE, as_json
from consolidation.ledger_records import REMITS
from exchange.selectors.request_records import KINDS, empty_of
from exchange.selectors.resolving import UnresolvedError, folded
from exchange.services.placing import Placed, as_number
from exchange.subjects import Kind

if TYPE_CHECKING:
    from django import forms

    from consolidation.correctable import Correctable, Json
    from consolidation.models import Programme
    from exchange.matching import Line, Match
    from exchange.selectors.request_records import Book, Record
    from exchange.selectors.resolving import Names
    from exchange.subjects import Column, Subject
    from zones.models import Division

_SEPARATORS = re.compile("[;；]")
_BESIDE = {"code", "source", "placeholder", "division"}
"""Columns that are no field of the record: they name it, or say how far it is to be trusted."""

_NAMING = ("body", "code", "name", "title")


@dataclass
class RequestLine(Placed):
    """A row; ``record`` is ``None`` for one to be added, ``known`` false where it is not known which.

    ``given`` are the values that are asked for by field, ``columns`` the column of each field.
    """

    known: bool = False
    record: Record | None = None
    given: dict[str, Json] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    source: str = ""
    confirms: bool = False
    is_asked_already: bool = False
    label: str = ""
    code: str = ""

    @property
    def differing(self) -> dict[str, Json]:
        """What the row asks for and the record does not say."""
        held: dict[str, Json] = self.record.reading.values if self.record else {}
        nothing: tuple[Json, ...] = (None, "", [])
        return {
            name: value
            for name, value in self.given.items()
            if (value != held.get(name) if self.record else value not in nothing)
        }

    @property
    def naming(self) -> str:
        """The column whose cell says which record the row is about."""
        return next((name for name in _NAMING if self.line.cells.get(name)), "")

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask for."""
        return self.record is None or self.confirms or bool(self.differing)


class LedgerLines:
    """Reads the rows of platforms, bodies and plates of one division."""

    def __init__(
        self,
        subject: Subject,
        book: Book,
        platforms: Names,
        programme: Programme,
        division: Division,
    ) -> None:
        """Take what the cells can name."""
        self.subject, self.book, self.platforms = subject, book, platforms
        self.kind: Correctable = CORRECTABLE[KINDS[subject.key]]
        self.division = division
        self.fields: dict[str, forms.Field] = self.kind.form_fields(programme, division, None)
        self.named = "title" if subject.key == "plates" else "name"

    def read(self, match: Match, line: Line) -> RequestLine:
        """Return what a row asks for, with what is wrong in it."""
        row = RequestLine(match, line)
        self._find(row)
        if not row.known:
            return row
        self._check_division(row)
        for column in self.subject.read_columns:
            name = column.name
            if name in row.wrong or name in _BESIDE:
                continue
            if name in self.fields:
                self._take(row, column)
            elif line.cells.get(name):
                self._refuse_other(row, column)
        self._take_source(row)
        self._take_placeholder(row)
        if row.record is not None and not row.record.is_open and row.asks:
            row.fail(
                row.naming,
                _("This record is not part of the division's baseline."),
                _("The commission changes such records: write to it."),
                code="not_baseline",
            )
        return row

    def _find(self, row: RequestLine) -> None:
        """Find the record by its code, else by its exact name; no such name is a new record."""
        code = row.line.cells.get("code", "")
        name = row.line.cells.get(self.named, "")
        row.label, row.code = name, code
        if code:
            found = self.book.names.with_code(code)
            if found is None:
                row.fail(
                    "code",
                    _("No record of your division has this code."),
                    _("Correct the code, or leave it empty for a record that is new."),
                    code="unknown",
                )
                return
            named = [found]
        elif not name:
            row.missing(self.named)
            return
        else:
            named = self.book.names.with_name(name)
        if len(named) > 1:
            row.fail(
                self.named,
                _("“%(value)s” is the name of several records: %(codes)s.")
                % {"value": name, "codes": ", ".join(sorted(one.code for one in named))},
                _("Write the code of the one that is meant."),
                code="ambiguous",
            )
            return
        row.known = True
        if named:
            row.record = self.book.records[named[0].pk]
            row.code, row.label = named[0].code, named[0].name

    def _check_division(self, row: RequestLine) -> None:
        text = row.line.cells.get("division", "")
        own = {folded(self.division.code), folded(self.division.name)}
        if text and folded(text).partition("@")[0] not in own:
            row.fail(
                "division",
                _("This row is not one of your division."),
                _("Take the row out of the file, or correct the division."),
                code="other_division",
            )

    def _take(self, row: RequestLine, column: Column) -> None:
        name = column.name
        text = row.line.cells.get(name, "")
        if not text:
            if name in row.line.empty and (row.record is not None or name == self.named):
                row.given[name] = empty_of(self.kind, name)
                row.columns[name] = name
            return
        try:
            row.given[name] = self._value(column, text)
            row.columns[name] = name
        except UnresolvedError as error:
            row.fail(name, error.message, error.remedy, code=error.code)
        except ValidationError as error:
            remedy = column.note or _("Correct the cell, or leave it empty.")
            row.fail(name, " ".join(error.messages), str(remedy), code="wrong")

    def _value(self, column: Column, text: str) -> Json:
        if column.name == REMITS:
            parts = [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
            return sorted({self.platforms.find(part).pk for part in parts})
        if column.refers_to:
            return self.platforms.find(text).pk
        if column.kind is Kind.YES_NO:
            return text == "yes"
        return as_json(self.fields[column.name].clean(text))

    def _refuse_other(self, row: RequestLine, column: Column) -> None:
        """Refuse what no correction asks for, where the file says otherwise than the portal."""
        held = row.record.held.get(column.name, "") if row.record is not None else ""
        text = row.line.cells[column.name]
        same = {folded(part) for part in _SEPARATORS.split(text)} == {
            folded(part) for part in _SEPARATORS.split(held)
        }
        is_usual = column.name == "origin" and text == "ledger"
        if same or (row.record is None and is_usual):
            return
        if column.refers_to == "divisions" and held and row.record is not None:
            # A template writes the code with the day from which it counts; people write the name.
            name = row.record.held.get(f"{column.name}_name", "")
            if folded(text) in {folded(held.partition("@")[0]), folded(name)}:
                return
        remedy = _(
            "Leave the cell as the portal has it, or choose “not used” for this column, and write to the commission."
        )
        if column.name in {"closed_on", "abolished_on"}:
            remedy = _("Ask on the record's page for it to be struck out.")
        elif column.name == "note":
            remedy = _("Choose “not used” for this column where the columns are confirmed.")
        row.fail(
            column.name,
            _("A division cannot ask for this to be changed."),
            remedy,
            code="not_correctable",
        )

    def _take_source(self, row: RequestLine) -> None:
        row.source = row.line.cells.get("source", "")
        held = row.record.reading.values.get("source") if row.record is not None else ""
        if row.source and row.source != held:
            row.given["source"], row.columns["source"] = row.source, "source"

    def _take_placeholder(self, row: RequestLine) -> None:
        is_marked = row.record is not None and row.record.reading.is_placeholder
        take_placeholder(row, is_marked=is_marked)


def take_placeholder(row: RequestLine, *, is_marked: bool) -> None:
    """Read whether a record stands in for a real one: that it does not any more can be asked for."""
    text = row.line.cells.get("placeholder", "")
    if text == "yes" and not is_marked:
        row.fail(
            "placeholder",
            _("What a division asks for is no placeholder."),
            _("Write “no”, or leave the cell empty."),
            code="not_correctable",
        )
    row.confirms = text == "no" and is_marked


def refuse_post(row: Placed, held: dict[str, str] | None, columns: tuple[str, ...]) -> None:
    """Refuse a leading post that the file has otherwise than the portal: none can be asked for."""
    for name in columns:
        text = row.line.cells.get(name, "")
        if text and (held is None or as_number(text) != held[name]):
            row.fail(
                name,
                _("Leading posts are not corrected by request."),
                _("Leave the row as the portal has it, and write to the commission."),
                code="not_correctable",
            )


def column_of(name: str) -> Any:
    """Return the column of a figure's field: ``on_post-public`` is of ``on_post``."""
    return name.partition("-")[0]

"""From the rows of a sheet to records: read each cell, complete, match by key, check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import CharField, Field, TextField
from django.utils.translation import gettext as _

from consolidation.loading.cells import parser_of
from consolidation.loading.conditions import checks_of, condition_of, holds, uniques_of
from consolidation.loading.loads import CascadeError
from consolidation.loading.lost_values import is_lost
from consolidation.loading.meta import fields_of
from consolidation.loading.tables import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.loading.grids import Grid, Line
    from consolidation.loading.loads import Load
    from consolidation.loading.specs import Column, Link, Parser, Sheet
    from consolidation.loading.tables import Table


class Row:
    """One row being read. ``values`` are by field; ``failed`` the fields already reported."""

    __slots__ = ("failed", "line", "linked", "load", "sheet", "values")

    def __init__(self, sheet: Sheet, line: Line, load: Load) -> None:
        self.sheet = sheet
        self.line = line
        self.load = load
        self.values: dict[str, Any] = {}
        self.failed: set[str] = set()
        self.linked: dict[Link, list[Record]] = {}

    def get(self, name: str) -> Any:
        """Return a value; ``None`` if the cell is empty or wrong."""
        return self.values.get(name)

    def has_failed(self, *names: str) -> bool:
        """Whether one of these fields was found wrong before."""
        return not self.failed.isdisjoint(names)

    def fail(self, heading: str, message: str, *, target: str = "") -> None:
        """Note an error of this row in the column ``heading``."""
        self.failed.add(target or heading)
        value = self.line.cells.get(heading, "")
        self.load.fail(self.sheet.name, self.line.row_of(heading), heading, value, message)

    def warn(self, heading: str, message: str) -> None:
        """Note that the cell in the column ``heading`` is probably not meant."""
        value = self.line.cells.get(heading, "")
        self.load.warn(self.sheet.name, self.line.row_of(heading), heading, value, message)

    def parse(self, heading: str, target: str, parse: Parser) -> Any:
        """Return the value of a cell that is not empty; ``None`` after noting an error."""
        try:
            return parse(_held(self.line.cells[heading]), self.load)
        except ValidationError as error:
            self.fail(heading, " ".join(error.messages), target=target)
        except CascadeError:
            self.failed.add(target)
        return None


def _held(text: str) -> str:
    """Return the text of a cell; raise ``ValidationError`` for a formula that gave no value."""
    if is_lost(text):
        raise ValidationError(
            _(
                "The spreadsheet has no value here: a formula failed or was never computed. "
                "Write the value itself, or leave the cell empty."
            )
        )
    return text


class Reader:
    """Reads one sheet into the load."""

    def __init__(self, sheet: Sheet, load: Load) -> None:
        self.sheet = sheet
        self.load = load
        self.table: Table = load.table(sheet.model)
        fields = fields_of(sheet.model)
        self.parsers = {
            column.heading: column.parse or parser_of(fields[column.target], column.words)
            for column in sheet.fields
        }
        self.empty = {
            column.target: empty_value(fields[column.target])
            for column in sheet.fields
            if column.target in fields
        }
        self.checks = checks_of(sheet.model)
        self.headings = {column.target: column.heading for column in sheet.fields}

    def read(self, grid: Grid) -> None:
        """Read every row, those that the others refer to first."""
        records = self.load.given.setdefault(self.sheet.name, [])
        first = self.sheet.first
        lines: Iterable[Line] = grid.lines
        if first:
            lines = sorted(grid.lines, key=lambda line: not first(line.cells, self.load))
        for line in lines:
            _row, record = self.read_line(line, grid.headings)
            if record is not None:
                records.append(record)

    def read_line(self, line: Line, headings: frozenset[str]) -> tuple[Row, Record | None]:
        """Read one row; return it with its record, ``None`` where its key is wrong or repeated."""
        row = self._row(line)
        record = self._record(row, headings)
        if row.failed:
            self.load.doubt(self.sheet.name, line.cells.get(self.sheet.identity[0], ""))
        return row, record

    def _row(self, line: Line) -> Row:
        row = Row(self.sheet, line, self.load)
        for column in self.sheet.fields:
            self._parse(row, column)
        for link in self.sheet.links:
            if link.heading in line.cells:
                row.linked[link] = row.parse(link.heading, link.heading, link.parse) or []
        for column in self.sheet.columns:
            if column.target in self.sheet.key:
                self._fill(row, column)
        if self.sheet.prepare:
            self.sheet.prepare(row)
        return row

    def _parse(self, row: Row, column: Column) -> None:
        if column.heading in row.line.cells:
            value = row.parse(column.heading, column.target, self.parsers[column.heading])
            if column.target not in row.failed:
                row.values[column.target] = value
        elif column.required:
            row.fail(column.heading, _("This cell must not be empty."), target=column.target)

    def _fill(self, row: Row, column: Column) -> None:
        """Put the default in place of an empty cell."""
        if column.target in row.values or column.target in row.failed:
            return
        value = column.default(row) if column.default else None
        if value is None:
            value = self.empty.get(column.target)
        if column.target not in row.failed:
            row.values[column.target] = value

    def _record(self, row: Row, headings: frozenset[str]) -> Record | None:
        """Match a row with what is known by its key; return its record unless it has none."""
        scope = self.sheet.scope
        if scope and scope.own_field:
            row.values[scope.own_field] = self.load.root(scope)
            row.values |= dict(scope.only)
        keyed = not row.has_failed(*self.sheet.key)
        known = self.table.by_key.get(self.table.key_of(row.values)) if keyed else None
        if known is not None and known.row:
            self.report_duplicate(row, known.row)
            known, keyed = None, False
        for column in self.sheet.fields:
            if known is None or column.steady or column.heading in headings:
                self._fill(row, column)
        self._check(row, {**known.values, **row.values} if known else row.values)
        return self._keep(row, known, headings) if keyed else None

    def _keep(self, row: Row, known: Record | None, headings: frozenset[str]) -> Record:
        if known is None:
            known = self.table.add(Record(row.values, row=row.line.number))
        else:
            self._change(known, row)
        for link in self.sheet.links:
            if link.heading in headings:
                self.load.links(link).replace(known, row.linked.get(link, []))
        return known

    def _change(self, known: Record, row: Row) -> None:
        """Let an existing record take the row's values, or only agree with them."""
        known.row = row.line.number
        for name, value in row.values.items():
            heading = self.headings.get(name, name)
            held = known.values.get(name)
            if value == held or heading not in row.line.cells:
                continue
            if name in self.sheet.frozen or not self.load.update:
                self._report_difference(row, heading, held)
        if self.load.update:
            known.change(row.values)

    def _report_difference(self, row: Row, heading: str, held: Any) -> None:
        message = _("The database holds “%(held)s” for this record. Write the same here.") % {
            "held": written(held)
        }
        if heading not in self.sheet.frozen:
            message += " " + _("Or change it there with --update.")
        row.fail(heading, message)

    def report_duplicate(self, row: Row, first: int) -> None:
        """Note that the key of ``row`` stands in an earlier row already."""
        identity = self.sheet.identity
        given = [heading for heading in identity if heading in row.line.cells]
        column = given[0] if given else identity[0]
        key = " / ".join(row.line.cells[heading] for heading in given)
        self.load.fail(
            self.sheet.name,
            row.line.number,
            column,
            key,
            _("The same key already stands in row %(row)s. Remove one of them.") % {"row": first},
        )

    def _check(self, row: Row, values: dict[str, Any]) -> None:
        """Foresee the database's check constraints."""
        for constraint, names in self.checks:
            if row.failed and not row.failed.isdisjoint(names):
                continue
            if holds(condition_of(constraint), values) is False:
                row.fail(self._heading_of(names), str(constraint.get_violation_error_message()))

    def _heading_of(self, names: frozenset[str]) -> str:
        """Return the column that a constraint is reported in: the last that it speaks of."""
        return next(
            column.heading for column in reversed(self.sheet.fields) if column.target in names
        )


def empty_value(field: Field[Any, Any]) -> Any:
    """Return what an empty cell means for a field: its default, empty text, or not known."""
    if field.has_default():
        return field.get_default()
    return "" if isinstance(field, (CharField, TextField)) and not field.null else None


def written(value: Any) -> str:
    """Return a value as a person would write it into a cell."""
    if isinstance(value, Record):
        value = value.values.get("code") or value.values.get("name")
    return "" if value is None else str(value)


def check_unique(sheet: Sheet, load: Load) -> None:
    """Foresee the unique constraints beyond the key, over the files and the database together."""
    if not any(record.row for record in load.given.get(sheet.name, ())):
        return
    headings = {column.target: column.heading for column in sheet.fields}
    for constraint in uniques_of(sheet.model, frozenset(sheet.key)):
        seen: dict[tuple[Any, ...], Record] = {}
        # What only the database holds comes first, so that the error stands at the file's row.
        for record in sorted(load.table(sheet.model), key=lambda record: record.row):
            value = tuple(record.values.get(name) for name in constraint.fields)
            if None in value or (
                constraint.condition and not holds(constraint.condition, record.values)
            ):
                continue
            first = seen.setdefault(value, record)
            if first is record:
                continue
            heading = next(
                headings[name] for name in reversed(constraint.fields) if name in headings
            )
            where = (
                _("The other is in row %(row)s.") % {"row": first.row}
                if first.row
                else _("The other is in the database.")
            )
            text = f"{constraint.get_violation_error_message()} {where}"
            load.fail(sheet.name, record.row, heading, written(value[-1]), text)

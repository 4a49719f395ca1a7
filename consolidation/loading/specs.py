"""The declaration of a sheet, and the registry that holds them in the order of loading.

A sheet stands after those that it refers to. Another app registers its own after these.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db import models

    from consolidation.loading.loads import Load
    from consolidation.loading.rows import Row

    Parser = Callable[[str, Load], Any]
    """Takes the text of a cell, returns its value; raises ``ValidationError``."""


@dataclass(frozen=True)
class Scope:
    """Which rows of a model are a programme's own.

    Those whose ``paths`` (lookups; any of them) lead to its ``root``. A path that is a field of
    the model itself is also filled in on new rows. ``only`` are values that they all have.
    """

    root: Literal["programme", "ledger", "city"]
    paths: tuple[str, ...]
    only: tuple[tuple[str, str], ...] = ()

    @property
    def own_field(self) -> str | None:
        """The model's own field that names the root, if it has one."""
        return self.paths[0] if "__" not in self.paths[0] else None


def in_programme(*paths: str, **only: str) -> Scope:
    """Return the scope of rows that belong to one programme, narrowed to those with ``only``."""
    return Scope("programme", paths or ("programme",), tuple(only.items()))


def in_ledger(path: str = "ledger") -> Scope:
    """Return the scope of rows that belong to one ledger."""
    return Scope("ledger", (path,))


@dataclass(frozen=True)
class Column:
    """A column: how its cells are read, and which field of the model they fill.

    Without ``parse`` the model's field says how to read it; ``words`` are the Chinese words of
    its choices. ``default`` stands for an empty cell, before the model's own default.
    ``steady`` columns are written even where the heading is absent. ``field`` is empty for the
    field of the heading's name.
    """

    heading: str
    field: str = ""
    required: bool = False
    parse: Parser | None = None
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    default: Callable[[Row], Any] | None = None
    steady: bool = False

    @property
    def target(self) -> str:
        """The name under which the value is kept: the model's field, or the heading."""
        return self.field or self.heading


@dataclass(frozen=True)
class Link:
    """A column with a list of other records, kept as rows of ``model`` (owner, target)."""

    heading: str
    model: type[models.Model]
    owner: str
    target: str
    parse: Parser
    scope: Scope


@dataclass(frozen=True)
class Sheet:
    """A sheet of the programme format.

    ``key`` are the model's fields that identify a row within ``scope``; ``key_headings`` name the
    columns of the key where they are others. ``prepare`` checks and completes a row before it is
    matched; ``finish`` does what needs all rows, also when the sheet is absent; ``first`` tells
    the rows to be read before the others. ``frozen`` fields of a record that exists may only
    agree, even with ``--update``.
    """

    name: str
    model: type[models.Model]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    scope: Scope | None = None
    links: tuple[Link, ...] = ()
    sourced: bool = False
    required: bool = False
    as_pairs: bool = False
    prepare: Callable[[Row], None] | None = None
    finish: Callable[[Load], None] | None = None
    first: Callable[[dict[str, str], Load], bool] | None = None
    frozen: tuple[str, ...] = ()
    key_headings: tuple[str, ...] = ()

    @property
    def all_columns(self) -> tuple[Column | Link, ...]:
        """Every column: the fields, the lists, and where the record comes from."""
        return (*self.columns, *self.links, *(PROVENANCE if self.sourced else ()))

    @property
    def fields(self) -> tuple[Column, ...]:
        """The columns that hold single values."""
        return (*self.columns, *(PROVENANCE if self.sourced else ()))

    @property
    def identity(self) -> tuple[str, ...]:
        """The headings of the columns that identify a row."""
        headings = {column.target: column.heading for column in self.columns}
        return self.key_headings or tuple(headings[name] for name in self.key)


PROVENANCE = (
    # A row that doesn't say so is a real one: the flag goes when a real ledger is loaded over it.
    Column("placeholder", "is_placeholder", steady=True),
    Column("source"),
    Column("note"),
)


@dataclass(frozen=True)
class TableSpec:
    """What identifies the rows of a model: the key within the scope."""

    key: tuple[str, ...]
    scope: Scope | None = None


SHEETS: dict[str, Sheet] = {}
"""Every sheet by its name, in the order of loading."""

TABLES: dict[type[models.Model], TableSpec] = {}
"""Every model that the loader writes, in the order of writing."""


def register(*sheets: Sheet) -> None:
    """Add sheets to the format, after those that they refer to."""
    for sheet in sheets:
        if sheet.name in SHEETS:
            raise ValueError(f"The sheet {sheet.name} is registered twice.")
        SHEETS[sheet.name] = sheet
        register_table(sheet.model, TableSpec(sheet.key, sheet.scope))


def register_table(model: type[models.Model], spec: TableSpec) -> None:
    """Add a model that has no sheet of its own and is written for others."""
    TABLES[model] = spec

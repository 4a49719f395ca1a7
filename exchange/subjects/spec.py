"""What a sheet of an office holds: its columns, by which words they are known, what they mean.

A subject is one table (platforms, bodies, …) and belongs to a sheet of the programme format
(``consolidation.loading.specs.SHEETS``), which says how its cells are read, checked and written.
Here stands what an official sees: headings, units, explanations, and the other names that offices
give a column. A template is one workbook with the sheets of one task.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from consolidation.loading.specs import SHEETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from consolidation.loading.specs import Sheet

TEMPLATE_VERSION = 1
"""Raised whenever a column is added, renamed or taken away; written hidden into each template."""


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    CODE = "code"  # Names a record: its own key, or a reference to another.
    COUNT = "count"  # A whole number, 0 or more.
    AREA = "area"  # Square kilometres, a decimal number, 0 or more.
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    LIST = "list"  # Several names or codes in one cell, separated by “;”.


@dataclass(frozen=True)
class Column:
    """One column of a subject.

    ``name`` is the heading in the programme format. ``label`` is the heading in the template, in
    the reader's language; ``aliases`` are the other headings under which offices have it, in any
    language (the Chinese label needs not be repeated: both languages of ``label`` are known).
    ``words`` are the choices: the stored value and its Chinese word. ``refers_to`` is the sheet of
    the format whose records the cell names, by code or by name. A column that is ``told`` is
    written into templates to be read by people (the name beside a code) and not read back.
    """

    name: str
    label: StrOrPromise
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    unit: StrOrPromise = ""
    required: bool = False
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    note: StrOrPromise = ""
    refers_to: str = ""
    told: bool = False


@dataclass(frozen=True)
class Subject:
    """One table of an office.

    ``sheet`` names its sheet in the programme format. ``of_plan`` is true where its rows are part
    of a plan: they are loaded into the division's open draft.
    """

    key: str
    label: StrOrPromise
    sheet: str
    columns: tuple[Column, ...]
    note: StrOrPromise = ""
    of_plan: bool = False

    @property
    def format(self) -> Sheet:
        """The declaration of its sheet in the programme format."""
        return SHEETS[self.sheet]

    @property
    def read_columns(self) -> tuple[Column, ...]:
        """The columns that are read back: all but those only told."""
        return tuple(column for column in self.columns if not column.told)

    def column(self, name: str) -> Column:
        """Return a column by its name; raises ``KeyError``."""
        return {column.name: column for column in self.columns}[name]


@dataclass(frozen=True)
class Template:
    """The workbook of one task: its sheets in their order."""

    key: str
    label: StrOrPromise
    subjects: tuple[Subject, ...]
    note: StrOrPromise = ""


TEMPLATES: dict[str, Template] = {}
"""Every template by its key, in the order in which pages offer them."""


def register(template: Template) -> Template:
    """Add a template; one that is there already is an error of the programmer."""
    if template.key in TEMPLATES:
        raise ValueError(f"The template {template.key} is registered twice.")
    TEMPLATES[template.key] = template
    return template


def subject_with(key: str) -> Subject:
    """Return the subject with this key; raises ``KeyError``."""
    return {
        subject.key: subject for template in TEMPLATES.values() for subject in template.subjects
    }[key]

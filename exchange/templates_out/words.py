"""What a template says of its columns: heading, kind, what may be entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from exchange.subjects import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exchange.subjects import Column

CHOICES_SHOWN, RECORDS_SHOWN = 12, 4
"""How many of the allowed words an explanation names; the list in the cell has all."""


def is_chinese() -> bool:
    """Whether the template speaks Chinese."""
    return (get_language() or "").startswith("zh")


def heading_of(column: Column) -> str:
    """Return the heading of a column: its label, its unit, and a star where it is required."""
    unit = ""
    if column.unit:
        unit = f"（{column.unit}）" if is_chinese() else f" ({column.unit})"
    return f"{column.label}{unit}{'*' if column.required else ''}"


def word_of(column: Column, value: str) -> str:
    """Return the word of a choice: the Chinese one, or the stored value in any other language."""
    return column.words.get(value, value) if is_chinese() else value


def yes_no(value: bool) -> str:
    """Return yes or no as the programme format reads it back."""
    if is_chinese():
        return "是" if value else "否"
    return "yes" if value else "no"


def words_of(column: Column) -> list[str]:
    """Return the words that may be chosen in a column; none where it holds no choice."""
    if column.kind is Kind.YES_NO:
        return [yes_no(True), yes_no(False)]
    return [word_of(column, value) for value in column.words]


def kind_of(column: Column) -> str:
    """Return what a column holds, in words."""
    if column.told:
        return _("to be read only")
    return {
        Kind.TEXT: _("text"),
        Kind.CODE: _("code or name"),
        Kind.COUNT: _("whole number"),
        Kind.AREA: _("decimal number"),
        Kind.DATE: _("date"),
        Kind.CHOICE: _("choice"),
        Kind.YES_NO: _("yes or no"),
        Kind.LIST: _("several, separated by “;”"),
    }[column.kind]


def allowed_in(column: Column, references: Sequence[str]) -> str:
    """Return what may stand in a cell: the words of a choice, an example of a date, the range."""
    if column.told:
        return ""
    words = words_of(column)
    if words or references:
        return _list(words, CHOICES_SHOWN) if words else _list(references, RECORDS_SHOWN)
    return {
        Kind.COUNT: _("0 or more; empty where it is not known"),
        Kind.AREA: _("0 or more, at most four decimals; empty where it is not known"),
        Kind.DATE: _("a date, e.g. 2020-06-30"),
    }.get(column.kind, "")


def _list(known: Sequence[str], most: int) -> str:
    shown = ("、" if is_chinese() else ", ").join(known[:most])
    if len(known) > most:
        return _("%(words)s … (%(n)d in the list of the cell)") % {"words": shown, "n": len(known)}
    return shown


def explained(column: Column, references: Sequence[str]) -> str:
    """Return what stands as a note on the heading."""
    lines = [
        kind_of(column) + (f" · {_('required')}" if column.required else ""),
        allowed_in(column, references),
        str(column.note),
    ]
    return "\n".join(line for line in lines if line)

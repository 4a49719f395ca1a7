"""Entering a year's values: all of them or none, and nothing is overwritten unseen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.services.seen import BothValues, ConflictError, compare
from evaluation.models import IndicatorValue
from evaluation.selectors.grid import grid_of
from evaluation.services.years import locked_year, only_who_evaluates, refuse_unless_open
from platforms_portal.history import delete_recorded, save_recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User
    from evaluation.models import EvaluationYear, Indicator
    from evaluation.selectors.grid import Grid, GridCell, GridRow

MOST_DIGITS = 14
"""Digits before the decimal point that are kept."""

LONGEST_SOURCE = 300

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Provenance:
    """Where the figures that are entered together come from, and whether they are placeholders."""

    source: str
    is_placeholder: bool = False


def save_values(
    *,
    evaluation: EvaluationYear,
    given: Mapping[str, str],
    seen: Mapping[int, str],
    provenance: Provenance,
    user: User,
) -> int:
    """Save the values ``given`` for a year; return how many changed. 方案(十五).

    ``given`` has names and values as ``GridRow.values``; an empty one is not known, and what is
    left out stays. ``seen`` has the digest of each row by its platform. What changed is kept with
    its ``provenance``. Raises ``PermissionDenied``; ``ValidationError`` with every error by its
    field; ``ConflictError`` with every value that somebody else changed since.
    """
    only_who_evaluates(user)
    with transaction.atomic():
        locked = locked_year(evaluation)
        refuse_unless_open(locked)
        grid = grid_of(locked)
        _refuse_conflicts(grid, given, seen)
        changed = _changed(grid, given)
        problems = {
            cell.name: problem
            for _row, cell, text in changed
            if (problem := _problem(text, cell.indicator))
        }
        source = provenance.source.strip()
        if any(text for _row, _cell, text in changed) and not source:
            problems["source"] = _("Name the source of the values that you enter.")
        if len(source) > LONGEST_SOURCE:
            problems["source"] = _("Write at most %(n)d characters.") % {"n": LONGEST_SOURCE}
        if problems:
            raise ValidationError(problems)
        for row, cell, text in changed:
            _write(row, cell, text, Provenance(source, provenance.is_placeholder), user)
    return len(changed)


def plain(text: str) -> str:
    """Return what was typed without spaces and thousands separators."""
    return re.sub(r"[\s,，]", "", text)


def _refuse_conflicts(grid: Grid, given: Mapping[str, str], seen: Mapping[int, str]) -> None:
    fields: list[BothValues] = []
    for row in grid.rows:
        mine = {name: plain(given[name]) for name in row.values if name in given}
        try:
            compare(row.values, row.seen, mine, seen.get(row.retained.pk, ""))
        except ConflictError as conflict:
            fields += conflict.fields
    if fields:
        raise ConflictError(fields, "")


def _changed(grid: Grid, given: Mapping[str, str]) -> list[tuple[GridRow, GridCell, str]]:
    return [
        (row, cell, text)
        for row in grid.rows
        for cell in row.cells
        if cell.name in given and not _is_same(text := plain(given[cell.name]), cell)
    ]


def _is_same(text: str, cell: GridCell) -> bool:
    if cell.stored is None or not _NUMBER.fullmatch(text):
        return text == cell.text
    return Decimal(text) == cell.stored.value


def _problem(text: str, indicator: Indicator) -> str:
    if not text:
        return ""
    if text.startswith(("-", "−")):
        return _(
            "A value is not negative: the method divides by the best one. Write growth as an index,"
            " the year before = 100."
        )
    if not _NUMBER.fullmatch(text):
        return _("Write a number such as 12.5, without its unit.")
    whole, _point, decimals = text.partition(".")
    if len(whole.lstrip("0")) > MOST_DIGITS:
        return _("Write at most %(n)d digits before the point.") % {"n": MOST_DIGITS}
    if len(decimals.rstrip("0")) > indicator.decimals:
        return ngettext(
            "This indicator has at most %(n)d decimal.",
            "This indicator has at most %(n)d decimals.",
            indicator.decimals,
        ) % {"n": indicator.decimals}
    return ""


def _write(row: GridRow, cell: GridCell, text: str, provenance: Provenance, user: User) -> None:
    if not text:
        if cell.stored is not None:
            delete_recorded(cell.stored, user=user, reason=_("Value withdrawn"))
        return
    value = cell.stored or IndicatorValue(indicator=cell.indicator, retained=row.retained)
    value.value = Decimal(text)
    value.source = provenance.source
    value.is_placeholder = provenance.is_placeholder
    value.entered_by = user.get_username()
    save_recorded(value, user=user, reason=_("Value entered"))

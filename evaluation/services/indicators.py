"""A year's list of indicators: saved as a whole, or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.services.seen import compare
from evaluation.models import Indicator
from evaluation.selectors.indicators import list_seen, shown_values
from evaluation.services.years import locked_year, only_who_evaluates, refuse_unless_open
from platforms_portal.history import delete_recorded, save_recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accounts.models import User
    from evaluation.models import EvaluationYear


@dataclass(frozen=True)
class IndicatorChange:
    """One row of the list as it shall be: which indicator (none: a new one), and its fields.

    ``name`` is the row's name in the form, which its errors bear.
    """

    name: str
    pk: int | None
    values: dict[str, Any]
    delete: bool = False


def save_indicators(
    *, evaluation: EvaluationYear, changes: Sequence[IndicatorChange], seen: str, user: User
) -> int:
    """Save the list of a year's indicators; return how many rows were written. 方案(六)(十五).

    The weights need not make 100% before the year is frozen. Raises ``PermissionDenied``;
    ``ValidationError`` with every error under ``row-field``: a code used twice, an indicator deleted
    that has values; ``ConflictError`` where somebody else changed the list since.
    """
    only_who_evaluates(user)
    with transaction.atomic():
        locked = locked_year(evaluation)
        refuse_unless_open(locked)
        held = {indicator.pk: indicator for indicator in locked.indicators.all()}
        _refuse_conflict(held, changes, seen)
        stored = {indicator.code: indicator.pk for indicator in held.values()}
        records = [_record(locked, held, change, place) for place, change in enumerate(changes)]
        pairs = list(zip(changes, records, strict=True))
        if problems := _problems(locked, pairs, stored):
            raise ValidationError(problems)
        for change, record in pairs:
            if change.delete and record.pk:
                delete_recorded(record, user=user, reason=_("Indicator removed"))
        kept = [record for change, record in pairs if not change.delete]
        for record in kept:
            save_recorded(record, user=user, reason=_("List of indicators saved"))
        return len(pairs)


def _refuse_conflict(
    held: dict[int, Indicator], changes: Sequence[IndicatorChange], seen: str
) -> None:
    stored = shown_values(held.values())
    mine = shown_values(
        Indicator(**{**change.values, "pk": change.pk})
        for change in changes
        if change.pk in held and not change.delete
    )
    # What somebody else has just changed is not deleted unseen either.
    mine |= {f"{change.pk}-code": "" for change in changes if change.pk in held and change.delete}
    compare(stored, list_seen(held.values()), mine, seen)


def _record(
    evaluation: EvaluationYear, held: dict[int, Indicator], change: IndicatorChange, place: int
) -> Indicator:
    record = held.get(change.pk or 0) or Indicator(evaluation=evaluation)
    for field, value in change.values.items():
        setattr(record, field, value)
    record.sequence = place + 1
    return record


def _problems(
    evaluation: EvaluationYear,
    pairs: Sequence[tuple[IndicatorChange, Indicator]],
    stored: Mapping[str, int],
) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    codes = Counter(record.code for change, record in pairs if not change.delete)
    leaving = {record.pk for change, record in pairs if change.delete}
    measured = set(evaluation.indicators.filter(values__isnull=False).values_list("pk", flat=True))
    for change, record in pairs:
        if change.delete:
            if record.pk in measured:
                told = _("This indicator has values. Withdraw them first.")
                problems[f"{change.name}-DELETE"] = [told]
            continue
        # A code that another row has until now is not free either: codes do not change places.
        held_by = stored.get(record.code, record.pk)
        if codes[record.code] > 1 or held_by not in {record.pk, *leaving}:
            told = _("This code already stands in this year's list.")
            problems[f"{change.name}-code"] = [told]
        try:
            # Codes are judged together above, so that each error stands at its own row.
            record.full_clean(validate_constraints=False)
        except ValidationError as refused:
            for field, messages in refused.message_dict.items():
                problems[f"{change.name}-{field}"] = messages
    return problems

"""What confirming a correction does: to the record, and to the counts of the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.correctable import CORRECTABLE
from consolidation.models import Correction
from consolidation.selectors.counts import COUNTERS, by_owner
from consolidation.selectors.state import State, state_view

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.correctable import Correctable, Values
    from consolidation.selectors.counts import Counter


@dataclass(frozen=True)
class CountEffect:
    """One count of the division's baseline, as it is and as it would be."""

    counter: Counter
    before: int
    after: int

    @property
    def difference(self) -> int:
        """What it changes by."""
        return self.after - self.before


@dataclass(frozen=True)
class CorrectionEffect:
    """What confirming does to the division's baseline; ``problems`` say why it can't be done."""

    counts: list[CountEffect]
    problems: list[str]


def effect_of(correction: Correction, user: User) -> CorrectionEffect:
    """Return what confirming ``correction`` would do, by doing it and undoing it again.

    So the figures are counted by the one way of counting there is, and nothing stays written.
    """
    before = _baseline_counts(correction)
    after, problems = before, []
    with transaction.atomic():
        try:
            with transaction.atomic():
                carry_out(correction, user)
                after = _baseline_counts(correction)
        except ValidationError as refused:
            problems = list(refused.messages)
        transaction.set_rollback(True)
    counts = [CountEffect(counter, before[name], after[name]) for name, counter in COUNTERS.items()]
    return CorrectionEffect(counts, problems)


def _baseline_counts(correction: Correction) -> dict[str, int]:
    view = state_view(correction.programme, State.BASELINE)
    counts = {}
    for name, counter in COUNTERS.items():
        tally = by_owner(counter.count(view)).get(correction.division_id)
        counts[name] = tally.baseline if tally else 0
    return counts


def carry_out(correction: Correction, user: User) -> int | None:
    """Write what ``correction`` asks for to the ledger; return the key of the record.

    Inside the caller's transaction, whose lock of the correction it relies on. Raises
    ``ValidationError`` where the record moved since, or would not be valid.
    """
    kind = CORRECTABLE[correction.subject]
    programme = correction.programme
    record = None
    if correction.kind != Correction.Kind.ADD:
        rows = kind.records(programme, correction.division_id).select_for_update(of=("self",))
        record = rows.filter(pk=correction.subject_id).first()
        if record is None:
            raise ValidationError(_("The record is no longer in the division's baseline."))
        now = kind.read(programme, [record])[record.pk].values
        _refuse_if_moved(kind, correction.before, now)
        if correction.kind == Correction.Kind.STRIKE:
            kind.struck(programme, record)
    reason = _("Correction %(number)d confirmed: %(reason)s") % {
        "number": correction.pk,
        "reason": correction.reason,
    }
    return kind.apply(correction, record, user=user, reason=reason)


def _refuse_if_moved(kind: Correctable, before: Values, now: Values) -> None:
    moved = [name for name, value in before.items() if now.get(name) != value]
    if moved:
        raise ValidationError(
            _("The record changed since the request was made: %(fields)s. Ask for a new request.")
            % {"fields": "、".join(str(kind.label(name)) for name in moved)},
            code="moved",
        )

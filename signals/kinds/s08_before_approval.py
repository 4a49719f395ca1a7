"""S08: something was confirmed carried out before the plan that decides it was approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from consolidation.selectors.state import State
from signals.kinds.base import Kind, Record, count, register, signal
from signals.kinds.s07_one_day import SUBJECTS

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from signals.kinds.base import Signal
    from signals.kinds.facts import Facts

CODE = "S08"


def find(facts: Facts) -> Iterable[Signal]:
    """Yield a signal for each owner with decisions confirmed before the day on which its plan was approved."""
    for subject, model, aspect, right in SUBJECTS:
        rows = (
            model.objects.filter(
                plan_id__in=facts.views[State.ACTUAL].plan_ids,
                plan__state__in=("approved", "in_execution", "completed"),
                confirmed_on__lt=F("plan__decided_on"),
                confirmed_on__lte=facts.day,
            )
            .order_by()
            .values_list(
                "plan__division_id",
                "plan__decided_on",
                "confirmed_on",
                f"{subject}_id",
                f"{subject}__name",
                "is_placeholder",
            )
        )
        by_owner: dict[int, list[tuple[Record, bool]]] = {}
        approved: dict[int, datetime.date] = {}
        first: dict[int, datetime.date] = {}
        for owner, decided, confirmed, pk, name, marked in rows:
            record = Record(subject, pk, name, "early", {"day": confirmed.isoformat()})
            by_owner.setdefault(owner, []).append((record, marked))
            approved[owner] = decided
            first[owner] = min(confirmed, first.get(owner, confirmed))
        for owner, found in by_owner.items():
            if len(found) < facts.number(CODE, "decisions_min"):
                continue
            yield signal(
                CODE,
                aspect,
                owner,
                figures={"early": len(found), "approved": approved[owner].isoformat()},
                records=[record for record, _marked in found],
                right=right,
                since=first[owner],
                placeholders=any(marked for _record, marked in found),
            )


KIND = register(
    Kind(
        CODE,
        _("Confirmed before the plan was approved"),
        _(
            "Decisions were confirmed as carried out on a day before the one on which the plan that"
            " makes them was approved."
        ),
        _("Day of confirmation < day of the plan's approval."),
        {
            "platforms": _(
                "{owner}: dispositions of platforms confirmed before the plan was approved on"
                " {approved}: {early}."
            ),
            "bodies": _(
                "{owner}: decisions on management bodies confirmed before the plan was approved on"
                " {approved}: {early}."
            ),
        },
        {"early": _("Confirmed before"), "approved": _("Plan approved on")},
        (
            _("It was carried out by an earlier document of its own, which the plan only records."),
            _("An earlier version of the plan that decided the same was approved before."),
        ),
        find,
        {"early": _("confirmed on {day}")},
        (count("decisions_min", 1, _("decisions confirmed before, at least")),),
    )
)

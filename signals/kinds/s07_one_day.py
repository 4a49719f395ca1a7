"""S07: most of what was carried out was confirmed on one and the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from consolidation.models import BodyDisposition, Disposition
from consolidation.selectors.state import State
from platforms_portal.access import Right
from signals.kinds.base import Kind, Record, count, register, share, signal

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from signals.kinds.base import Signal
    from signals.kinds.facts import Facts

CODE = "S07"
SUBJECTS: tuple[tuple[str, Any, str, Right], ...] = (
    ("platform", Disposition, "platforms", Right.VIEW_LEDGER),
    ("body", BodyDisposition, "bodies", Right.VIEW_BODIES),
)
"""What is decided on: its field, the model of its decisions, the aspect, the right that it asks for."""


def find(facts: Facts) -> Iterable[Signal]:
    """Yield a signal for each owner and day with very many confirmations."""
    for subject, model, aspect, right in SUBJECTS:
        confirmed = model.objects.filter(
            plan_id__in=facts.views[State.ACTUAL].plan_ids, confirmed_on__lte=facts.day
        ).order_by()
        days = list(
            confirmed.values("confirmed_on", owner=F("plan__division_id")).annotate(n=Count("pk"))
        )
        totals: dict[int, int] = {}
        for row in days:
            totals[row["owner"]] = totals.get(row["owner"], 0) + row["n"]
        crowded = [
            row
            for row in days
            if row["n"] >= facts.number(CODE, "decisions_min")
            and facts.reaches(CODE, "day_share", row["n"], totals[row["owner"]])
        ]
        records = _records(confirmed, subject, crowded)
        for row in crowded:
            named = records[row["owner"], row["confirmed_on"]]
            yield signal(
                CODE,
                aspect,
                row["owner"],
                subject=row["confirmed_on"].toordinal(),
                figures={
                    "day": row["confirmed_on"].isoformat(),
                    "on_day": row["n"],
                    "confirmed": totals[row["owner"]],
                },
                records=[record for record, _marked in named],
                right=right,
                since=row["confirmed_on"],
                placeholders=any(marked for _record, marked in named),
            )


def _records(
    confirmed: Any, subject: str, crowded: list[dict[str, Any]]
) -> dict[tuple[int, datetime.date], list[tuple[Record, bool]]]:
    """Return what was confirmed by owner and day, in one query; and whether it is a placeholder."""
    wanted = Q(pk__in=[])
    for row in crowded:
        wanted |= Q(plan__division_id=row["owner"], confirmed_on=row["confirmed_on"])
    found: dict[tuple[int, datetime.date], list[tuple[Record, bool]]] = {}
    for owner, day, pk, name, marked in confirmed.filter(wanted).values_list(
        "plan__division_id", "confirmed_on", f"{subject}_id", f"{subject}__name", "is_placeholder"
    ):
        record = Record(subject, pk, name, "confirmed")
        found.setdefault((owner, day), []).append((record, marked))
    return found


KIND = register(
    Kind(
        CODE,
        _("Most confirmed on one day"),
        _("Most of what an owner has carried out was confirmed on one and the same day."),
        _("Decisions confirmed on the day, over all decisions confirmed so far."),
        {
            "platforms": _(
                "{owner}: {on_day} of {confirmed} dispositions of platforms were confirmed on {day}."
            ),
            "bodies": _(
                "{owner}: {on_day} of {confirmed} decisions on management bodies were confirmed on"
                " {day}."
            ),
        },
        {
            "day": _("Day"),
            "on_day": _("Confirmed on that day"),
            "confirmed": _("Confirmed in all"),
        },
        (
            _("The commission inspected them together and confirmed them in one session."),
            _("They were carried out by one and the same document."),
            _("They were entered together from the records of the time before the portal."),
        ),
        find,
        {"confirmed": _("confirmed on that day")},
        (
            count("decisions_min", 10, _("decisions confirmed on one day, at least")),
            share("day_share", 80, _("of all that were confirmed, at least")),
        ),
    )
)

"""S07: most of what was carried out was confirmed on one and the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from consolidation.models import BodyDisposition, Disposition
from consolidation.selectors.state import State
from platforms_portal.access import Right
from signals.kinds.base import Kind, Record, count, register, share, signal

if TYPE_CHECKING:
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
        owner = F("plan__division_id")
        totals = dict(confirmed.values_list(owner).annotate(n=Count("pk")))
        days = confirmed.values("confirmed_on", owner=owner).annotate(n=Count("pk"))
        for row in days.filter(n__gte=facts.number(CODE, "decisions_min")).order_by(
            "owner", "confirmed_on"
        ):
            total = totals[row["owner"]]
            if not facts.reaches(CODE, "day_share", row["n"], total):
                continue
            found = confirmed.filter(
                plan__division_id=row["owner"], confirmed_on=row["confirmed_on"]
            ).values_list(f"{subject}_id", f"{subject}__name", "is_placeholder")
            yield signal(
                CODE,
                aspect,
                row["owner"],
                subject=row["confirmed_on"].toordinal(),
                figures={
                    "day": row["confirmed_on"].isoformat(),
                    "on_day": row["n"],
                    "confirmed": total,
                },
                records=[Record(subject, pk, name, "confirmed") for pk, name, _marked in found],
                right=right,
                since=row["confirmed_on"],
                placeholders=any(marked for _pk, _name, marked in found),
            )


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

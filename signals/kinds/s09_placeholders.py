"""S09: a plan that is in rests on placeholders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from consolidation.models import BodyDisposition, Disposition, PlateDisposition
from consolidation.selectors.state import State
from platforms_portal.access import Right
from signals.kinds.base import Kind, count, plan_record, register, signal
from staffing.models import Redeployment, StaffPlan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signals.kinds.base import Signal
    from signals.kinds.facts import Facts

CODE = "S09"
ROWS: tuple[Any, ...] = (
    Disposition,
    PlateDisposition,
    BodyDisposition,
    StaffPlan,
    Redeployment,
)
"""The rows that a plan is made of. Only their number is told, so everybody may see it who sees plans."""


def find(facts: Facts) -> Iterable[Signal]:
    """Yield a signal for each plan that counts and has enough rows that are placeholders."""
    plans = {plan.pk: plan for plan in facts.plans.values()}
    marked: dict[int, int] = {}
    rows: dict[int, int] = {}
    for model in ROWS:
        for key, number, own in (
            model.objects.filter(plan_id__in=facts.views[State.PLANNED].plan_ids)
            .order_by()
            .values_list("plan_id")
            .annotate(n=Count("pk"), marked=Count("pk", filter=Q(is_placeholder=True)))
        ):
            rows[key] = rows.get(key, 0) + number
            marked[key] = marked.get(key, 0) + own
    for key, number in marked.items():
        if number and number >= facts.number(CODE, "rows_min"):
            plan = plans[key]
            yield signal(
                CODE,
                "plan",
                plan.division_id,
                figures={"marked": number, "rows": rows[key]},
                records=[plan_record(plan)],
                right=Right.VIEW_LEDGER,
                since=plan.submitted_on,
                placeholders=True,
            )


KIND = register(
    Kind(
        CODE,
        _("A plan that is in rests on placeholders"),
        _(
            "A plan was submitted although rows of it are marked as placeholders, which no source"
            " gives: its figures prove nothing yet."
        ),
        _("Rows of the plan that are marked as placeholders, over all of its rows."),
        {
            "plan": _(
                "{owner}: {marked} of the {rows} rows of its plan, which is in, are placeholders."
            ),
        },
        {"marked": _("Placeholders"), "rows": _("Rows")},
        (
            _("The data is for demonstration or training."),
            _("The real figures are being collected, and the division has announced them."),
        ),
        find,
        {"plan": _("the plan that counts")},
        (count("rows_min", 1, _("placeholders, at least")),),
    )
)

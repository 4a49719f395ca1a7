"""How the counts fall if all goes by the plans' dates: platforms, management bodies, staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

from consolidation.models import BodyDisposition
from consolidation.selectors.ledger import bodies_visible_to, platforms_visible_to
from consolidation.selectors.narrowing import Counted, counted_q
from consolidation.selectors.planned_days import last_day_of_steps, with_planned_day
from dashboards.selectors.steps import NEVER, Span, Steps
from platforms_portal.access import Scope
from staffing.selectors import head_counts, staff_plans

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from consolidation.selectors.state import StateView

_CITY = Scope()
_MOVED = counted_q(Counted.WENT) | counted_q(Counted.CAME)


def foreseen_platforms(view: StateView, baseline: int, completion: datetime.date | None) -> Steps:
    """Return the number of platforms by the plans' dates; it ends at what is planned."""
    return _by_day(platforms_visible_to(_CITY, view).filter(_MOVED), baseline, completion)


def foreseen_bodies(view: StateView, baseline: int, completion: datetime.date | None) -> Steps:
    """Return the number of management bodies by the plans' dates; it ends at what is planned."""
    return _by_day(bodies_visible_to(_CITY, view).filter(_MOVED), baseline, completion)


def _by_day(rows: QuerySet[Any, Any], baseline: int, completion: datetime.date | None) -> Steps:
    steps = Steps(baseline)
    moved = (
        with_planned_day(rows, completion)
        .order_by()
        .values("planned_day", "in_baseline")
        .annotate(n=Count("pk", distinct=True))
    )
    for row in moved:
        if row["planned_day"] is not None:
            number = -row["n"] if row["in_baseline"] else row["n"]
            steps.add(number, Span(row["planned_day"], NEVER))
    return steps


def foreseen_staff(view: StateView, baseline: int, completion: datetime.date | None) -> Steps:
    """Return the staff by the plans' dates; the people of a body change on the day of the body.

    Whoever is in a body that a plan decides on is replaced by the staff planned for it.
    """
    steps = Steps(baseline)
    before = head_counts(view).filter(Q(decided=True))
    for sign, rows in ((-1, before), (1, staff_plans(view))):
        for planned, people in _people_by_day(rows, view):
            day = planned or completion
            if day is not None:
                steps.add(sign * people, Span(day, NEVER))
    return steps


def _people_by_day(
    rows: QuerySet[Any, Any], view: StateView
) -> list[tuple[datetime.date | None, int]]:
    decision = BodyDisposition.objects.filter(
        body=OuterRef("body"), plan_id__in=view.plan_ids
    ).order_by("pk")
    dated = (
        rows.annotate(decision_pk=Subquery(decision.values("pk")[:1]))
        .annotate(day=last_day_of_steps("body_disposition", "decision_pk"))
        .order_by()
        .values(when=F("day"))
        .annotate(people=Sum("on_post", default=0))
    )
    return [(row["when"], row["people"]) for row in dated]

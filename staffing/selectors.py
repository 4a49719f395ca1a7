"""Every read of the people: staff on post by state, and the balance of each body.

The people of a state are the staff on post in the bodies of that state (domain §10). A figure
that nobody has given makes the sum unknown; it is never taken for zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.expressions import RawSQL

from consolidation.models import BodyDisposition
from consolidation.selectors.counts import Place, Tally
from consolidation.selectors.state import STAYING, State, StateView, baseline_q, body_rows, flag
from staffing.models import HeadCount, Redeployment, StaffPlan
from zones.models import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from consolidation.selectors.state import BodyRows

PLACE = {"division": F("body__division_id"), "current_division": F("body__current_division_id")}


def head_counts(view: StateView) -> QuerySet[HeadCount, Any]:
    """Return the baseline's head counts of the categories that count.

    Columns added: ``decided`` (a plan in effect says what becomes of the body).
    """
    decided = BodyDisposition.objects.filter(body=OuterRef("body"), plan_id__in=view.plan_ids)
    return HeadCount.objects.filter(
        baseline_q(view.programme, "body__", end="abolished_on"),
        body__ledger=view.programme.ledger_id,
        counted_on=view.programme.baseline_date,
        category__in=view.programme.counted_categories,
    ).annotate(decided=Exists(decided), rests_on_placeholder=F("is_placeholder"))


def latest_head_counts(view: StateView) -> QuerySet[HeadCount, Any]:
    """Return, for the bodies in being on the day of an actual state, their latest head counts."""
    later = HeadCount.objects.filter(
        body=OuterRef("body"),
        category=OuterRef("category"),
        counted_on__gt=OuterRef("counted_on"),
        counted_on__lte=view.as_of,
    )
    return HeadCount.objects.filter(
        ~Exists(later),
        counted_on__gte=view.programme.baseline_date,
        counted_on__lte=view.as_of,
        category__in=view.programme.counted_categories,
        body__in=body_rows(view).filter(in_state=True).values("pk"),
    ).annotate(rests_on_placeholder=F("is_placeholder"))


def staff_plans(view: StateView) -> QuerySet[StaffPlan, Any]:
    """Return the planned staff of the bodies that the plans keep or found."""
    kept = BodyDisposition.objects.filter(
        body=OuterRef("body"), plan=OuterRef("plan"), fate__in=STAYING
    )
    return StaffPlan.objects.filter(
        Exists(kept),
        # A body of another ledger counts nobody, whatever a plan says of it.
        body__ledger=view.programme.ledger_id,
        plan_id__in=view.plan_ids,
        category__in=view.programme.counted_categories,
    ).annotate(rests_on_placeholder=F("is_placeholder"))


def stale_bodies(view: StateView) -> BodyRows:
    """Return the bodies whose people cannot be known on the day of an actual state.

    People were moved to them by an abolition that is confirmed, and they have not been counted
    since: the sum would lose those people and show a cut that did not happen.
    """
    counted_since = HeadCount.objects.filter(
        body=OuterRef("to_body"),
        category=OuterRef("category"),
        counted_on__lte=view.as_of,
        counted_on__gte=OuterRef("abolished_on"),
    )
    abolished = BodyDisposition.objects.filter(
        body=OuterRef("body"),
        plan=OuterRef("plan"),
        fate=BodyDisposition.Fate.ABOLISH,
        confirmed_on__lte=view.as_of,
    )
    arrivals = (
        Redeployment.objects.filter(
            plan_id__in=view.plan_ids,
            to_body__isnull=False,
            people__gt=0,
            category__in=view.programme.counted_categories,
        )
        .annotate(abolished_on=Subquery(abolished.values("confirmed_on")[:1]))
        .filter(abolished_on__isnull=False)
    )
    uncounted = arrivals.filter(~Exists(counted_since))
    return body_rows(view).filter(in_state=True, pk__in=uncounted.values("to_body"))


def _sums(rows: QuerySet[Any, Any], **more: Any) -> dict[Place, Mapping[str, int]]:
    counted = (
        rows.order_by()
        .values(**PLACE)
        .annotate(
            people=Sum("on_post", default=0),
            given=Count("on_post"),
            placeholders=Count("pk", filter=Q(rests_on_placeholder=True)),
            **more,
        )
    )
    return {Place(row["division"], row["current_division"]): row for row in counted}


def _bodies(view: StateView) -> dict[Place, Mapping[str, int]]:
    """Return the numbers of bodies by place: in the baseline, in the state, and kept by a plan."""
    counted = (
        body_rows(view)
        .order_by()
        .values("division_id", "current_division_id")
        .annotate(
            n_baseline=Count("pk", distinct=True, filter=Q(in_baseline=True)),
            n_state=Count("pk", distinct=True, filter=Q(in_state=True)),
            n_kept=Count("pk", distinct=True, filter=Q(decided_fate__in=STAYING)),
            n_open=Count("pk", distinct=True, filter=Q(in_baseline=True, decided_fate=None)),
        )
    )
    return {Place(row["division_id"], row["current_division_id"]): row for row in counted}


def people_tallies(view: StateView) -> dict[Place, Tally]:
    """Return the people of the baseline and of the state, by place, in a handful of queries."""
    categories = len(view.programme.counted_categories)
    bodies = _bodies(view)
    before = _sums(
        head_counts(view),
        open_people=Sum("on_post", filter=Q(decided=False), default=0),
        open_given=Count("on_post", filter=Q(decided=False)),
    )
    after: dict[Place, Mapping[str, int]] = {}
    stale: dict[Place, int] = {}
    if view.state == State.PLANNED:
        after = _sums(staff_plans(view))
    elif view.state == State.ACTUAL:
        after = _sums(latest_head_counts(view))
        stale = _count_by_place(stale_bodies(view))
    return {
        place: _tally(view, place, number, categories, before, after, stale)
        for place, number in bodies.items()
    }


def _count_by_place(rows: BodyRows) -> dict[Place, int]:
    counted = (
        rows.order_by()
        .values("division_id", "current_division_id")
        .annotate(n=Count("pk", distinct=True))
    )
    return {Place(row["division_id"], row["current_division_id"]): row["n"] for row in counted}


def _tally(
    view: StateView,
    place: Place,
    bodies: Mapping[str, int],
    categories: int,
    before: dict[Place, Mapping[str, int]],
    after: dict[Place, Mapping[str, int]],
    stale: dict[Place, int],
) -> Tally:
    was = before.get(place, {})
    baseline, given = was.get("people", 0), was.get("given", 0)
    missing_baseline = bodies["n_baseline"] * categories - given
    placeholders = was.get("placeholders", 0)
    if view.state == State.BASELINE:
        return Tally(baseline, baseline, 0, placeholders, missing_baseline, 0)
    now = after.get(place, {})
    people, told = now.get("people", 0), now.get("given", 0)
    placeholders += now.get("placeholders", 0)
    if view.state == State.ACTUAL:
        missing = bodies["n_state"] * categories - told + stale.get(place, 0)
        return Tally(baseline, people, 0, placeholders, missing_baseline, missing)
    open_people = was.get("open_people", 0)
    missing = bodies["n_kept"] * categories - told
    missing += bodies["n_open"] * categories - was.get("open_given", 0)
    planned = place.division_id in view.planned_owner_ids
    return Tally(
        baseline,
        people + open_people,
        open_people if planned else 0,
        placeholders,
        missing_baseline,
        missing,
    )


# Signed flows per body and category: who was there, who came, who left, who stays. The ORM cannot
# group a union, and asking each body for its four figures costs twelve look-ups a body.
_FLOWS = """
    SELECT body_id, category, on_post AS people FROM staffing_headcount
     WHERE counted_on = %s AND on_post IS NOT NULL
    UNION ALL
    SELECT to_body_id, category, people FROM staffing_redeployment
     WHERE to_body_id IS NOT NULL AND plan_id IN ({plans})
    UNION ALL
    SELECT body_id, category, -people FROM staffing_redeployment WHERE plan_id IN ({plans})
    UNION ALL
    SELECT body_id, category, -on_post FROM staffing_staffplan
     WHERE on_post IS NOT NULL AND plan_id IN ({plans})
"""
_UNBALANCED = """
    SELECT {columns} FROM ({flows}) flows WHERE category IN ({categories})
     GROUP BY body_id, category HAVING SUM(people) <> 0
"""


def _unbalanced(view: StateView, columns: str) -> tuple[str, list[Any]]:
    """Return the query for the bodies and categories that do not add up, and its parameters."""
    plans = list(view.plan_ids) or [0]
    categories = list(view.programme.counted_categories) or [""]
    flows = _FLOWS.format(plans=", ".join(["%s"] * len(plans)))
    query = _UNBALANCED.format(
        columns=columns, flows=flows, categories=", ".join(["%s"] * len(categories))
    )
    return query, [view.programme.baseline_date, *plans * 3, *categories]


def balance_rows(view: StateView) -> BodyRows:
    """Return the rows of bodies, with whether their people add up in each counted category.

    Columns added: ``unbalanced`` (before + arrivals − departures − after is not zero in some
    category) and ``unclear`` (one of the figures that this needs is not given).
    """
    query, parameters = _unbalanced(view, "body_id")
    before = _complete(head_counts(view), view)
    after = _complete(StaffPlan.objects.filter(plan_id__in=view.plan_ids), view)
    lacking = (Q(origin=Origin.LEDGER) & ~Q(pk__in=before)) | (
        Q(decided_fate__in=STAYING) & ~Q(pk__in=after)
    )
    rows: BodyRows = body_rows(view).annotate(
        # The query is made of constants; every value goes in as a parameter.
        unbalanced=flag(Q(pk__in=RawSQL(query, parameters))),  # noqa: S611
        unclear=flag(lacking),
    )
    return rows


def _complete(figures: QuerySet[Any, Any], view: StateView) -> QuerySet[Any, Any]:
    """Return the keys of the bodies for which each counted category has its figure."""
    categories = view.programme.counted_categories
    complete: QuerySet[Any, Any] = (
        figures.filter(category__in=categories, on_post__isnull=False)
        .order_by()
        .values("body")
        .annotate(given=Count("category", distinct=True))
        .filter(given=len(categories))
        .values("body")
    )
    return complete


def people_off(view: StateView) -> dict[int, int]:
    """Return, by body that does not add up, the number of people not accounted for."""
    query, parameters = _unbalanced(view, "body_id, ABS(SUM(people))")
    off: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        for body_id, people in cursor.fetchall():
            off[body_id] = off.get(body_id, 0) + int(people)
    return off

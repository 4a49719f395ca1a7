"""The people as lists and pages show them: per body and category, before and after.

Every figure comes from the rows of ``selectors``, so that the sum over a list is the tally.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from consolidation.checks.base import Status
from consolidation.models.programmes import StaffCategory
from consolidation.selectors.ledger import bodies_visible_to
from consolidation.selectors.narrowing import Counted, counted_q
from consolidation.selectors.state import State, flag, state_view
from staffing.models import Redeployment
from staffing.selectors import (
    balance_rows,
    head_counts,
    latest_head_counts,
    staff_plans,
    stale_bodies,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from consolidation.models import MergePlan
    from consolidation.selectors.state import BodyRows, StateView
    from platforms_portal.access import Scope
    from zones.models import ManagementBody

COUNTED_PEOPLE = (Counted.BASELINE, Counted.STATE, Counted.UNDECIDED)
"""The numbers of the people's tally: people who went or came are not followed one by one."""


def figures_after(view: StateView) -> list[QuerySet[Any, Any]]:
    """Return the rows whose staff on post make up the people of the state, as its tally has them."""
    if view.state == State.PLANNED:
        # Where no plan says anything, the people of the baseline remain.
        return [staff_plans(view), head_counts(view).filter(Q(decided=False))]
    if view.state == State.ACTUAL:
        return [latest_head_counts(view)]
    return [head_counts(view)]


def people_visible_to(scope: Scope, view: StateView, place: Q, counted: str) -> BodyRows:
    """Return the bodies in ``scope`` whose people a number counts, with their figures.

    Columns added: ``before_CATEGORY`` and ``after_CATEGORY`` (empty where not known), ``before``
    and ``after`` in all categories that count, and ``stale`` (people were moved to it and have
    not been counted since).
    """
    if counted and counted not in COUNTED_PEOPLE:
        return bodies_visible_to(scope, view).none()
    columns: dict[str, Combinable] = {}
    for category in view.programme.counted_categories:
        columns[f"before_{category}"] = _figure(head_counts(view), category)
        columns[f"after_{category}"] = Coalesce(
            *(_figure(rows, category) for rows in figures_after(view)), Value(None)
        )
    stale = stale_bodies(view).values("pk") if view.state == State.ACTUAL else None
    rows = bodies_visible_to(scope, view, place & counted_q(counted)).annotate(**columns)
    people: BodyRows = rows.annotate(
        before=_total(view, "before"),
        after=_total(view, "after"),
        stale=flag(Q(pk__in=stale)) if stale is not None else Value(False),
    )
    return people


def people_on_schedule(rows: BodyRows, view: StateView) -> BodyRows:
    """Return ``rows`` with the figures after of those that are due, and before of the others.

    The rows need ``is_due``: whether the plans' dates have come for the body.
    """
    dated: BodyRows = rows.annotate(
        **{
            f"after_{category}": Case(
                When(Q(is_due=True), then=F(f"after_{category}")), default=F(f"before_{category}")
            )
            for category in view.programme.counted_categories
        }
    )
    people: BodyRows = dated.annotate(after=_total(view, "after"))
    return people


def _figure(rows: QuerySet[Any, Any], category: str) -> Subquery:
    own = rows.filter(body=OuterRef("pk"), category=category).order_by().values("body")
    return Subquery(own.annotate(n=Sum("on_post")).values("n"), output_field=IntegerField())


def _total(view: StateView, when: str) -> Combinable:
    total: Combinable = Value(0)
    for category in view.programme.counted_categories:
        total = total + Coalesce(f"{when}_{category}", 0)
    return total


@dataclass
class Sums:
    """What a list sums up to, by category and in all; ``missing`` figures nobody has given."""

    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    missing_before: int = 0
    missing_after: int = 0
    placeholders: bool = False

    @property
    def people_before(self) -> int:
        """The people of the baseline."""
        return sum(self.before.values())

    @property
    def people_after(self) -> int:
        """The people of the state."""
        return sum(self.after.values())


def sums_of(view: StateView, bodies: BodyRows) -> Sums:
    """Return the sums over ``bodies``, from the same rows as the tally, in a few queries.

    Of ``people_on_schedule`` those that are not due yet count as before.
    """
    keys = due = bodies.order_by().values("pk")
    sums = Sums()
    given_before = _add_up(head_counts(view).filter(body__in=keys), sums.before, sums)
    given_after, left = 0, Q(in_state=True)
    if "is_due" in bodies.query.annotations:
        left = Q()  # Listed are just those who are left.
        due, others = bodies.filter(is_due=True), bodies.filter(is_due=False)
        due, others = due.order_by().values("pk"), others.order_by().values("pk")
        given_after = _add_up(head_counts(view).filter(body__in=others), sums.after, sums)
    given_after += sum(
        _add_up(rows.filter(body__in=due), sums.after, sums) for rows in figures_after(view)
    )
    number = bodies.aggregate(
        before=Count("pk", filter=Q(in_baseline=True)), after=Count("pk", filter=left)
    )
    categories = len(view.programme.counted_categories)
    sums.missing_before = number["before"] * categories - given_before
    sums.missing_after = number["after"] * categories - given_after
    return sums


def _add_up(rows: QuerySet[Any, Any], into: dict[str, int], sums: Sums) -> int:
    """Add the staff on post of ``rows`` by category; return how many figures were given."""
    given = 0
    counted = (
        rows.order_by()
        .values("category")
        .annotate(
            people=Sum("on_post", default=0),
            given=Count("on_post"),
            placeholders=Count("pk", filter=Q(rests_on_placeholder=True)),
        )
    )
    for row in counted:
        into[row["category"]] = into.get(row["category"], 0) + row["people"]
        given += row["given"]
        sums.placeholders = sums.placeholders or row["placeholders"] > 0
    return given


@dataclass
class CategoryOfBody:
    """The figures of one body in one category; ``None`` is not known."""

    label: str
    before: Any = None
    planned: Any = None
    latest: Any = None


def figures_of_body(view: StateView, body: ManagementBody) -> list[CategoryOfBody]:
    """Return the figures of ``body`` by category that counts: before, planned, latest."""
    actual = state_view(view.programme, State.ACTUAL, view.as_of)
    categories = view.programme.counted_categories
    figures = {c: CategoryOfBody(str(StaffCategory(c).label)) for c in categories}
    for row in head_counts(view).filter(body=body):
        figures[row.category].before = row
    for row in staff_plans(view).filter(body=body):
        figures[row.category].planned = row
    for row in latest_head_counts(actual).filter(body=body):
        figures[row.category].latest = row
    return list(figures.values())


def balance_of_body(view: StateView, body: ManagementBody) -> Status | None:
    """Return whether every person of ``body`` is accounted for; ``None`` before a plan decides."""
    row = balance_rows(view).filter(pk=body.pk, decided_fate__isnull=False).first()
    if row is None:
        return None
    if row.unbalanced:
        return Status.NOT_MET
    return Status.UNKNOWN if row.unclear else Status.MET


def moves_of_body(view: StateView, body: ManagementBody) -> dict[str, list[Redeployment]]:
    """Return who leaves ``body`` and who arrives there, in the plans that count."""
    moves = (
        Redeployment.objects.filter(plan_id__in=view.plan_ids)
        .select_related("body__division", "to_body__division")
        .order_by("category", "destination", "pk")
    )
    return {"leaving": list(moves.filter(body=body)), "arriving": list(moves.filter(to_body=body))}


@dataclass
class CategoryOfPlan:
    """What a plan makes of the people of its owner in one category."""

    label: str
    before: int = 0
    after: int = 0
    to_other_bodies: int = 0
    redeployed: int = 0
    left: int = 0


def figures_of_plan(view: StateView, plan: MergePlan) -> list[CategoryOfPlan]:
    """Return the people of the plan's owner by category: before, after, and where the others go."""
    figures = {
        category: CategoryOfPlan(str(StaffCategory(category).label))
        for category in view.programme.counted_categories
    }
    own = Q(body__division=plan.division_id)
    for category, people in _by_category(head_counts(view).filter(own)):
        figures[category].before = people
    for rows in figures_after(view):
        for category, people in _by_category(rows.filter(own)):
            figures[category].after += people
    moves = Redeployment.objects.filter(plan=plan, category__in=list(figures))
    for row in _moves(moves):
        setattr(figures[row["category"]], row["where"], row["n"])
    return list(figures.values())


def _by_category(rows: QuerySet[Any, Any]) -> list[tuple[str, int]]:
    counted = rows.order_by().values("category").annotate(n=Sum("on_post", default=0))
    return [(row["category"], row["n"]) for row in counted]


def _moves(moves: QuerySet[Redeployment]) -> QuerySet[Any, Any]:
    kind = Case(
        When(destination=Redeployment.Destination.BODY, then=Value("to_other_bodies")),
        When(destination__in=Redeployment.LEAVING, then=Value("left")),
        default=Value("redeployed"),
    )
    return (
        moves.order_by().annotate(where=kind).values("category", "where").annotate(n=Sum("people"))
    )

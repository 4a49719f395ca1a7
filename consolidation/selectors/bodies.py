"""Which management bodies serve a platform in a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import (
    Count,
    Exists,
    FilteredRelation,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from consolidation.models import BodyDisposition, RetainedPlatform
from consolidation.selectors.state import (
    State,
    StateView,
    baseline_q,
    body_in_state,
    body_rows,
    flag,
)
from zones.models import BodyPlatform

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from consolidation.selectors.state import BodyRows


def _staying(view: StateView) -> QuerySet[BodyPlatform, Any]:
    """Return the remits of bodies that are in the state and were not sent to serve elsewhere."""
    in_baseline = baseline_q(view.programme, "body__", end="abolished_on")
    elsewhere = Q(disposition__serves__isnull=False)
    if view.state == State.BASELINE:
        elsewhere = Q(pk__isnull=True)
    elif view.state == State.ACTUAL:
        elsewhere &= Q(
            disposition__confirmed_on__isnull=False, disposition__confirmed_on__lte=view.as_of
        )
    return BodyPlatform.objects.alias(
        disposition=FilteredRelation(
            "body__dispositions",
            condition=Q(body__dispositions__plan_id__in=view.plan_ids or (0,)),
        ),
        sent=flag(elsewhere),
    ).filter(body_in_state(view, in_baseline, Q(pk__isnull=True)), sent=False)


def _sent(view: StateView) -> QuerySet[BodyDisposition, Any]:
    """Return the decisions in effect that make a body serve a platform."""
    decisions = BodyDisposition.objects.filter(plan_id__in=view.plan_ids, serves__isnull=False)
    if view.state == State.BASELINE:
        return decisions.none()
    if view.state == State.ACTUAL:
        return decisions.filter(confirmed_on__lte=view.as_of)
    return decisions


def _number(rows: QuerySet[Any, Any], key: str, aggregate: Combinable) -> Subquery:
    return Subquery(
        rows.order_by().values(key).annotate(n=aggregate).values("n")[:1],
        output_field=IntegerField(),
    )


def bodies_serving(view: StateView) -> Combinable:
    """Return, for a row of platforms, the number of bodies that serve the platform in the state."""
    staying = _staying(view).filter(platform=OuterRef("pk"))
    sent = _sent(view).filter(serves=OuterRef("pk"))
    return Coalesce(
        _number(staying, "platform", Count("body", distinct=True)), Value(0)
    ) + Coalesce(_number(sent, "serves", Count("body", distinct=True)), Value(0))


def teams_serving(view: StateView) -> Combinable:
    """Return the number of leadership teams of the body that serves the platform, if it is known.

    After a decision it is the number that the plan gives; a body that simply stays has the one of
    the ledger.
    """
    staying = _staying(view).filter(platform=OuterRef("pk"))
    sent = _sent(view).filter(serves=OuterRef("pk"))
    return Coalesce(
        _number(sent, "serves", Max("leadership_teams")),
        _number(staying, "platform", Max("body__leadership_teams")),
    )


def linked_body_rows(view: StateView) -> BodyRows:
    """Return the rows of bodies with what they are for in the state.

    Columns added: ``sent`` (a decision in effect makes it serve a platform), ``sent_to_retained``,
    ``sent_to_sub_area``, ``on_retained`` and ``on_sub_area`` (one of its baseline platforms is).
    """
    designated = Q(is_sub_area=True) & (
        Q(designated_on__isnull=True) | Q(designated_on__lte=view.as_of)
    )
    retained = RetainedPlatform.objects.filter(programme=view.programme)
    on = BodyPlatform.objects.filter(body=OuterRef("pk"))
    on_retained = Q(platform__retentions__programme=view.programme)
    sub_areas = retained.filter(designated).values("platform_id")
    return body_rows(view).annotate(
        sent=flag(Q(fate_serves__isnull=False)),
        sent_to_retained=Exists(retained.filter(platform=OuterRef("fate_serves"))),
        sent_to_sub_area=Exists(retained.filter(designated, platform=OuterRef("fate_serves"))),
        on_retained=Exists(on.filter(on_retained)),
        on_sub_area=Exists(on.filter(platform__in=sub_areas)),
    )

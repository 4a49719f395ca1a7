"""Which management bodies serve a platform in a state.

The conditions are look-ups in sets that the database makes once (``IN`` over a grouped query), not
questions asked again for each platform: with 142,000 of them that is the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, FilteredRelation, Q

from consolidation.models import BodyDisposition, RetainedPlatform
from consolidation.selectors.designation import designated_q
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


class Serving:
    """Conditions on a row of platforms: how many bodies and teams serve it in the state.

    A body serves the platform that a decision in effect sends it to; without one it stays with
    those that it manages at the baseline. After a decision the number of leadership teams is the
    plan's; a body that simply stays has the one of the ledger.
    """

    def __init__(self, view: StateView) -> None:
        """Take the view in which is asked."""
        self._staying = _staying(view).order_by()
        self._sent = _sent(view).order_by()

    def _by_staying(self, least: int) -> Q:
        return Q(pk__in=_with_at_least(self._staying, "platform", least))

    def _by_sent(self, least: int) -> Q:
        return Q(pk__in=_with_at_least(self._sent, "serves", least))

    @property
    def nobody(self) -> Q:
        """No body serves the platform."""
        return ~self._by_staying(1) & ~self._by_sent(1)

    @property
    def several(self) -> Q:
        """More than one body serves the platform."""
        one_of_each = self._by_staying(1) & self._by_sent(1)
        return self._by_staying(2) | self._by_sent(2) | one_of_each

    def teams(self, **lookup: Any) -> Q:
        """The number of leadership teams of the serving body is as ``lookup`` says."""
        ((how, value),) = lookup.items()
        sent = self._sent.filter(**{f"leadership_teams__{how}": value})
        staying = self._staying.filter(**{f"body__leadership_teams__{how}": value})
        return Q(pk__in=sent.values("serves")) | (
            ~self._by_sent(1) & Q(pk__in=staying.values("platform"))
        )


def _with_at_least(rows: QuerySet[Any, Any], key: str, least: int) -> QuerySet[Any, Any]:
    served: QuerySet[Any, Any] = rows.values(key)
    if least > 1:
        served = served.annotate(n=Count("body", distinct=True)).filter(n__gte=least).values(key)
    return served


def linked_body_rows(view: StateView) -> BodyRows:
    """Return the rows of bodies with what they are for in the state.

    Columns added: ``sent`` (a decision in effect makes it serve a platform), ``sent_to_retained``,
    ``sent_to_sub_area``, ``on_main`` and ``on_sub_area`` (one of its baseline platforms is
    retained as such, or as a sub-area).
    """
    designated = designated_q(view.as_of)
    retained = RetainedPlatform.objects.filter(programme=view.programme).order_by()
    every, sub_areas = retained.values("platform"), retained.filter(designated).values("platform")
    main = retained.filter(~designated).values("platform")
    remits = BodyPlatform.objects.order_by()
    sent = Q(fate_serves__isnull=False)
    rows: BodyRows = body_rows(view).annotate(
        sent=flag(sent),
        sent_to_retained=flag(sent & Q(fate_serves__in=every)),
        sent_to_sub_area=flag(sent & Q(fate_serves__in=sub_areas)),
        on_main=flag(Q(pk__in=remits.filter(platform__in=main).values("body"))),
        on_sub_area=flag(Q(pk__in=remits.filter(platform__in=sub_areas).values("body"))),
    )
    return rows

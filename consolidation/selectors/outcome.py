"""What becomes of each baseline platform in a state: one answer a platform, and where it leads.

The flows of the city page count these answers, and the list of platforms is narrowed by them, so
that a ribbon opens exactly its records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from consolidation.models import Disposition

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from consolidation.selectors.state import StateView


class Outcome(models.TextChoices):
    """What becomes of a baseline platform; the first four have effect in the state."""

    UPGRADE = Disposition.Kind.UPGRADE.value, Disposition.Kind.UPGRADE.label
    MERGE = Disposition.Kind.MERGE.value, Disposition.Kind.MERGE.label
    TRANSFORM = Disposition.Kind.TRANSFORM.value, Disposition.Kind.TRANSFORM.label
    ABOLISH = Disposition.Kind.ABOLISH.value, Disposition.Kind.ABOLISH.label
    KEPT = "kept", _("Retained without a disposition")
    NOT_CONFIRMED = "not_confirmed", _("Decided, not carried out yet")
    UNDECIDED = "undecided", _("Not decided")
    NO_PLAN = "no_plan", _("No plan in yet")
    TWICE = "twice", _("Decided more than once")


NOWHERE = "none"
"""Stands for a platform or kind that the plan does not name."""

_EFFECTIVE = (Outcome.UPGRADE, Outcome.MERGE, Outcome.TRANSFORM, Outcome.ABOLISH)


def with_outcome(rows: QuerySet[Any, Any], view: StateView) -> QuerySet[Any, Any]:
    """Return ``rows`` of ``platform_rows(view)`` with what becomes of each.

    Columns added: ``outcome``, ``result_pk`` (the platform that it continues in: itself where it
    is retained, else what it is merged into) and ``becomes`` (the kind that it is transformed
    into); the last two are empty where the outcome leads nowhere or the plan does not say.
    """
    if "outcome" in rows.query.annotations:
        return rows
    decided = Disposition.objects.filter(plan_id__in=view.plan_ids).order_by().values("platform")
    twice = decided.annotate(n=Count("pk")).filter(n__gt=1).values("platform")
    planned_owner = Q(division_id__in=view.planned_owner_ids)
    answered: QuerySet[Any, Any] = rows.annotate(
        outcome=Case(
            When(Q(pk__in=twice), then=Value(Outcome.TWICE.value)),
            *(When(Q(fate=one.value), then=Value(one.value)) for one in _EFFECTIVE),
            When(~planned_owner, then=Value(Outcome.NO_PLAN.value)),
            When(Q(decided_kind__isnull=False), then=Value(Outcome.NOT_CONFIRMED.value)),
            When(Q(is_retained=True), then=Value(Outcome.KEPT.value)),
            default=Value(Outcome.UNDECIDED.value),
            output_field=CharField(),
        ),
    ).annotate(
        result_pk=Case(
            When(Q(outcome=Outcome.MERGE), then=F("fate_target")),
            When(Q(outcome__in=[Outcome.UPGRADE, Outcome.KEPT], is_retained=True), then=F("pk")),
        ),
        becomes=Case(
            When(Q(outcome=Outcome.TRANSFORM), then=F("disposition__transform_into")),
            default=Value(""),
            output_field=CharField(),
        ),
    )
    return answered

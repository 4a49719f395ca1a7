"""The day on which a plan foresees that a platform or a body goes or comes.

A platform's is the day planned for its disposition, a founding's and a body's the last day
planned for its steps. Where a plan names none, all is due when the programme is to be carried out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import DateField, F, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from consolidation.models import Deadline, ExecutionStep

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from consolidation.models import Programme


def completion_day(programme: Programme) -> datetime.date | None:
    """Return the day by which all is to be carried out, where the programme sets one."""
    found = Deadline.objects.filter(programme=programme, kind=Deadline.Kind.COMPLETION).first()
    return found.due_on if found is not None else None


def last_day_of_steps(subject: str, key: str) -> Subquery:
    """Return the last day planned for the steps of the decision whose key is the column ``key``."""
    steps = ExecutionStep.objects.filter(**{subject: OuterRef(key)}).order_by().values(subject)
    return Subquery(steps.annotate(last=Max("planned_on")).values("last"))


def with_planned_day(
    rows: QuerySet[Any, Any], completion: datetime.date | None
) -> QuerySet[Any, Any]:
    """Return rows of platforms or bodies, as lists have them, with ``planned_day``.

    It is empty only where neither the plan nor the programme (``completion``) names a day.
    """
    if hasattr(rows.model, "retentions"):
        rows = rows.annotate(retention_pk=F("retention__pk"))
        days: list[Any] = [
            F("disposition__planned_on"),
            last_day_of_steps("retained", "retention_pk"),
        ]
    else:
        days = [last_day_of_steps("body_disposition", "disposition_id")]
    dated: QuerySet[Any, Any] = rows.annotate(
        planned_day=Coalesce(*days, Value(completion, output_field=DateField()))
    )
    return dated


def due_q(day: datetime.date) -> Q:
    """Return the filter for rows whose ``planned_day`` has come on ``day``."""
    return Q(planned_day__isnull=False, planned_day__lte=day)


def on_schedule_q(day: datetime.date) -> Q:
    """Return the filter for rows of the planned state that are there on ``day`` by its dates.

    They need ``planned_day``. Whatever has no day at all has neither gone nor come.
    """
    not_yet = Q(planned_day__isnull=True) | Q(planned_day__gt=day)
    return Q(in_baseline=True) & (Q(in_state=True) | not_yet) | Q(
        in_baseline=False, in_state=True, planned_day__lte=day
    )

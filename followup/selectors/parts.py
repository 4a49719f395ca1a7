"""Everything with a date: one part a kind, to be counted or listed together.

``parts`` is the only way to what is due. Each part is a queryset of ``COLUMNS`` (see ``shape``);
``rows`` lays them end to end, ``tallied`` counts them by owner and light, both in the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, F, Value

from consolidation.models import Task
from followup.models.reminders import Kind
from followup.selectors.shape import COLUMNS
from followup.selectors.sources import dispositions_due, plans_due, steps_due, tasks_due

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.db.models.expressions import OrderBy

    from consolidation.models import Programme
    from followup.selectors.lights import Clock
    from followup.selectors.shape import Reach, Wanted

TALLY = ("item_kind", "owner", "light", "overdue", "n")
"""What a row of a tally tells."""


def parts(
    programme: Programme, clock: Clock, reach: Reach, wanted: Wanted
) -> list[QuerySet[Any, Any]]:
    """Return the parts of what is due that ``reach`` covers and ``wanted`` asks for."""
    found: list[QuerySet[Any, Any]] = []
    if wanted.asks_for(Kind.TASK):
        found.append(tasks_due(programme, clock, reach, wanted))
    if reach.only_tasks or reach.scope.nothing:
        return found
    if wanted.asks_for(Kind.PLAN):
        found.append(plans_due(programme, clock, reach, wanted))
    if wanted.asks_for(Kind.STEP):
        found += steps_due(programme, clock, reach, wanted)
    if wanted.asks_for(Kind.DISPOSITION):
        found.append(dispositions_due(programme, clock, reach, wanted))
    return found


def rows(found: list[QuerySet[Any, Any]], order: Iterable[str | OrderBy]) -> QuerySet[Any, Any]:
    """Return the parts as one queryset of dictionaries in ``order``."""
    if not found:
        return Task.objects.none().values()
    first, *others = [part.values(*COLUMNS).order_by() for part in found]
    whole: QuerySet[Any, Any] = first.union(*others, all=True) if others else first
    ordered: QuerySet[Any, Any] = whole.order_by(*order, "item_kind", "item_pk")
    return ordered


def tallied(
    found: list[QuerySet[Any, Any]], by_department: QuerySet[Any, Any] | None = None
) -> list[dict[str, Any]]:
    """Return how many items there are, by kind, owner, light and whether they are overdue.

    With ``by_department`` there are rows of the kind ``DEPARTMENT`` beside them, whose owner is
    the key of a department: all in one query.
    """
    grouped = [
        part.order_by()
        .values("item_kind", "owner", "light", "overdue")
        .annotate(n=Count("pk"))
        .values_list(*TALLY)
        for part in found
    ]
    if by_department is not None:
        grouped.append(by_department)
    if not grouped:
        return []
    first, *others = grouped
    counted = first.union(*others, all=True) if others else first
    return [dict(zip(TALLY, row, strict=True)) for row in counted]


DEPARTMENT = "department"


def by_department(
    programme: Programme, clock: Clock, reach: Reach, wanted: Wanted
) -> QuerySet[Any, Any] | None:
    """Return how many tasks each responsible department has, by light and whether overdue.

    A task of several departments counts with each of them. None where no task is asked for.
    """
    if not wanted.asks_for(Kind.TASK):
        return None
    # One condition: a second one would join the departments again, and count each task with all.
    responsible = (
        {"departments": reach.department_id} if reach.only_tasks else {"departments__isnull": False}
    )
    tasks = tasks_due(programme, clock, reach, wanted).filter(**responsible)
    counted: QuerySet[Any, Any] = (
        tasks.order_by()
        .values(
            "light",
            "overdue",
            kind_of=Value(DEPARTMENT, output_field=CharField()),
            of=F("departments"),
        )
        .annotate(n=Count("pk"))
        .values_list("kind_of", "of", "light", "overdue", "n")
    )
    return counted

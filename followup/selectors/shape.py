"""What is due as rows of one shape: the columns, what a reader sees of them, and asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, DateField, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Coalesce

from followup.models.reminders import Kind
from followup.selectors.lights import rank
from platforms_portal.access import Right, Role, rights_of, scope_of

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from accounts.models import User
    from followup.selectors.lights import Clock
    from platforms_portal.access import Scope

COLUMNS = (
    "item_kind",
    "item_pk",
    "due",
    "light",
    "overdue",
    "owner",
    "done_on",
    "made_up",
    "rank",
    "due_key",
)
"""What every row tells; ``rank`` and ``due_key`` are for sorting, for the end of time has no date."""

NEVER = "9999-12-31"


@dataclass(frozen=True)
class Reach:
    """What a reader sees of what is due (docs/follow-up.md).

    A division its own items and the tasks that concern divisions; a department its own tasks.
    """

    scope: Scope
    department_id: int | None = None
    only_tasks: bool = False
    bodies: bool = True


def reach_of(user: User) -> Reach:
    """Return what ``user`` sees."""
    is_department = user.role == Role.COUNTERSIGNER
    return Reach(
        scope=scope_of(user),
        department_id=user.department_id if is_department else None,
        only_tasks=is_department,
        bodies=Right.VIEW_BODIES in rights_of(user),
    )


@dataclass(frozen=True)
class Wanted:
    """What a reader asks for; empty fields narrow nothing. ``items`` are keys by kind."""

    kind: str = ""
    division_id: int | None = None
    department_id: int | None = None
    text: str = ""
    due_from: datetime.date | None = None
    due_to: datetime.date | None = None
    lights: tuple[str, ...] = ()
    overdue_only: bool = False
    items: tuple[tuple[str, int], ...] | None = None

    def asks_for(self, kind: Kind) -> bool:
        """Whether items of ``kind`` can be among those asked for."""
        if self.items is not None and all(name != kind for name, _pk in self.items):
            return False
        if self.kind and self.kind != kind:
            return False
        is_task = kind == Kind.TASK
        return not (self.division_id if is_task else self.department_id)


def shaped(  # noqa: PLR0913 - a column each
    records: QuerySet[Any, Any],
    clock: Clock,
    wanted: Wanted,
    *,
    kind: Kind,
    due: str,
    light: Case,
    owner: Any,
    done_on: Any,
    made_up: Q,
) -> QuerySet[Any, Any]:
    """Give ``records`` the columns, and narrow them by what can be asked of every kind."""
    shaped: QuerySet[Any, Any] = records.annotate(
        item_kind=Value(kind.value, output_field=CharField()),
        item_pk=F("pk"),
        due=F(due),
        light=light,
        owner=owner,
        done_on=done_on,
        made_up=Case(When(made_up, then=Value(1)), default=Value(0), output_field=IntegerField()),
    ).annotate(
        overdue=clock.overdue(),
        rank=rank(),
        due_key=Coalesce("due", Cast(Value(NEVER), DateField()), output_field=DateField()),
    )
    if wanted.lights:
        shaped = shaped.filter(light__in=wanted.lights)
    if wanted.overdue_only:
        shaped = shaped.filter(overdue=1)
    if wanted.due_from is not None:
        shaped = shaped.filter(due__gte=wanted.due_from)
    if wanted.due_to is not None:
        shaped = shaped.filter(due__lte=wanted.due_to)
    if wanted.items is not None:
        shaped = shaped.filter(pk__in=[pk for name, pk in wanted.items if name == kind])
    return shaped


def nothing(field: type[IntegerField[Any, Any]]) -> Cast:
    """Return an empty column; a bare NULL becomes a text in a union of three on PostgreSQL."""
    return Cast(Value(None), field())

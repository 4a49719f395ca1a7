"""What is due in words: each row with what it is, where it leads, and who is responsible."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.checks.base import Scope as Owner
from consolidation.models import Disposition, ExecutionStep, MergePlan, Task
from consolidation.selectors.plans import owners_of
from consolidation.selectors.stepping import CARRIED_OUT_STATES
from followup.models import Reminder
from followup.models.reminders import Kind
from followup.selectors.lights import OPEN_LIGHTS, Light
from followup.selectors.monthly import Answering, answering_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from consolidation.models import Programme
    from followup.selectors.lights import Clock
    from zones.models import Department, Division


@dataclass(frozen=True)
class Party:
    """Who is responsible: a division, a department, or others whom the document names."""

    name: str
    division: Division | None = None
    department: Department | None = None


@dataclass
class Item:
    """One thing that is due on the clock's day."""

    kind: Kind
    pk: int
    light: Light
    due: datetime.date | None
    done_on: datetime.date | None
    is_overdue: bool
    is_placeholder: bool
    day: datetime.date
    what: str = ""
    about: str = ""
    state: str = ""
    url: str = ""
    parties: list[Party] = field(default_factory=list)
    answering: Answering | None = None
    reminded: int = 0
    reminded_on: datetime.date | None = None

    @property
    def key(self) -> str:
        """What forms call it."""
        return f"{self.kind.value}:{self.pk}"

    @property
    def can_be_reminded(self) -> bool:
        """Whether somebody has to see to it."""
        return self.light in OPEN_LIGHTS

    @property
    def days(self) -> int | None:
        """Days until it is due, below zero once it is overdue; of what is done, how late it was."""
        if self.due is None or self.light in (Light.WAITING, Light.SUSPENDED):
            return None
        if self.light == Light.DONE:
            return (self.due - self.done_on).days if self.done_on is not None else None
        return (self.due - self.day).days

    @property
    def label(self) -> str:
        """What it is and what it is about."""
        return f"{self.about} · {self.what}" if self.about else self.what

    @property
    def responsible(self) -> str:
        """The names of who is responsible."""
        return "、".join(party.name for party in self.parties)

    @property
    def owner(self) -> Division | None:
        """The division that it belongs to; none for the tasks of departments."""
        return next((party.division for party in self.parties if party.division), None)


def items_of(
    programme: Programme,
    clock: Clock,
    rows: Iterable[Mapping[str, Any]],
    *,
    owners: Sequence[Division] | None = None,
) -> list[Item]:
    """Return the rows of ``parts.rows`` in words, in their order, in a fixed number of queries.

    ``owners`` are those of the programme, where they are read already.
    """
    items = [_bare(row, clock.day) for row in rows]
    by_kind: dict[Kind, dict[int, Item]] = defaultdict(dict)
    for item in items:
        by_kind[item.kind][item.pk] = item
    if set(by_kind) - {Kind.TASK}:
        known = {one.pk: one for one in (owners_of(programme) if owners is None else owners)}
        describe: dict[Kind, Callable[[_Owned, dict[int, Item]], None]] = {
            Kind.PLAN: _describe_plans,
            Kind.STEP: _describe_steps,
            Kind.DISPOSITION: _describe_dispositions,
        }
        owned = _Owned(programme, known, _plans_by_owner(programme, clock.day))
        for kind, tell in describe.items():
            if by_kind[kind]:
                tell(owned, by_kind[kind])
    if by_kind[Kind.TASK]:
        _describe_tasks(programme, clock, by_kind[Kind.TASK])
    _add_reminders(programme, by_kind)
    return items


def _bare(row: Mapping[str, Any], day: datetime.date) -> Item:
    return Item(
        kind=Kind(row["item_kind"]),
        pk=row["item_pk"],
        light=Light(row["light"]),
        due=row["due"],
        done_on=row["done_on"],
        is_overdue=bool(row["overdue"]),
        is_placeholder=bool(row["made_up"]),
        day=day,
    )


@dataclass(frozen=True)
class _Owned:
    """What items of divisions are described with: the owners, and the plans of each."""

    programme: Programme
    owners: dict[int, Division]
    plans: dict[int, list[MergePlan]]

    def party(self, owner_id: int) -> list[Party]:
        owner = self.owners.get(owner_id)
        return [Party(str(Owner(owner).label), division=owner)] if owner is not None else []

    def carried_out(self, owner_id: int) -> MergePlan | None:
        plans = self.plans.get(owner_id, [])
        return next((plan for plan in plans if plan.state in CARRIED_OUT_STATES), None)

    def execution(self, owner_id: int, *, done: bool) -> str:
        """Return where steps of this owner are reported and confirmed; an empty text for nowhere."""
        plan = self.carried_out(owner_id)
        if plan is None:
            return ""
        address = reverse("plan-execution", args=[self.programme.code, plan.pk])
        return address if done else f"{address}?show=open"


def _plans_by_owner(programme: Programme, day: datetime.date) -> dict[int, list[MergePlan]]:
    """Return the plans that left their divisions by ``day``, by owner, the latest first."""
    found: dict[int, list[MergePlan]] = defaultdict(list)
    plans = MergePlan.objects.filter(programme=programme, submitted_on__lte=day)
    for plan in plans.exclude(state__in=MergePlan.INTERNAL_STATES).order_by("-version"):
        found[plan.division_id].append(plan)
    return found


def _describe_plans(owned: _Owned, items: dict[int, Item]) -> None:
    for owner_id, item in items.items():
        plan = next(iter(owned.plans.get(owner_id, ())), None)
        item.parties = owned.party(owner_id)
        item.what = _("Plan of %(owner)s") % {"owner": item.responsible}
        if plan is not None:
            item.state = str(plan.get_state_display())
            item.url = reverse("plan", args=[owned.programme.code, plan.pk])
        else:
            item.state = _("Not submitted")
            item.url = reverse("plans", args=[owned.programme.code])


def _describe_steps(owned: _Owned, items: dict[int, Item]) -> None:
    steps = ExecutionStep.objects.filter(pk__in=items).select_related(
        "disposition__platform",
        "disposition__plan",
        "body_disposition__body",
        "body_disposition__plan",
        "retained__platform",
    )
    for step in steps:
        item = items[step.pk]
        if step.disposition is not None:
            owner_id, subject = step.disposition.plan.division_id, step.disposition.platform.label
        elif step.body_disposition is not None:
            decision = step.body_disposition
            owner_id, subject = decision.plan.division_id, decision.body.label
        else:
            assert step.retained is not None  # noqa: S101 - the database asks for one of the three
            platform = step.retained.platform
            owner_id, subject = platform.division_id, platform.label
        item.parties = owned.party(owner_id)
        item.what, item.about = step.title, subject
        item.state = _state_of(step, item.light)
        item.url = owned.execution(owner_id, done=item.light == Light.DONE)
        if item.url:
            item.url += f"#step-{step.pk}"


def _state_of(step: ExecutionStep, light: Light) -> str:
    if light == Light.DONE:
        return _("Confirmed")
    if light == Light.WAITING:
        return _("Reported, awaits confirmation")
    return _("Not confirmed, report anew") if step.objection else _("To be carried out")


def _describe_dispositions(owned: _Owned, items: dict[int, Item]) -> None:
    rows = Disposition.objects.filter(pk__in=items).select_related("platform", "plan")
    for disposition in rows:
        item = items[disposition.pk]
        item.parties = owned.party(disposition.plan.division_id)
        item.what = str(disposition.get_kind_display())
        item.about = disposition.platform.label
        item.state = _("Confirmed") if item.light == Light.DONE else _("To be carried out")
        item.url = reverse("plan", args=[owned.programme.code, disposition.plan_id])


def _describe_tasks(programme: Programme, clock: Clock, items: dict[int, Item]) -> None:
    of_task: dict[int, list[Department]] = defaultdict(list)
    tasks: dict[int, Task] = {}
    through = Task.departments.through.objects.filter(task__in=items)
    for row in through.select_related("department", "task").order_by("pk"):
        of_task[row.task_id].append(row.department)
        tasks.setdefault(row.task_id, row.task)
    if bare := items.keys() - tasks.keys():
        tasks |= Task.objects.in_bulk(bare)
    prefetch_related_objects(list(tasks.values()), "notes")
    for task in tasks.values():
        item, departments = items[task.pk], of_task[task.pk]
        item.parties = [Party(str(one), department=one) for one in departments]
        if task.also_responsible:
            item.parties.append(Party(task.also_responsible))
        item.what, item.about = task.title, task.clause
        item.state = str(task.get_state_display())
        item.url = reverse("task", args=[programme.code, task.pk])
        item.answering = answering_of(task, departments, clock)
        item.is_placeholder |= any(note.is_placeholder for note in task.notes.all())


def _add_reminders(programme: Programme, by_kind: Mapping[Kind, Mapping[int, Item]]) -> None:
    """Say how often and when each item was last reminded of."""
    keys = {pk for items in by_kind.values() for pk in items}
    if not keys:
        return
    sent = Reminder.objects.filter(programme=programme, item__in=keys)
    counted = sent.order_by().values("kind", "item").annotate(n=Count("pk"), last=Max("day"))
    for row in counted:
        item = by_kind.get(Kind(row["kind"]), {}).get(row["item"])
        if item is not None:
            item.reminded, item.reminded_on = row["n"], row["last"]

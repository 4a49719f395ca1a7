"""The people of a draft as it is entered: per body and counted category, with their balance.

The balance is R14's: before + arrivals = after + departures, in the plans that count with this one
among them. A figure that nobody has given leaves it open; it is never taken for zero.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from consolidation.checks.base import Scope as Owner
from consolidation.checks.base import Status
from consolidation.models import BodyDisposition
from consolidation.models.programmes import StaffCategory
from consolidation.sections import baseline_bodies
from consolidation.selectors.readiness import view_with
from consolidation.selectors.state import STAYING
from staffing.models import HeadCount, Redeployment, StaffPlan
from zones.models import Adjacency, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from consolidation.models import MergePlan
    from consolidation.selectors.state import StateView
    from zones.models import ManagementBody

FIGURES = ("after", "authorised")
"""What is planned for a body that goes on: staff on post, and the posts authorised for them."""

ELSEWHERE = tuple(
    destination.value
    for destination in Redeployment.Destination
    if destination != Redeployment.Destination.BODY
)
"""Where people go who do not go to another body."""


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


@dataclass(frozen=True)
class CategoryRow:
    """One body in one category; ``None`` is not known.

    ``after`` counts what is planned, whatever became of the body since, as R14 does.
    """

    category: str
    before: int | None
    after: int | None
    authorised: int | None
    arrivals: tuple[Redeployment, ...]
    moves: tuple[Redeployment, ...]
    is_staying: bool

    @property
    def label(self) -> StrOrPromise:
        """The category in words."""
        return StaffCategory(self.category).label

    @property
    def arriving(self) -> int:
        """The people who come from other bodies."""
        return sum(move.people for move in self.arrivals)

    @property
    def leaving(self) -> int:
        """The people who go, wherever to."""
        return sum(move.people for move in self.moves)

    @property
    def difference(self) -> int | None:
        """Before + arrivals − after − departures; ``None`` where a figure of it is not given."""
        if self.before is None or (self.is_staying and self.after is None):
            return None
        return self.before + self.arriving - (self.after or 0) - self.leaving


@dataclass(frozen=True)
class StaffRow:
    """The people of one body; ``values`` are what its form shows and sends, ``seen`` their digest."""

    body: ManagementBody
    decision: BodyDisposition | None
    categories: tuple[CategoryRow, ...]
    planned: tuple[StaffPlan, ...]
    moves: tuple[Redeployment, ...]

    @property
    def is_staying(self) -> bool:
        """Whether the plan keeps or founds the body."""
        return self.decision is not None and self.decision.fate in STAYING

    @property
    def leftover(self) -> tuple[StaffPlan, ...]:
        """Planned staff of a body that does not go on: left from when it did."""
        return () if self.is_staying else self.planned

    @property
    def targets(self) -> dict[int, ManagementBody]:
        """The bodies to which its people go, by their keys."""
        return {
            move.to_body_id: move.to_body
            for move in self.moves
            if move.to_body_id is not None and move.to_body is not None
        }

    @cached_property
    def values(self) -> dict[str, str]:
        """The values of the form's fields. People who are not said to move anywhere are none."""
        values: dict[str, str] = {}
        for row in self.categories:
            if self.is_staying:
                values[f"after-{row.category}"] = _text(row.after)
                values[f"authorised-{row.category}"] = _text(row.authorised)
            values |= {f"{where}-{row.category}": "" for where in ELSEWHERE}
            for move in row.moves:
                values[name_of(move)] = _text(move.people or None)
        return values

    @property
    def seen(self) -> str:
        """The digest of the values: the same as long as nobody changes one."""
        text = json.dumps(self.values, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def before(self) -> int | None:
        """The people before, in all categories that count."""
        return _total(row.before for row in self.categories)

    @property
    def after(self) -> int | None:
        """The people after; of an abolished body none, and not known before its fate is decided."""
        is_gone = self.decision is not None and not self.is_staying
        return _total(row.after or 0 if is_gone else row.after for row in self.categories)

    @property
    def status(self) -> Status:
        """Whether the people add up, as R14 says it."""
        differences = [row.difference for row in self.categories]
        if self.decision is None or None in differences:
            return Status.UNKNOWN
        return Status.NOT_MET if any(differences) else Status.MET

    @property
    def without_place(self) -> dict[str, int]:
        """The people of an abolished body who are not said to go anywhere yet, by category."""
        if self.decision is None or self.is_staying:
            return {}
        return {
            row.category: row.difference
            for row in self.categories
            if row.difference is not None and row.difference > 0
        }

    @property
    def rests_on_placeholder(self) -> bool:
        """Whether a figure that is planned stands in for a real one."""
        return any(record.is_placeholder for record in (*self.planned, *self.moves))


def name_of(move: Redeployment) -> str:
    """Return the name of the field that holds ``move``."""
    where = move.destination if move.to_body_id is None else f"to-{move.to_body_id}"
    return f"{where}-{move.category}"


def _total(numbers: Iterable[int | None]) -> int | None:
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


@dataclass(frozen=True)
class Choice:
    """A body to which people can be moved, in words; ``is_own`` one of the plan's own."""

    pk: int
    text: str
    is_own: bool

    @property
    def key(self) -> str:
        """Its key as a form sends it."""
        return str(self.pk)


@dataclass(frozen=True)
class Draft:
    """The people of a plan: one row per body, and where people can be moved."""

    rows: list[StaffRow] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    def row(self, body_id: int) -> StaffRow | None:
        """Return the row of a body; ``None`` where the plan has none such."""
        return next((row for row in self.rows if row.body.pk == body_id), None)

    def choices_of(self, body_id: int) -> list[Choice]:
        """Return where people of a body can be moved: not to where they are."""
        return [choice for choice in self.choices if choice.pk != body_id]

    @property
    def without_place(self) -> int:
        """The people of abolished bodies who are not said to go anywhere yet."""
        return sum(sum(row.without_place.values()) for row in self.rows)

    @property
    def off(self) -> list[StaffRow]:
        """The bodies that do not add up."""
        return [row for row in self.rows if row.status == Status.NOT_MET]

    @property
    def open(self) -> list[StaffRow]:
        """The bodies of which a figure is not given, or nothing decided."""
        return [row for row in self.rows if row.status == Status.UNKNOWN]


def draft_of(plan: MergePlan) -> Draft:
    """Return the people of ``plan``, in a number of queries that is always the same."""
    view = view_with(plan)
    decided = {
        row.body_id: row
        for row in BodyDisposition.objects.filter(plan=plan).select_related("body", "serves")
    }
    founded = [row.body for row in decided.values() if row.fate == BodyDisposition.Fate.FOUND]
    bodies = sorted({*baseline_bodies(plan), *founded}, key=lambda body: (body.code, body.pk))
    figures = _Figures(plan, view, bodies)
    rows = [figures.row_of(body, decided.get(body.pk)) for body in bodies]
    return Draft(rows, _choices(plan, view, decided.values()))


class _Figures:
    """The figures of several bodies, read once for all of them."""

    def __init__(self, plan: MergePlan, view: StateView, bodies: list[ManagementBody]) -> None:
        self.counted = plan.programme.counted_categories
        self.before = {
            (row.body_id, row.category): row.on_post
            for row in HeadCount.objects.filter(
                body__in=bodies,
                counted_on=plan.programme.baseline_date,
                category__in=self.counted,
            )
        }
        self.planned: dict[int, list[StaffPlan]] = defaultdict(list)
        for figure in StaffPlan.objects.filter(plan=plan, category__in=self.counted):
            self.planned[figure.body_id].append(figure)
        moves = Redeployment.objects.filter(category__in=self.counted).order_by("pk")
        self.leaving: dict[int, list[Redeployment]] = defaultdict(list)
        for move in moves.filter(plan=plan).select_related("to_body__division"):
            self.leaving[move.body_id].append(move)
        self.arriving: dict[int | None, list[Redeployment]] = defaultdict(list)
        arrivals = moves.filter(plan_id__in=view.plan_ids, to_body__in=bodies)
        for move in arrivals.select_related("body"):
            self.arriving[move.to_body_id].append(move)

    def row_of(self, body: ManagementBody, decision: BodyDisposition | None) -> StaffRow:
        """Return the row of one body."""
        is_staying = decision is not None and decision.fate in STAYING
        categories = tuple(self._category(body, name, is_staying) for name in self.counted)
        return StaffRow(
            body,
            decision,
            categories,
            tuple(self.planned[body.pk]),
            tuple(self.leaving[body.pk]),
        )

    def _category(self, body: ManagementBody, name: str, is_staying: bool) -> CategoryRow:
        planned = next((row for row in self.planned[body.pk] if row.category == name), None)
        # A body that the plan founds had nobody; of one in the ledger a count may be lacking.
        nobody = 0 if body.origin == Origin.FOUNDED else None
        return CategoryRow(
            category=name,
            before=self.before.get((body.pk, name), nobody),
            after=planned.on_post if planned else None,
            authorised=planned.authorised if planned else None,
            arrivals=tuple(row for row in self.arriving[body.pk] if row.category == name),
            moves=tuple(row for row in self.leaving[body.pk] if row.category == name),
            is_staying=is_staying,
        )


def _choices(plan: MergePlan, view: StateView, decided: Iterable[BodyDisposition]) -> list[Choice]:
    """Return the bodies to which people can be moved: those that go on.

    They are the plan's own, and those of neighbouring divisions and of the municipal level that
    the plans which count there keep or found.
    """
    own = sorted(
        (row.body for row in decided if row.fate in STAYING), key=lambda body: (body.code, body.pk)
    )
    near = Q(
        body__division__in=Adjacency.objects.filter(division=plan.division_id).values("neighbour")
    )
    near |= Q(body__division=plan.programme.division_id)
    others = (
        BodyDisposition.objects.filter(near, plan_id__in=view.plan_ids, fate__in=STAYING)
        .exclude(plan=plan)
        .exclude(body__in=own)
        .select_related("body__division")
        .order_by("body__division__code", "body__code")
    )
    return [
        *(Choice(body.pk, body.name, is_own=True) for body in own),
        *(
            Choice(
                row.body_id, f"{row.body.name}（{Owner(row.body.division).label}）", is_own=False
            )
            for row in others
        ),
    ]

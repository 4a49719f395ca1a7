"""Plans and what they decide. Another owner's draft is for nobody but that owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from consolidation.api.base import AS_OF, PROGRAMME, InPlanRecords, ProgrammeRecords
from consolidation.api_filters.plans import (
    BodyDispositionParameters,
    DispositionParameters,
    PlanParameters,
    PlateDispositionParameters,
)
from consolidation.api_filters.programmes import TaskParameters
from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition, Task
from consolidation.selectors.ledger import plans_listed_for, tasks_visible_to
from consolidation.selectors.records import (
    body_dispositions_visible_to,
    dispositions_visible_to,
    effective_plan_ids,
    plate_dispositions_visible_to,
    with_provenance,
)
from consolidation.selectors.state import State, state_view
from consolidation.serializers.plans import (
    BodyDispositionSerializer,
    DispositionSerializer,
    PlanSerializer,
    PlateDispositionSerializer,
)
from consolidation.serializers.programmes import TaskSerializer
from platforms_portal.access import Right, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from platforms_portal.api.errors import Problem
    from platforms_portal.api.parameters import Parameters

ONE = extend_schema(parameters=[PROGRAMME])
ONE_ON_A_DAY = extend_schema(parameters=[PROGRAMME, AS_OF])


@extend_schema_view(retrieve=ONE_ON_A_DAY)
class Plans(ProgrammeRecords):
    """Plans in their versions, and which of them count on a day."""

    title = _("Plans")
    explanation = _(
        "The owners' plans in their versions, and which of them count on the day. Drafts only "
        "for the division they are of."
    )
    right = Right.VIEW_LEDGER
    queryset = MergePlan.objects.none()
    filterset_class = PlanParameters
    serializer_class = PlanSerializer
    order = ("division__code", "-version")
    programme_lookup = "plans"
    detail_parameters = ("programme", "as_of")

    def programme_problems(self, parameters: Parameters) -> Iterable[Problem]:
        """Find the plans that count on the day."""
        yield from super().programme_problems(parameters)
        self.counting = effective_plan_ids(self.programme, self.day(parameters))

    def get_serializer_context(self) -> dict[str, Any]:
        """Let each plan say whether it counts."""
        return {**super().get_serializer_context(), "effective_plan_ids": self.counting}

    def visible(self, parameters: Parameters) -> QuerySet[MergePlan, Any]:
        """Return the plans that the requester may read."""
        plans = with_provenance(plans_listed_for(self.user, self.programme))
        if self.detail:
            return plans
        plans = plans.filter(self.in_division("division_id"))
        effective = parameters.values.get("effective")
        if effective is None:
            return plans
        counting = plans.filter(pk__in=self.counting)
        return counting if effective else plans.exclude(pk__in=self.counting)


@extend_schema_view(retrieve=ONE)
class Dispositions(InPlanRecords):
    """What the plans make of platforms, with the steps of carrying it out."""

    title = _("Dispositions of platforms")
    explanation = _("What the plans make of platforms, with the steps of carrying it out.")
    right = Right.VIEW_LEDGER
    queryset = Disposition.objects.none()
    filterset_class = DispositionParameters
    serializer_class = DispositionSerializer
    order = ("platform__code", "plan_id")
    placeholder_q = Q(rests_on_placeholder=True) | Q(steps__is_placeholder=True)
    programme_lookup = "plans__dispositions"

    def visible(self, parameters: Parameters) -> QuerySet[Disposition, Any]:
        """Return the dispositions of readable plans."""
        rows = dispositions_visible_to(self.scope, self.programme)
        return rows.filter(self.within(parameters))

    def with_relations(self, rows: QuerySet[Disposition, Any]) -> QuerySet[Disposition, Any]:
        """Add plan, platforms and steps."""
        rows = rows.select_related("plan__division", "platform", "target")
        return rows.prefetch_related("steps")


@extend_schema_view(retrieve=ONE)
class PlateDispositions(InPlanRecords):
    """What the plans make of plates."""

    title = _("Dispositions of plates")
    explanation = _("What the plans make of plates.")
    right = Right.VIEW_LEDGER
    queryset = PlateDisposition.objects.none()
    filterset_class = PlateDispositionParameters
    serializer_class = PlateDispositionSerializer
    order = ("plate__code", "plan_id")
    programme_lookup = "plans__plate_dispositions"

    def visible(self, parameters: Parameters) -> QuerySet[PlateDisposition, Any]:
        """Return the fates of plates in readable plans."""
        rows = plate_dispositions_visible_to(self.scope, self.programme)
        return rows.filter(self.within(parameters))

    def with_relations(
        self, rows: QuerySet[PlateDisposition, Any]
    ) -> QuerySet[PlateDisposition, Any]:
        """Add plan, plate and carrier."""
        return rows.select_related("plan__division", "plate", "carrier")


@extend_schema_view(retrieve=ONE)
class BodyDispositions(InPlanRecords):
    """What the plans make of management bodies, with the steps of carrying it out."""

    title = _("Dispositions of management bodies")
    explanation = _("What the plans make of management bodies, with the steps of carrying it out.")
    right = Right.VIEW_BODIES
    queryset = BodyDisposition.objects.none()
    filterset_class = BodyDispositionParameters
    serializer_class = BodyDispositionSerializer
    order = ("body__code", "plan_id")
    placeholder_q = Q(rests_on_placeholder=True) | Q(steps__is_placeholder=True)
    programme_lookup = "plans__body_dispositions"

    def visible(self, parameters: Parameters) -> QuerySet[BodyDisposition, Any]:
        """Return the fates of bodies in readable plans."""
        rows = body_dispositions_visible_to(self.scope, self.programme)
        return rows.filter(self.within(parameters))

    def with_relations(
        self, rows: QuerySet[BodyDisposition, Any]
    ) -> QuerySet[BodyDisposition, Any]:
        """Add plan, body, the platform served and the steps."""
        rows = rows.select_related("plan__division", "body", "serves")
        return rows.prefetch_related("steps")


@extend_schema_view(retrieve=ONE_ON_A_DAY)
class Tasks(ProgrammeRecords):
    """Tasks of the clauses, with their departments; a department sees only its own."""

    title = _("Tasks")
    explanation = _(
        "Tasks of the clauses with their departments. A countersigning department sees only "
        "its own."
    )
    right = Right.VIEW_TASKS
    queryset = Task.objects.none()
    filterset_class = TaskParameters
    serializer_class = TaskSerializer
    order = ("order",)
    placeholder_q = Q(is_placeholder=True) | Q(notes__is_placeholder=True)
    programme_lookup = "tasks"
    detail_parameters = ("programme", "as_of")

    def visible(self, parameters: Parameters) -> QuerySet[Task, Any]:
        """Return the tasks that the requester may read."""
        view = state_view(self.programme, State.ACTUAL, self.day(parameters))
        return tasks_visible_to(self.user, view)

    def about(self) -> dict[str, Any]:
        """Tell the department to which the list is narrowed; divisions share the city's tasks."""
        department = self.user.department
        narrowed = None
        if self.user.role == Role.COUNTERSIGNER and department is not None:
            narrowed = {"code": "", "name": department.name}
        return {**super().about(), "narrowed_to": narrowed}

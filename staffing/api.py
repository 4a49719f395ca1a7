"""The API's endpoints about people: head counts, planned staff, redeployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from consolidation.api.base import PROGRAMME, InPlanRecords, ProgrammeRecords
from consolidation.selectors.state import State
from platforms_portal.access import Right
from staffing.api_filters import HeadCountParameters, RedeploymentParameters, StaffPlanParameters
from staffing.models import HeadCount, Redeployment, StaffPlan
from staffing.records import (
    head_counts_behind,
    head_counts_visible_to,
    redeployments_visible_to,
    staff_plans_behind,
    staff_plans_visible_to,
)
from staffing.serializers import (
    HeadCountSerializer,
    RedeploymentSerializer,
    StaffPlanSerializer,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from platforms_portal.api.parameters import Parameters

GROUP = _("People")
ONE = extend_schema(parameters=[PROGRAMME])


@extend_schema_view(retrieve=ONE)
class HeadCounts(ProgrammeRecords):
    """Authorised posts and staff on post per body, category and day."""

    group = GROUP
    title = _("Head counts")
    explanation = _("Authorised posts and staff on post per body, category and day.")
    right = Right.VIEW_PEOPLE
    queryset = HeadCount.objects.none()
    filterset_class = HeadCountParameters
    serializer_class = HeadCountSerializer
    order = ("body__code", "category", "-counted_on")
    programme_lookup = "ledger__bodies__head_counts"

    def visible(self, parameters: Parameters) -> QuerySet[HeadCount, Any]:
        """Return the head counts in scope."""
        counts = head_counts_visible_to(self.scope, self.programme)
        if self.detail:
            return counts
        counts = counts.filter(self.in_division("body__division_id"))
        if not (state := parameters.values.get("counted")):
            return counts
        return counts.filter(head_counts_behind(self.programme, State(state), self.day(parameters)))

    def with_relations(self, rows: QuerySet[HeadCount, Any]) -> QuerySet[HeadCount, Any]:
        """Add the body and its division."""
        return rows.select_related("body__division")


@extend_schema_view(retrieve=ONE)
class StaffPlans(InPlanRecords):
    """Posts and people that the plans foresee per body and category."""

    group = GROUP
    title = _("Planned staff")
    explanation = _("Posts and people that the plans foresee per body and category.")
    right = Right.VIEW_PEOPLE
    queryset = StaffPlan.objects.none()
    filterset_class = StaffPlanParameters
    serializer_class = StaffPlanSerializer
    order = ("body__code", "category", "plan_id")
    programme_lookup = "plans__staff_plans"

    def visible(self, parameters: Parameters) -> QuerySet[StaffPlan, Any]:
        """Return the planned staff of readable plans."""
        rows = staff_plans_visible_to(self.scope, self.programme).filter(self.within(parameters))
        if self.detail or not parameters.values.get("counted"):
            return rows
        return rows.filter(staff_plans_behind(self.programme, self.day(parameters)))

    def with_relations(self, rows: QuerySet[StaffPlan, Any]) -> QuerySet[StaffPlan, Any]:
        """Add plan and body."""
        return rows.select_related("plan__division", "body")


@extend_schema_view(retrieve=ONE)
class Redeployments(InPlanRecords):
    """Where the plans send people of each body and category."""

    group = GROUP
    title = _("Redeployments")
    explanation = _("Where the plans send people of each body and category.")
    right = Right.VIEW_PEOPLE
    queryset = Redeployment.objects.none()
    filterset_class = RedeploymentParameters
    serializer_class = RedeploymentSerializer
    order = ("body__code", "category", "destination", "plan_id")
    programme_lookup = "plans__redeployments"

    def visible(self, parameters: Parameters) -> QuerySet[Redeployment, Any]:
        """Return the moves of readable plans."""
        rows = redeployments_visible_to(self.scope, self.programme)
        return rows.filter(self.within(parameters))

    def with_relations(self, rows: QuerySet[Redeployment, Any]) -> QuerySet[Redeployment, Any]:
        """Add plan and bodies."""
        return rows.select_related("plan__division", "body", "to_body")

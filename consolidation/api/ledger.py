"""The ledger in a state: platforms, management bodies, plates, and the list of retained ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from consolidation.api.base import AS_OF, PROGRAMME, STATE, StateRecords
from consolidation.api_filters.ledger import (
    BodyParameters,
    PlateParameters,
    PlatformParameters,
    RetainedParameters,
)
from consolidation.models import RetainedPlatform
from consolidation.selectors.ledger import (
    bodies_visible_to,
    plates_visible_to,
    platforms_visible_to,
    retained_visible_to,
)
from consolidation.serializers.ledger import (
    BodyDetailSerializer,
    BodySerializer,
    PlateDetailSerializer,
    PlateSerializer,
    PlatformDetailSerializer,
    PlatformSerializer,
)
from consolidation.serializers.plans import RetainedDetailSerializer, RetainedSerializer
from platforms_portal.access import Right
from zones.models import ManagementBody, Plate, Platform

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from platforms_portal.api.parameters import Parameters

ONE_IN_STATE = extend_schema(parameters=[PROGRAMME, STATE, AS_OF])


@extend_schema_view(retrieve=ONE_IN_STATE)
class Platforms(StateRecords):
    """Platforms of the baseline and of the retained list, with what becomes of each in a state."""

    title = _("Platforms in a state")
    explanation = _(
        "Platforms of the baseline and of the retained list, with what becomes of each in the "
        "state."
    )
    right = Right.VIEW_LEDGER
    queryset = Platform.objects.none()
    filterset_class = PlatformParameters
    order = ("code",)
    serializer_class = PlatformSerializer
    detail_serializer_class = PlatformDetailSerializer
    programme_lookup = "ledger__platforms"

    def visible(self, parameters: Parameters) -> QuerySet[Platform, Any]:
        """Return the platforms in scope."""
        return platforms_visible_to(self.scope, self.state_view, self.wanted(parameters))

    def with_relations(self, rows: QuerySet[Platform, Any]) -> QuerySet[Platform, Any]:
        """Add divisions and industries, and the names of a single one."""
        rows = rows.select_related("division", "current_division")
        rows = rows.prefetch_related("leading_industries__industry")
        return rows.prefetch_related("names") if self.detail else rows


@extend_schema_view(retrieve=ONE_IN_STATE)
class Bodies(StateRecords):
    """Management bodies of the baseline and those that plans found, in a state."""

    title = _("Management bodies in a state")
    explanation = _(
        "Management bodies of the baseline and those that plans found, with what becomes of "
        "each in the state."
    )
    right = Right.VIEW_BODIES
    queryset = ManagementBody.objects.none()
    filterset_class = BodyParameters
    order = ("code",)
    serializer_class = BodySerializer
    detail_serializer_class = BodyDetailSerializer
    placeholder_q = Q(rests_on_placeholder=True) | Q(leadership_posts__is_placeholder=True)
    programme_lookup = "ledger__bodies"

    def visible(self, parameters: Parameters) -> QuerySet[ManagementBody, Any]:
        """Return the bodies in scope."""
        return bodies_visible_to(self.scope, self.state_view, self.wanted(parameters))

    def with_relations(self, rows: QuerySet[ManagementBody, Any]) -> QuerySet[ManagementBody, Any]:
        """Add divisions, platforms and posts."""
        rows = rows.select_related("division", "current_division")
        return rows.prefetch_related("platforms", "leadership_posts")


@extend_schema_view(retrieve=ONE_IN_STATE)
class Plates(StateRecords):
    """Plates of the baseline's platforms, with who carries each in a state."""

    title = _("Plates in a state")
    explanation = _("Plates of the baseline's platforms, with who carries each in the state.")
    right = Right.VIEW_LEDGER
    queryset = Plate.objects.none()
    filterset_class = PlateParameters
    order = ("code",)
    serializer_class = PlateSerializer
    detail_serializer_class = PlateDetailSerializer
    programme_lookup = "ledger__plates"

    def visible(self, parameters: Parameters) -> QuerySet[Plate, Any]:
        """Return the plates of platforms in scope."""
        return plates_visible_to(self.scope, self.state_view, self.wanted(parameters))

    def with_relations(self, rows: QuerySet[Plate, Any]) -> QuerySet[Plate, Any]:
        """Add the platform and its division."""
        return rows.select_related("platform__division")


@extend_schema_view(retrieve=ONE_IN_STATE)
class Retained(StateRecords):
    """The programme's list of retained platforms."""

    title = _("Retained platforms")
    explanation = _("The programme's list of retained platforms.")
    right = Right.VIEW_LEDGER
    queryset = RetainedPlatform.objects.none()
    filterset_class = RetainedParameters
    order = ("sequence",)
    serializer_class = RetainedSerializer
    detail_serializer_class = RetainedDetailSerializer
    placeholder_q = (
        Q(rests_on_placeholder=True)
        | Q(is_placeholder=True)
        | Q(steps__is_placeholder=True)
        | Q(ranks__is_placeholder=True)
    )
    programme_lookup = "retained"

    def visible(self, parameters: Parameters) -> QuerySet[RetainedPlatform, Any]:
        """Return the entries in scope."""
        return retained_visible_to(self.scope, self.state_view, self.wanted(parameters))

    def with_relations(
        self, rows: QuerySet[RetainedPlatform, Any]
    ) -> QuerySet[RetainedPlatform, Any]:
        """Add the platform, the industries, ranks and steps."""
        rows = rows.select_related("platform__division", "lead_department")
        return rows.prefetch_related("industries__industry", "ranks", "steps")

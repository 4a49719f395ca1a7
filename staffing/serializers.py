"""The shape of head counts, planned staff and redeployments."""

from __future__ import annotations

from typing import ClassVar

from consolidation.serializers.common import (
    PROVENANCE,
    DivisionRefSerializer,
    RecordSerializer,
    ReferenceSerializer,
    rests_field,
)
from consolidation.serializers.plans import InPlanSerializer
from staffing.models import HeadCount, Redeployment, StaffPlan


class HeadCountSerializer(RecordSerializer[HeadCount]):
    """Posts and people of a body in one category on a day; null: not known, never zero."""

    body = ReferenceSerializer(read_only=True)
    division = DivisionRefSerializer(source="body.division", read_only=True)
    rests_on_placeholder = rests_field()

    class Meta:
        model = HeadCount
        fields: ClassVar = [
            "id", "body", "division", "category", "counted_on", "authorised", "on_post",
            *PROVENANCE,
        ]  # fmt: skip


class StaffPlanSerializer(InPlanSerializer):
    """Posts and people that a plan foresees for a body and category."""

    body = ReferenceSerializer(read_only=True)

    class Meta:
        model = StaffPlan
        fields: ClassVar = ["id", "plan", "body", "category", "authorised", "on_post", *PROVENANCE]


class RedeploymentSerializer(InPlanSerializer):
    """Where people of a body and category go."""

    body = ReferenceSerializer(read_only=True)
    to_body = ReferenceSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Redeployment
        fields: ClassVar = [
            "id", "plan", "body", "category", "destination", "to_body", "people", *PROVENANCE,
        ]  # fmt: skip

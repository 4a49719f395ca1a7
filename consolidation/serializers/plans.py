"""The shape of the list of retained platforms, of plans, and of what plans decide."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from consolidation.models import (
    BodyDisposition,
    Disposition,
    MergePlan,
    NationalRank,
    PlateDisposition,
    RetainedPlatform,
)
from consolidation.models.programmes import HighLevelClass
from consolidation.serializers.common import (
    IN_STATE,
    PROVENANCE,
    DivisionRefSerializer,
    InStateSerializer,
    RecordSerializer,
    ReferenceSerializer,
    StepSerializer,
    rests_field,
)
from zones.models import Plate


class RankSerializer(RecordSerializer[NationalRank]):
    """A published rank."""

    class Meta:
        model = NationalRank
        fields: ClassVar = ["zone_kind", "year", "rank", "is_placeholder", "source", "note"]


class RetainedSerializer(RecordSerializer[RetainedPlatform]):
    """An entry of the list of retained platforms."""

    platform = ReferenceSerializer(read_only=True)
    division = DivisionRefSerializer(source="platform.division", read_only=True)
    lead_department = serializers.CharField(
        source="lead_department.name", read_only=True, allow_null=True, default=None
    )
    high_level_class = serializers.ChoiceField(
        choices=[("", _("No class")), *HighLevelClass.choices], read_only=True
    )
    industries = serializers.SerializerMethodField(help_text=_("Planned leading industries."))
    ranks = RankSerializer(many=True, read_only=True)
    steps = StepSerializer(many=True, read_only=True, help_text=_("Steps of the founding."))
    in_state = serializers.BooleanField(read_only=True, help_text=_("Counts in the state."))
    sub_area = serializers.BooleanField(
        read_only=True, help_text=_("Designated as a sub-area by the day.")
    )
    rests_on_placeholder = rests_field()

    class Meta:
        model = RetainedPlatform
        fields: ClassVar = [
            "id", "sequence", "platform", "division", "listed_name", "former_name",
            "is_provisional", "is_sub_area", "sub_area", "designated_on", "designation_reason",
            "designation_document", "withdrawn_on", "withdrawal_reason", "withdrawal_document",
            "is_high_level", "high_level_class", "lead_department",
            "operator_company", "operator_uscc", "operator_is_separate", "discipline",
            "has_cooperation_park", "parcels", "founding_confirmed_on", "industries", "ranks",
            "steps", "in_state", *PROVENANCE,
        ]  # fmt: skip

    def get_industries(self, retained: RetainedPlatform) -> list[str]:
        """Return the names of the planned leading industries."""
        return sorted(planned.industry.name for planned in retained.industries.all())


class RetainedDetailSerializer(InStateSerializer, RetainedSerializer):
    """An entry of the list of retained platforms, with the day of it."""

    class Meta(RetainedSerializer.Meta):
        fields: ClassVar = [*IN_STATE, *RetainedSerializer.Meta.fields]


class PlanSerializer(RecordSerializer[MergePlan]):
    """A version of an owner's plan."""

    division = DivisionRefSerializer(read_only=True)
    rests_on_placeholder = rests_field()
    platforms = serializers.IntegerField(
        read_only=True, help_text=_("Platforms that the plan disposes of.")
    )
    effective = serializers.SerializerMethodField(
        help_text=_("The version that counts on the day.")
    )

    class Meta:
        model = MergePlan
        fields: ClassVar = [
            "id", "division", "version", "state", "effective", "platforms", "first_submitted_on",
            "submitted_on", "decided_on", "return_reason", "completed_on", *PROVENANCE,
        ]  # fmt: skip

    def get_effective(self, plan: MergePlan) -> bool:
        """Whether this version counts on the day."""
        return plan.pk in self.context["effective_plan_ids"]


class PlanRefSerializer(RecordSerializer[MergePlan]):
    """The plan that a decision stands in."""

    division = DivisionRefSerializer(read_only=True)

    class Meta:
        model = MergePlan
        fields: ClassVar = ["id", "division", "version", "state"]


class InPlanSerializer(RecordSerializer[Any]):
    """A decision of a plan."""

    plan = PlanRefSerializer(read_only=True)
    rests_on_placeholder = rests_field()


class DispositionSerializer(InPlanSerializer):
    """What a plan makes of a platform."""

    platform = ReferenceSerializer(read_only=True)
    target = ReferenceSerializer(read_only=True, allow_null=True)
    steps = StepSerializer(many=True, read_only=True)

    class Meta:
        model = Disposition
        fields: ClassVar = [
            "id", "plan", "platform", "kind", "target", "transform_into", "planned_on", "reason",
            "confirmed_on", "steps", *PROVENANCE,
        ]  # fmt: skip


class PlateRefSerializer(RecordSerializer[Plate]):
    """A plate named in a decision."""

    class Meta:
        model = Plate
        fields: ClassVar = ["id", "code", "title", "level"]


class PlateDispositionSerializer(InPlanSerializer):
    """What a plan makes of a plate."""

    plate = PlateRefSerializer(read_only=True)
    carrier = ReferenceSerializer(read_only=True, allow_null=True)

    class Meta:
        model = PlateDisposition
        fields: ClassVar = ["id", "plan", "plate", "fate", "carrier", *PROVENANCE]


class BodyDispositionSerializer(InPlanSerializer):
    """What a plan makes of a management body."""

    body = ReferenceSerializer(read_only=True)
    serves = ReferenceSerializer(read_only=True, allow_null=True)
    steps = StepSerializer(many=True, read_only=True)

    class Meta:
        model = BodyDisposition
        fields: ClassVar = [
            "id", "plan", "body", "fate", "serves", "leadership_teams", "internal_departments",
            "secretary_is_director", "reason", "confirmed_on", "steps", *PROVENANCE,
        ]  # fmt: skip

"""The shape of programmes, divisions and tasks."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from consolidation.models import (
    Deadline,
    Programme,
    Quota,
    QuotaException,
    RankGoal,
    Target,
    Task,
    TaskNote,
)
from consolidation.serializers.common import DivisionRefSerializer, RecordSerializer
from zones.models import Department, Division, DivisionSuccession


class SuccessionSerializer(RecordSerializer[DivisionSuccession]):
    """A division that followed another one."""

    successor = DivisionRefSerializer(read_only=True)

    class Meta:
        model = DivisionSuccession
        fields: ClassVar = ["successor", "effective_on", "is_default", "note"]


class DivisionSerializer(RecordSerializer[Division]):
    """A division during one span of time."""

    parent = DivisionRefSerializer(read_only=True, allow_null=True)
    successions = SuccessionSerializer(many=True, read_only=True)

    class Meta:
        model = Division
        fields: ClassVar = [
            "id", "code", "name", "name_en", "level", "parent", "valid_from", "valid_to",
            "successions", "source",
        ]  # fmt: skip


class TargetSerializer(RecordSerializer[Target]):
    """A line of the document that a rule is judged by; 60% is 60/100, a count is over 1."""

    class Meta:
        model = Target
        fields: ClassVar = [
            "rule", "name", "numerator", "denominator", "clause", "binds_divisions", "note",
        ]  # fmt: skip


class QuotaSerializer(RecordSerializer[Quota]):
    """How many platforms an owner may retain."""

    division = DivisionRefSerializer(read_only=True)

    class Meta:
        model = Quota
        fields: ClassVar = ["division", "base", "extra", "reason"]


class QuotaExceptionSerializer(RecordSerializer[QuotaException]):
    """Places granted beyond a quota."""

    division = DivisionRefSerializer(read_only=True)

    class Meta:
        model = QuotaException
        fields: ClassVar = ["division", "places", "reason", "document", "granted_on"]


class DeadlineSerializer(RecordSerializer[Deadline]):
    """A date of the programme."""

    class Meta:
        model = Deadline
        fields: ClassVar = ["kind", "due_on", "expected_platforms", "clause", "source"]


class RankGoalSerializer(RecordSerializer[RankGoal]):
    """How many zones shall rank how high."""

    class Meta:
        model = RankGoal
        fields: ClassVar = ["zone_kind", "rank_max", "zones_min", "clause"]


class ProgrammeSerializer(RecordSerializer[Programme]):
    """A programme."""

    division = DivisionRefSerializer(read_only=True)
    ledger = serializers.CharField(source="ledger.code", read_only=True)
    opens_as_of = serializers.DateField(
        read_only=True,
        help_text=_("The day on which figures are shown unless another is asked for."),
    )
    counted_categories = serializers.ListField(child=serializers.CharField(), read_only=True)
    exempt_titles = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Programme
        fields: ClassVar = [
            "id", "code", "name", "name_en", "division", "ledger", "baseline_date", "opens_as_of",
            "declared_platforms", "declared_bodies", "declared_staff", "bodies_basis",
            "staff_basis", "counted_categories", "exempt_titles", "document", "is_placeholder",
            "source", "note",
        ]  # fmt: skip


class ProgrammeDetailSerializer(ProgrammeSerializer):
    """A programme with all that its document fixes."""

    targets = TargetSerializer(many=True, read_only=True)
    quotas = QuotaSerializer(many=True, read_only=True)
    quota_exceptions = QuotaExceptionSerializer(many=True, read_only=True)
    deadlines = DeadlineSerializer(many=True, read_only=True)
    rank_goals = RankGoalSerializer(many=True, read_only=True)

    class Meta(ProgrammeSerializer.Meta):
        fields: ClassVar = [
            *ProgrammeSerializer.Meta.fields, "targets", "quotas", "quota_exceptions",
            "deadlines", "rank_goals",
        ]  # fmt: skip


class DepartmentSerializer(RecordSerializer[Department]):
    """A responsible department."""

    class Meta:
        model = Department
        fields: ClassVar = ["id", "name", "name_en", "countersigns"]


class TaskNoteSerializer(RecordSerializer[TaskNote]):
    """What a department reports on a task."""

    department = serializers.CharField(source="department.name", read_only=True)

    class Meta:
        model = TaskNote
        fields: ClassVar = [
            "department", "period", "written_on", "text", "problems", "next_steps",
            "is_placeholder",
        ]  # fmt: skip


class TaskSerializer(RecordSerializer[Task]):
    """A task with its responsible departments."""

    departments = DepartmentSerializer(many=True, read_only=True)
    notes = TaskNoteSerializer(many=True, read_only=True)
    late = serializers.BooleanField(
        read_only=True, help_text=_("Due before the day, and with the departments still.")
    )

    class Meta:
        model = Task
        fields: ClassVar = [
            "id", "order", "clause", "title", "departments", "also_responsible", "due_on",
            "state", "handed_out_on", "closed_on", "late", "notes", "is_placeholder", "source",
            "note",
        ]  # fmt: skip

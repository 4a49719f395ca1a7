"""The shape of the solver's runs in the API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consolidation.serializers.common import DivisionRefSerializer, RecordSerializer
from solver.models import SolverRun


class SolverRunSerializer(RecordSerializer[SolverRun]):
    """A run: who asked for what, and how far it is."""

    owner = DivisionRefSerializer(
        read_only=True, allow_null=True, help_text=_("Whose plan is looked at; null: the city.")
    )
    asked_by = serializers.SerializerMethodField()

    class Meta:
        model = SolverRun
        fields: ClassVar = [
            "id", "owner", "is_internal", "asked_by", "as_of", "seconds", "options", "state",
            "asked_at", "started_at", "finished_at", "digest",
        ]  # fmt: skip

    @extend_schema_field(serializers.CharField())
    def get_asked_by(self, run: SolverRun) -> str:
        """Return who asked for it."""
        return str(run.asked_by)


class SolverResultSerializer(SolverRunSerializer):
    """A run with what came of it."""

    result = serializers.SerializerMethodField()

    class Meta(SolverRunSerializer.Meta):
        fields: ClassVar = [*SolverRunSerializer.Meta.fields, "result"]

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_result(self, run: SolverRun) -> dict[str, Any] | None:
        """Return the changes, the findings before and after, and the conflicts; null until then."""
        return run.result

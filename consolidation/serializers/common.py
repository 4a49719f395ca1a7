"""Pieces that the serializers of several records share."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consolidation.models import ExecutionStep
from consolidation.selectors.state import State
from zones.models import Division

M = TypeVar("M", bound=Model)

PROVENANCE = ["is_placeholder", "rests_on_placeholder", "source", "note"]


def rests_field() -> serializers.BooleanField:
    """Return the field that says whether the record or what it is about is a placeholder."""
    return serializers.BooleanField(
        read_only=True,
        help_text=_("The record, or what it is about or decided by, is a placeholder."),
    )


class RecordSerializer(serializers.ModelSerializer[M]):
    """A record as the API answers it: every field is there, and none is taken in."""

    def get_extra_kwargs(self) -> dict[str, dict[str, Any]]:
        """Make every field of the model one that is only read."""
        return {name: {"read_only": True} for name in self.Meta.fields}


class InStateSerializer(serializers.Serializer[Any]):
    """The programme, state and day in which a single record is shown."""

    programme = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    as_of = serializers.SerializerMethodField()

    def get_programme(self, _record: Any) -> str:
        """Return the programme's code."""
        return str(self.context["view"].state_view.programme.code)

    @extend_schema_field(serializers.ChoiceField(choices=State.choices))
    def get_state(self, _record: Any) -> str:
        """Return the state."""
        return str(self.context["view"].state_view.state.value)

    def get_as_of(self, _record: Any) -> datetime.date:
        """Return the day."""
        day: datetime.date = self.context["view"].state_view.as_of
        return day


IN_STATE = ["programme", "state", "as_of"]


class ReferenceSerializer(serializers.Serializer[Any]):
    """A record named in another one."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class NameSerializer(serializers.Serializer[Any]):
    """A platform named by a decision."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class DivisionRefSerializer(RecordSerializer[Division]):
    """A division named in another record."""

    class Meta:
        model = Division
        fields: ClassVar = ["id", "code", "name", "name_en"]


class StepSerializer(RecordSerializer[ExecutionStep]):
    """A step of carrying out a decision."""

    class Meta:
        model = ExecutionStep
        fields: ClassVar = [
            "title", "planned_on", "carried_out_on", "document_number", "confirmed_on",
            "is_placeholder", "source", "note",
        ]  # fmt: skip


def named(key: int | None, name: str | None) -> dict[str, Any] | None:
    """Return a platform named by a decision, nothing where there is none."""
    return None if key is None else {"id": key, "name": name or ""}

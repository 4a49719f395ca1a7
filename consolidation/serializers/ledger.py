"""The shape of the ledger's records in a state."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consolidation.models import BodyDisposition, Disposition, PlateDisposition
from consolidation.serializers.common import (
    IN_STATE,
    PROVENANCE,
    DivisionRefSerializer,
    InStateSerializer,
    NameSerializer,
    RecordSerializer,
    ReferenceSerializer,
    named,
    rests_field,
)
from zones.models import LeadershipPost, ManagementBody, Plate, Platform, PlatformName

FIGURES = ["in_baseline", "in_state", "undecided", "decided", "fate"]


class StateRowSerializer(RecordSerializer[Any]):
    """A record of the ledger in a state, with the columns of ``selectors.state``."""

    division = DivisionRefSerializer(read_only=True)
    rests_on_placeholder = rests_field()
    in_baseline = serializers.BooleanField(read_only=True, help_text=_("Counts in the baseline."))
    in_state = serializers.BooleanField(read_only=True, help_text=_("Counts in the state."))
    undecided = serializers.BooleanField(
        read_only=True, help_text=_("Its owner's plan is in and says nothing of it.")
    )


class PlatformSerializer(StateRowSerializer):
    """A platform in a state."""

    current_division = DivisionRefSerializer(read_only=True, allow_null=True)
    industries = serializers.SerializerMethodField(help_text=_("Leading industries."))
    decided = serializers.ChoiceField(
        choices=Disposition.Kind.choices,
        source="decided_kind",
        read_only=True,
        allow_null=True,
        help_text=_("What a plan that counts says, carried out or not."),
    )
    fate = serializers.ChoiceField(
        choices=Disposition.Kind.choices,
        read_only=True,
        allow_null=True,
        help_text=_("The disposition that has effect in the state."),
    )
    target = serializers.SerializerMethodField(
        help_text=_("What it is merged into, where that has effect in the state.")
    )
    transform_into = serializers.SerializerMethodField(
        help_text=_("What it is transformed into, where that has effect in the state.")
    )
    dispositions = serializers.IntegerField(
        source="decisions",
        read_only=True,
        help_text=_("Dispositions in the plans that count; more than one breaks R06."),
    )
    is_retained = serializers.BooleanField(read_only=True)
    sub_area = serializers.BooleanField(
        read_only=True, help_text=_("Designated as a sub-area by the day.")
    )

    class Meta:
        model = Platform
        fields: ClassVar = [
            "id", "code", "name", "name_en", "division", "current_division", "level", "kind",
            "gbt37028_code", "origin", "established_on", "closed_on", "approval_document",
            "approved_on", "approved_area", "managed_area", "built_up_area", "boundary_north",
            "boundary_east", "boundary_south", "boundary_west", "industries", *FIGURES, "target",
            "transform_into", "dispositions", "is_retained", "sub_area", *PROVENANCE,
        ]  # fmt: skip

    def get_industries(self, platform: Platform) -> list[str]:
        """Return the names of the leading industries."""
        return sorted(lead.industry.name for lead in platform.leading_industries.all())

    @extend_schema_field(NameSerializer(allow_null=True))
    def get_target(self, row: Any) -> dict[str, Any] | None:
        """Return the platform that it is merged into."""
        return named(row.fate_target, row.target_name)

    def get_transform_into(self, row: Any) -> str:
        """Return the named kind."""
        return row.transform_into or "" if row.fate == Disposition.Kind.TRANSFORM else ""


class FormerNameSerializer(RecordSerializer[PlatformName]):
    """A name that a platform bore."""

    class Meta:
        model = PlatformName
        fields: ClassVar = ["name", "valid_from", "valid_to", "source"]


class PlatformDetailSerializer(InStateSerializer, PlatformSerializer):
    """A platform in a state, with its names over time and its geometry."""

    names = FormerNameSerializer(many=True, read_only=True)

    class Meta(PlatformSerializer.Meta):
        fields: ClassVar = [*IN_STATE, *PlatformSerializer.Meta.fields, "names", "geometry"]


class PostSerializer(RecordSerializer[LeadershipPost]):
    """A leading post of a body."""

    class Meta:
        model = LeadershipPost
        fields: ClassVar = [
            "title", "authorised", "filled", "is_exempt", "is_placeholder", "source", "note",
        ]  # fmt: skip


class BodySerializer(StateRowSerializer):
    """A management body in a state."""

    current_division = DivisionRefSerializer(read_only=True, allow_null=True)
    platforms = ReferenceSerializer(many=True, read_only=True)
    leadership_posts = PostSerializer(many=True, read_only=True)
    decided = serializers.ChoiceField(
        choices=BodyDisposition.Fate.choices,
        source="decided_fate",
        read_only=True,
        allow_null=True,
        help_text=_("What a plan that counts says, carried out or not."),
    )
    fate = serializers.ChoiceField(
        choices=BodyDisposition.Fate.choices,
        read_only=True,
        allow_null=True,
        help_text=_("What has effect in the state."),
    )
    serves = serializers.SerializerMethodField(
        help_text=_("The platform that it then serves, where that has effect in the state.")
    )

    class Meta:
        model = ManagementBody
        fields: ClassVar = [
            "id", "code", "name", "name_en", "division", "current_division", "platforms", "uscc",
            "nature", "rank", "parent_body", "approval_document", "funding",
            "internal_departments", "leadership_teams", "secretary_is_director",
            "leadership_posts", "origin", "established_on", "abolished_on", *FIGURES, "serves",
            *PROVENANCE,
        ]  # fmt: skip

    @extend_schema_field(NameSerializer(allow_null=True))
    def get_serves(self, row: Any) -> dict[str, Any] | None:
        """Return the platform that a decision makes it serve."""
        return named(row.fate_serves, row.serves_name)


class BodyDetailSerializer(InStateSerializer, BodySerializer):
    """A management body in a state, with the day of it."""

    class Meta(BodySerializer.Meta):
        fields: ClassVar = [*IN_STATE, *BodySerializer.Meta.fields]


class PlateSerializer(StateRowSerializer):
    """A plate in a state."""

    platform = ReferenceSerializer(read_only=True)
    division = DivisionRefSerializer(source="platform.division", read_only=True)
    decided = serializers.ChoiceField(
        choices=PlateDisposition.Fate.choices,
        source="decided_fate",
        read_only=True,
        allow_null=True,
        help_text=_("What a plan that counts says, carried out or not."),
    )
    fate = serializers.ChoiceField(
        choices=PlateDisposition.Fate.choices,
        read_only=True,
        allow_null=True,
        help_text=_("What has effect in the state."),
    )
    carrier = serializers.SerializerMethodField(
        help_text=_("The platform that carries it in the state; null once it is dropped.")
    )
    settled = serializers.BooleanField(
        read_only=True, help_text=_("What becomes of it has effect in the state.")
    )

    class Meta:
        model = Plate
        fields: ClassVar = [
            "id", "code", "title", "level", "kind", "gbt37028_code", "platform", "division",
            *FIGURES, "carrier", "settled", *PROVENANCE,
        ]  # fmt: skip

    @extend_schema_field(NameSerializer(allow_null=True))
    def get_carrier(self, row: Any) -> dict[str, Any] | None:
        """Return the platform that carries it."""
        own = row.carrier_pk == row.platform_id
        return named(row.carrier_pk, row.platform.name if own else row.carrier_name)


class PlateDetailSerializer(InStateSerializer, PlateSerializer):
    """A plate in a state, with the day of it."""

    class Meta(PlateSerializer.Meta):
        fields: ClassVar = [*IN_STATE, *PlateSerializer.Meta.fields]

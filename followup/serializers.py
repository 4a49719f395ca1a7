"""The shape of what is due and of reminders, as the API answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consolidation.serializers.common import DivisionRefSerializer, RecordSerializer
from followup.models import Reminder

if TYPE_CHECKING:
    from followup.selectors.items import Item


class DueItemSerializer(serializers.Serializer[Any]):
    """One thing that is due on the day."""

    kind = serializers.CharField(help_text=_("plan, step, disposition or task."))
    id = serializers.IntegerField(
        source="pk", help_text=_("Key of the record of this kind; of a plan, of its division.")
    )
    what = serializers.CharField()
    about = serializers.CharField(help_text=_("The platform, the body or the clause."))
    light = serializers.CharField(
        help_text=_("red, amber, green, no_date, waiting, suspended or done.")
    )
    due_on = serializers.DateField(source="due", allow_null=True)
    days = serializers.IntegerField(
        allow_null=True,
        help_text=_("Days until it is due; below zero: overdue, or done so many days late."),
    )
    is_overdue = serializers.BooleanField()
    done_on = serializers.DateField(allow_null=True)
    state = serializers.CharField()
    division = DivisionRefSerializer(source="owner", allow_null=True)
    responsible = serializers.SerializerMethodField()
    url = serializers.CharField(help_text=_("Its page in the portal."))
    reminders = serializers.IntegerField(source="reminded")
    reminded_on = serializers.DateField(allow_null=True)
    is_placeholder = serializers.BooleanField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_responsible(self, item: Item) -> list[str]:
        """Return the names of who is responsible."""
        return [party.name for party in item.parties]


class ReminderSerializer(RecordSerializer[Reminder]):
    """A reminder or an escalation, as it was sent."""

    division = DivisionRefSerializer(read_only=True, allow_null=True)
    sent_by = serializers.SerializerMethodField()

    class Meta:
        model = Reminder
        fields: ClassVar = [
            "id", "kind", "item", "what", "party", "division", "due_on", "day", "occasion",
            "offset", "message", "sent_by", "told", "people",
        ]  # fmt: skip

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_sent_by(self, reminder: Reminder) -> str | None:
        """Return who sent it; nothing for the system itself."""
        return str(reminder.sent_by) if reminder.sent_by is not None else None

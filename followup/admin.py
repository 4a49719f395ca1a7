"""Follow-up: its settings can be changed here; reminders and acts are read only."""

from __future__ import annotations

from django.contrib import admin

from consolidation.admin.workflow import KeptAsWritten
from followup.models import FollowUpSettings, Reminder, TaskAct
from platforms_portal.admin import PortalAdmin


@admin.register(FollowUpSettings)
class FollowUpSettingsAdmin(PortalAdmin):
    """When lights turn and people are reminded, by programme."""

    list_display = ("programme", "amber_days", "red_days", "reminder_days", "escalation_days")
    list_filter = ("programme",)
    list_select_related = ("programme",)
    search_fields = ("programme__name", "programme__code")
    autocomplete_fields = ("programme",)


@admin.register(Reminder)
class ReminderAdmin(KeptAsWritten):
    """Who was reminded of what."""

    list_display = ("day", "occasion", "what", "party", "due_on", "told", "sent_by")
    list_filter = ("programme", "occasion", "kind", ("division", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("division", "sent_by")
    search_fields = ("what", "party", "told", "message")
    autocomplete_fields = ("programme", "division", "sent_by")
    date_hierarchy = "day"


@admin.register(TaskAct)
class TaskActAdmin(KeptAsWritten):
    """What was done to tasks."""

    list_display = ("task", "action", "led_to", "done_by", "department", "day")
    list_filter = ("action", "led_to", "task__programme", "department")
    list_select_related = ("task", "department")
    search_fields = ("task__title", "done_by", "comment")
    autocomplete_fields = ("task", "user", "department")
    date_hierarchy = "day"

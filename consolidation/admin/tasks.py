"""Tasks with their responsible departments, and what these report."""

from __future__ import annotations

from django.contrib import admin

from consolidation.models import Task, TaskNote
from platforms_portal.admin import PortalAdmin
from platforms_portal.admin_rows import PortalInline


class TaskNoteInline(PortalInline):
    """What the departments report."""

    model = TaskNote
    autocomplete_fields = ("department",)
    select_related = ("task",)
    fields = ("department", "period", "written_on", "text", "problems", "next_steps")


@admin.register(Task)
class TaskAdmin(PortalAdmin):
    """The tasks of all programmes."""

    list_display = ("title", "clause", "state", "due_on", "handed_out_on", "programme")
    list_filter = ("programme", "state", "departments")
    list_select_related = ("programme",)
    search_fields = ("title", "clause", "also_responsible", "departments__name")
    autocomplete_fields = ("programme", "departments")
    date_hierarchy = "due_on"
    inlines = (TaskNoteInline,)


@admin.register(TaskNote)
class TaskNoteAdmin(PortalAdmin):
    """Progress notes of all tasks."""

    list_display = ("task", "department", "period", "written_on", "text")
    list_filter = ("department",)
    list_select_related = ("task", "department")
    search_fields = ("text", "task__title", "department__name")
    autocomplete_fields = ("task", "department", "written_by")
    date_hierarchy = "written_on"

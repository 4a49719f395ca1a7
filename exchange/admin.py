"""Imports in the admin: read here, written only by the services; what is remembered can go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from exchange.models import HeadingMemory, ImportProblem, ImportRow, ImportRun
from platforms_portal.admin import PortalAdmin
from platforms_portal.admin_rights import ByRole

if TYPE_CHECKING:
    from django.http import HttpRequest


class _OnlyRead:
    """Refuses to add, change and delete."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: files come in on their page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: what was found stays as it was found."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: it says what was written, and from which file."""
        return False


@admin.register(ImportRun)
class ImportRunAdmin(_OnlyRead, PortalAdmin):
    """Which file came from whom, what it would change, and what became of it."""

    list_display = (
        "id",
        "file_name",
        "programme",
        "division",
        "template",
        "state",
        "uploaded_by",
        "uploaded_at",
        "committed_at",
    )
    list_filter = ("state", "template", "direct", "programme", "division")
    list_select_related = ("programme", "division", "uploaded_by")
    search_fields = ("file_name", "division__name", "uploaded_by__username", "file_digest")
    autocomplete_fields = ("programme", "division", "uploaded_by", "committed_by")
    date_hierarchy = "uploaded_at"
    # The stored name is of no use to a reader; the page of the run gives the file.
    exclude = ("file",)


@admin.register(ImportRow)
class ImportRowAdmin(_OnlyRead, ByRole, admin.ModelAdmin[ImportRow]):
    """What one row of a file says, and what the record said before."""

    list_display = ("run", "sheet", "row", "subject", "action", "key", "label")
    list_filter = ("action", "subject")
    list_select_related = ("run",)
    search_fields = ("key", "label", "run__file_name")
    # A run may have a hundred thousand: they are not counted for a heading.
    show_full_result_count = False
    autocomplete_fields = ("run",)


@admin.register(ImportProblem)
class ImportProblemAdmin(_OnlyRead, ByRole, admin.ModelAdmin[ImportProblem]):
    """What was wrong in a file, and where."""

    list_display = ("run", "severity", "sheet", "row", "heading", "value", "message")
    list_filter = ("severity", "column")
    list_select_related = ("run",)
    search_fields = ("message", "value", "run__file_name")
    show_full_result_count = False
    autocomplete_fields = ("run",)


@admin.register(HeadingMemory)
class HeadingMemoryAdmin(PortalAdmin):
    """The headings that offices use and people have confirmed. Remove one to be asked again."""

    list_display = ("heading", "column", "subject", "template", "division", "used_by", "used_on")
    list_filter = ("template", "subject", "division")
    list_select_related = ("division", "used_by")
    search_fields = ("heading", "column", "division__name")
    autocomplete_fields = ("division", "used_by")

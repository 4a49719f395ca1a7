"""Runs of the solver: read here, written only by the services and the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from platforms_portal.admin import PortalAdmin
from solver.models import SolverRun

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(SolverRun)
class SolverRunAdmin(PortalAdmin):
    """What was asked, by whom, and how it ended."""

    list_display = ("id", "programme", "owner", "state", "asked_by", "asked_at", "finished_at")
    list_filter = ("state", "programme", "owner", "is_internal")
    list_select_related = ("programme", "owner", "asked_by")
    search_fields = ("programme__name", "owner__name", "asked_by__username")
    autocomplete_fields = ("programme", "owner", "asked_by")
    date_hierarchy = "asked_at"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: runs are asked for on their page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: a result stays as it was found."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: plans may rest on it."""
        return False

"""Saved views in the admin: looked at there, written by their owners only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from dashboards.models import SavedView
from platforms_portal.admin import PortalAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(SavedView)
class SavedViewAdmin(PortalAdmin):
    """The views that readers saved."""

    list_display = ("name", "user", "programme", "address")
    list_filter = ("programme",)
    list_select_related = ("user", "programme")
    search_fields = ("name", "address", "user__username")
    autocomplete_fields = ("user", "programme")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: readers save their own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django names it
        """Refuse: nobody leads another reader elsewhere."""
        return False

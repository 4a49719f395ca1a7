"""Saved views in the admin: looked at there, written by their owners only."""

from __future__ import annotations

from django.contrib import admin

from consolidation.admin.workflow import KeptAsWritten
from dashboards.models import SavedView


@admin.register(SavedView)
class SavedViewAdmin(KeptAsWritten):
    """The views that readers saved."""

    list_display = ("name", "user", "programme", "address")
    list_filter = ("programme",)
    list_select_related = ("user", "programme")
    search_fields = ("name", "address", "user__username")
    autocomplete_fields = ("user", "programme")

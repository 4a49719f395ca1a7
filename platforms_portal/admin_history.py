"""How a change is told on the pages of the history: in the reader's words, and no secret."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from simple_history.template_utils import HistoricalRecordContextHelper

SECRET_FIELDS = frozenset({"password"})
"""Fields of which the history tells that they changed, never from what to what."""


class ChangeInWords(HistoricalRecordContextHelper):
    """Tells the values of a change as forms do: choices by their label, yes and no in words."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        """Return what is shown for ``value``."""
        field = self.model._meta.get_field(change.field)  # noqa: SLF001 - Django documents _meta
        if field.name in SECRET_FIELDS:
            return "••••••"
        if value is None or value == "":
            return "—"
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        choices = dict(getattr(field, "flatchoices", ()))
        return choices.get(value, super().prepare_delta_change_value(change, value))

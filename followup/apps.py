"""Application ``followup``: what is due, who is reminded, who answers (督办)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowupConfig(AppConfig):
    """Due dates with their lights, reminders, escalation and the departments' answers."""

    name = "followup"
    verbose_name = _("Follow-up")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the sheets, and what waits for readers on the overview."""
        from followup import sheets, waiting  # noqa: F401, PLC0415 - needs the loaded models

"""Application ``staffing``: who is affected."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffingConfig(AppConfig):
    """Head counts, planned figures and redeployment; registers its rules and sheets."""

    name = "staffing"
    verbose_name = _("Staffing")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the rules on people, their count, sheets and sections with ``consolidation``."""
        from staffing import checks, corrections, counts, sections, sheets  # noqa: F401, PLC0415 - needs the loaded models

"""Application ``consolidation``: what is decided, and whether it keeps to the rules."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsolidationConfig(AppConfig):
    """Programmes, plans, dispositions, execution and the rules R01 to R20."""

    name = "consolidation"
    verbose_name = _("Consolidation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the rules, the sheets and the sections of a plan into their registries."""
        from consolidation import checks, sections, sheets  # noqa: F401, PLC0415 - needs the loaded models

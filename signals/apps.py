"""Application ``signals``: signs that figures mislead, each with its records."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    """Signals: what looks odd in the figures, with its records; no accusation."""

    name = "signals"
    verbose_name = _("Signals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registry of kinds, and register the sheet of their thresholds."""
        from signals import kinds, sheets  # noqa: F401, PLC0415 - needs the loaded models

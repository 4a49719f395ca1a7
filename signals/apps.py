"""Application ``signals``: signs that figures mislead, each with its records."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignalsConfig(AppConfig):
    """Signals: what looks odd in the figures, with its records; no accusation."""

    name = "signals"
    verbose_name = _("Signals")
    default_auto_field = "django.db.models.BigAutoField"

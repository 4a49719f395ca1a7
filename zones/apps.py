"""Application ``zones``: what exists on the ground."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ZonesConfig(AppConfig):
    """Divisions, platforms, plates, management bodies and their names over time."""

    name = "zones"
    verbose_name = _("Ledger")
    default_auto_field = "django.db.models.BigAutoField"

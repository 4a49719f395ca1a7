"""Application ``dashboards``: what the commission sees of it all: charts, proofs, changes between days."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    """Charts of the overview, the proof of each number, what changed between two days, saved views."""

    name = "dashboards"
    verbose_name = _("Dashboards")
    default_auto_field = "django.db.models.BigAutoField"

"""Application ``exchange``: workbooks in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Filled templates out to the offices; their workbooks in, checked, shown, and then loaded."""

    name = "exchange"
    verbose_name = _("Import of workbooks")
    default_auto_field = "django.db.models.BigAutoField"

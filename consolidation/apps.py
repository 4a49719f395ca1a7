"""Application ``consolidation``: what is decided, and whether it keeps to the rules."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsolidationConfig(AppConfig):
    """Programmes, plans, dispositions, execution and the rules R01 to R20."""

    name = "consolidation"
    verbose_name = _("Consolidation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load rules, sheets, sections and correctable records into their registries.

        The service of attachments is listened to by a signal, whoever deletes them.
        """
        from consolidation import checks, ledger_records, sections, sheets  # noqa: F401, PLC0415 - needs the loaded models
        from consolidation.services import attachments  # noqa: F401, PLC0415 - the same

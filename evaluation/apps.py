"""Application ``evaluation``: the goals of 2025 and the comprehensive evaluation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    """Goals for high-level platforms and ranks; indicators, scores, ranking and publication."""

    name = "evaluation"
    verbose_name = _("Evaluation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the sheets of the evaluation with ``consolidation``."""
        from evaluation import sheets  # noqa: F401, PLC0415 - needs the loaded models

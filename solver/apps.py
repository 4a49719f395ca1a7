"""Application ``solver``: plans proposed by constraint programming."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SolverConfig(AppConfig):
    """Proposals of a smallest set of changes that meets every rule, for people to compare."""

    name = "solver"
    verbose_name = _("Solver")
    default_auto_field = "django.db.models.BigAutoField"

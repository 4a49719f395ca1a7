"""The site as an app, so that it can own management commands and template tags."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlatformsPortalConfig(AppConfig):
    """The site."""

    name = "platforms_portal"
    verbose_name = _("Platforms portal")

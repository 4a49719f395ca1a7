"""Makes the portal's own admin site the one that every app registers its models with."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's admin with the portal's rights; stands in INSTALLED_APPS for the admin app."""

    default_site = "platforms_portal.admin.PortalAdminSite"

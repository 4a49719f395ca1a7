"""Whether a page links to the admin: ``{% if user|may_open_admin %}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from platforms_portal.admin_rights import may_look

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

register = template.Library()


@register.filter
def may_open_admin(user: User | AnonymousUser) -> bool:
    """Whether ``user`` may open the admin, by role and not by ``is_staff``."""
    return may_look(user)

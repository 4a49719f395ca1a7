"""The views that a reader has saved."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve, reverse

from dashboards.models import SavedView

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import Programme


def saved_views_of(user: User, programme: Programme) -> QuerySet[SavedView]:
    """Return the views of ``programme`` that ``user`` saved; nobody sees another's list."""
    return SavedView.objects.filter(user=user, programme=programme)


def is_page_of(programme: Programme, address: str) -> bool:
    """Whether ``address`` leads to a page of ``programme`` on this site, and nowhere else."""
    path = urlsplit(address).path
    if not address.startswith(reverse("programme", args=[programme.code])) or "\\" in address:
        return False
    try:
        resolve(path)
    except Resolver404:
        return False
    return True

"""Who reads a page: always a user, for strangers were sent to sign in before any view ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User


def reader_of(request: HttpRequest) -> User:
    """Return the signed-in user of ``request``; ``PortalPage`` has refused everybody else."""
    return cast("User", request.user)

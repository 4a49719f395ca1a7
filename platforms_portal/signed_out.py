"""What a script is told whose user has been signed out: 401, not the login page as if all went well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class SignedOutMiddleware:
    """Answers htmx with 401 where a browser would be sent to sign in.

    A script follows a redirect unseen, takes the login page for its answer, and would forget what
    was never saved. Stands before ``LoginRequiredMiddleware``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Turn the redirection to the login page into 401 for htmx."""
        response = self.get_response(request)
        to_login = response.get("Location", "").startswith(resolve_url(settings.LOGIN_URL))
        if getattr(request, "htmx", False) and response.status_code == 302 and to_login:  # noqa: PLR2004 - HTTP's own number
            return HttpResponse(_("You are signed out. Sign in again."), status=401)
        return response

"""What becomes of a request whose user has been signed out: a script is told so, a form leads back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class SignedOutMiddleware:
    """Answers htmx with 401 where a browser would be sent to sign in, and leads forms back.

    A script follows a redirect unseen, takes the login page for its answer, and would forget what
    was never saved. Whoever sent a form comes back to the page of the form after signing in: its
    own address takes no visits. Stands before ``LoginRequiredMiddleware``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Turn the redirection to the login page into 401 for htmx, and into one back for a form."""
        response = self.get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        to_login = response.get("Location", "").startswith(login)
        if response.status_code != 302 or not to_login:  # noqa: PLR2004 - HTTP's own number
            return response
        if getattr(request, "htmx", False):
            return HttpResponse(_("You are signed out. Sign in again."), status=401)
        if request.method not in {"GET", "HEAD"}:
            back = urlencode({REDIRECT_FIELD_NAME: _page_of_form(request)})
            return HttpResponseRedirect(f"{login}?{back}")
        return response


def _page_of_form(request: HttpRequest) -> str:
    """Return the address of the page that a form was sent from, or of the overview."""
    sent_from = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(sent_from, {request.get_host()})
    parts = urlsplit(sent_from)
    page = f"{parts.path}?{parts.query}".rstrip("?")
    return page if own and parts.path else resolve_url(settings.LOGIN_REDIRECT_URL)

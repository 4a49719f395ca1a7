"""The door for programs: a token for a name and a password, guarded like the login page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from platforms_portal.api.errors import InvalidParametersError, Problem
from platforms_portal.api.views import InRequestersLanguage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest
    from rest_framework.request import Request

    from accounts.models import User


class CredentialsSerializer(serializers.Serializer[Any]):
    """Who asks for a token."""

    username = serializers.CharField(max_length=150)
    # Spaces are part of a password.
    password = serializers.CharField(
        max_length=4096, trim_whitespace=False, style={"input_type": "password"}
    )


class TokenSerializer(serializers.Serializer[Any]):
    """The token, to be sent as ``Authorization: Token …``."""

    token = serializers.CharField()


class TokenView(InRequestersLanguage):
    """Gives the account's token. The same account always gets the same one."""

    group = _("Sign-in")
    title = _("Token")
    explanation = _(
        "Gives the account's token for its name and password. After ten wrong passwords the "
        "door is closed for a quarter of an hour."
    )
    authentication_classes = ()
    permission_classes = (AllowAny,)
    error_codes = ("400", "429")

    @extend_schema(request=CredentialsSerializer, responses={200: TokenSerializer}, auth=[])
    def post(self, request: Request) -> Response:
        """Give a token for a name and a password; 429 after too many wrong ones."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        # Django's own request: what counts the failures leaves its marks on it.
        user = _signed_in(request._request, credentials.validated_data)  # noqa: SLF001 - as above
        token, _created = Token.objects.get_or_create(user=user)
        return Response({"token": token.key}, headers={"Cache-Control": "no-store"})


def _signed_in(request: HttpRequest, credentials: Mapping[str, str]) -> User:
    """Return the account; 400 where name or password is wrong, 429 while the door is closed.

    The failures are counted together with those of the login page.
    """
    user = authenticate(request, **credentials)
    closed = not AxesProxyHandler.is_allowed(request, dict(credentials))
    # Else the lockout's middleware would put its page in the place of our answer.
    request.axes_locked_out = False  # type: ignore[attr-defined]
    if user is None and closed:
        wait = get_cool_off(request)
        raise Throttled(
            wait=int(wait.total_seconds()) if wait else None,
            detail=gettext("Too many wrong passwords. Please try again later."),
        )
    if user is None:
        message = gettext("Name or password is wrong, or the account is closed.")
        raise InvalidParametersError([Problem("password", "invalid_credentials", message)])
    # As at the login page: the time is noted, and the count of failures starts anew.
    user_logged_in.send(sender=type(user), request=request, user=user)
    return user

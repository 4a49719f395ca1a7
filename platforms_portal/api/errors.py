"""Every error as one envelope, in the requester's language, with all that is wrong at once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from platforms_portal.history import current_request_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

NOT_FOUND = gettext_lazy("There is no such record, or it is not in your scope.")


class Problem(NamedTuple):
    """What is wrong with one parameter or field; ``code`` is for programs, ``message`` for people."""

    parameter: str
    code: str
    message: StrOrPromise


class InvalidParametersError(exceptions.APIException):
    """The address asks for something that cannot be; lists every problem, not the first."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "invalid_parameters"

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems for the envelope."""
        super().__init__(_("Parameters are wrong: see “errors”."))
        self.problems = tuple(problems)


class ProblemSerializer(serializers.Serializer[Any]):
    """One problem, as it stands in the envelope."""

    parameter = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ErrorSerializer(serializers.Serializer[Any]):
    """The envelope of every error."""

    code = serializers.CharField()
    message = serializers.CharField()
    errors = ProblemSerializer(many=True)  # type: ignore[assignment]  # a serializer's own word too
    request_id = serializers.CharField(
        allow_blank=True, help_text=gettext_lazy("Names this request in the logs.")
    )


def handle(exc: Exception, context: dict[str, Any]) -> Response:
    """Return the envelope for ``exc``. What nobody foresaw is logged, and shown without a trace."""
    set_rollback()
    if isinstance(exc, Http404):
        exc = exceptions.NotFound(NOT_FOUND)
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, InvalidParametersError):
        return _answer(exc.status_code, exc.default_code, str(exc.detail), exc.problems)
    if isinstance(exc, exceptions.ValidationError):
        problems = list(_flat(exc.get_full_details()))
        message = _("The request is wrong: see “errors”.")
        return _answer(exc.status_code, "invalid_request", message, problems)
    if isinstance(exc, exceptions.APIException):
        return _answer(exc.status_code, _code(exc), str(exc.detail), headers=_headers(exc))
    logger.error(
        "api_error",
        exc_info=exc,
        extra={"view": type(context.get("view")).__name__},
    )
    message = _("Something went wrong here, not in your request. Please give us the request_id.")
    return _answer(status.HTTP_500_INTERNAL_SERVER_ERROR, "server_error", message)


def _answer(
    code: int,
    name: str,
    message: str,
    problems: Iterable[Problem] = (),
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    body = {
        "code": name,
        "message": message,
        "errors": [
            {"parameter": problem.parameter, "code": problem.code, "message": str(problem.message)}
            for problem in problems
        ],
        "request_id": current_request_id(),
    }
    return Response(body, status=code, headers=headers)


def _code(exc: exceptions.APIException) -> str:
    codes = exc.get_codes()
    return codes if isinstance(codes, str) else str(exc.default_code)


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _flat(details: Any, name: str = "") -> Iterable[Problem]:
    """Yield the problems of a serializer's nested details, each with the name of its field."""
    if isinstance(details, list):
        for entry in details:
            yield from _flat(entry, name)
    elif isinstance(details, dict) and {"message", "code"} == set(details):
        yield Problem(name, str(details["code"]), str(details["message"]))
    elif isinstance(details, dict):
        for field, entry in details.items():
            yield from _flat(entry, "" if field == "non_field_errors" else str(field))

"""The page that says that signing in is closed for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axes.helpers import get_cool_off, get_failure_limit
from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def locked_page(
    request: HttpRequest,
    response: HttpResponse,  # noqa: ARG001 - the library names it
    credentials: dict[str, Any] | None,
) -> HttpResponse:
    """Answer 429 in place of ``response``; named by the setting AXES_LOCKOUT_CALLABLE."""
    cool_off = get_cool_off(request)
    context = {
        "failure_limit": get_failure_limit(request, credentials),
        "minutes": -(int(-cool_off.total_seconds()) // 60) if cool_off else None,
    }
    return render(request, "accounts/locked.html", context, status=429)

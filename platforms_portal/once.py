"""What is asked several times while one page is made is answered once.

Only for visits that change nothing (GET, HEAD): there the data stands still. Everywhere else,
in services, commands and the worker, every question goes to the database.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    T = TypeVar("T")

_answers: ContextVar[dict[Hashable, object] | None] = ContextVar("answers", default=None)


class OnceMiddleware:
    """Holds the answers of ``once`` while a page is made, and forgets them with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Make the page with a place for answers."""
        held = _answers.set({} if request.method in {"GET", "HEAD"} else None)
        try:
            return self.get_response(request)
        finally:
            _answers.reset(held)


def once(key: Hashable, make: Callable[[], T]) -> T:
    """Return ``make()``; while one page is made, the same answer for the same ``key``.

    The answer is shared: whoever changes it takes a copy first. ``key`` begins with a name of the
    question, and holds all that the answer depends on besides the database.
    """
    answers = _answers.get()
    if answers is None:
        return make()
    if key not in answers:
        answers[key] = make()
    return cast("T", answers[key])

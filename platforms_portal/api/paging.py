"""Pages of a list: a number, a size, and an envelope that says what the list rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import InvalidPage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response

from platforms_portal.api.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.views import APIView

LARGEST_PAGE = 10**9


class Pages(PageNumberPagination):
    """Pages of 50 records, at most 1,000; a wrong number is told, never replaced in silence."""

    page_size_query_param = "page_size"
    max_page_size = 1000
    page_query_description = gettext_lazy("The page, from 1.")  # type: ignore[assignment]  # shown later
    page_size_query_description = gettext_lazy(  # type: ignore[assignment]  # the same
        "Records a page: 50, at most 1,000."
    )

    parameters = ("page", "page_size")

    def problems(self, request: Request) -> Iterable[Problem]:
        """Yield what is wrong with the page and its size."""
        limits = {"page": LARGEST_PAGE, "page_size": self.max_page_size}
        for name, largest in limits.items():
            given = request.query_params.get(name)
            if given is None:
                continue
            digits = given.isascii() and given.isdigit() and len(given) <= len(str(LARGEST_PAGE))
            if not digits or not 1 <= int(given) <= largest:
                message = _("A whole number from 1 to %(largest)s is wanted.") % {
                    "largest": largest
                }
                yield Problem(name, "out_of_range", message)

    def paginate_queryset(  # type: ignore[override]  # a list of ours is always a queryset
        self,
        queryset: QuerySet[Any, Any],
        request: Request,
        view: APIView | None = None,  # noqa: ARG002 - the framework's signature
    ) -> list[Any]:
        """Return one page of ``queryset``; 404 for a page after the last."""
        self.request = request
        paginator = self.django_paginator_class(queryset, self.get_page_size(request) or 50)
        number = int(request.query_params.get("page", 1))
        try:
            self.page = paginator.page(number)
        except InvalidPage as error:
            raise NotFound(
                _("There is no page %(number)d: the last one is %(last)d.")
                % {"number": number, "last": paginator.num_pages}
            ) from error
        return list(self.page)

    def envelope(self, results: Any, about: dict[str, Any]) -> Response:
        """Return the page of ``results`` with its numbers and with what ``about`` tells."""
        assert self.page is not None  # noqa: S101 - a page was cut before it is shown
        numbers = {
            "count": self.page.paginator.count,
            "page": self.page.number,
            "pages": self.page.paginator.num_pages,
            "page_size": self.page.paginator.per_page,
            "next": self.get_next_link(),
            "previous": self.get_previous_link(),
        }
        return Response({**numbers, **about, "results": results})

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Return the parameters' schema, with their limits."""
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            largest = self.max_page_size if parameter["name"] == "page_size" else LARGEST_PAGE
            parameter["schema"] |= {"minimum": 1, "maximum": largest}
        return parameters

    def about_schema(self) -> dict[str, Any]:
        """Return the schema of what the envelope tells beside the numbers."""
        return {
            "placeholders": {
                "type": "boolean",
                "description": str(
                    gettext_lazy("Whether any record of the whole list rests on placeholder data.")
                ),
            }
        }

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of the envelope."""
        whole = {"type": "integer", "minimum": 0}
        link = {"type": "string", "format": "uri", "nullable": True}
        properties = {
            "count": whole,
            "page": whole,
            "pages": whole,
            "page_size": whole,
            "next": link,
            "previous": link,
            **self.about_schema(),
            "results": schema,
        }
        return {"type": "object", "required": list(properties), "properties": properties}


class ProgrammePages(Pages):
    """Pages of one programme's records, with the programme and the scope they were narrowed to."""

    def about_schema(self) -> dict[str, Any]:
        """Add the programme and the scope."""
        narrowed = {
            "type": "object",
            "nullable": True,
            "required": ["code", "name"],
            "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
            "description": str(
                gettext_lazy("The one division whose records you see; null: the whole city.")
            ),
        }
        return {
            "programme": {"type": "string"},
            "narrowed_to": narrowed,
            **super().about_schema(),
        }


class StatePages(ProgrammePages):
    """Pages of records in a state on a day."""

    def about_schema(self) -> dict[str, Any]:
        """Add the state and the day."""
        return {
            **super().about_schema(),
            "state": {"type": "string", "description": "baseline, planned, actual"},
            "as_of": {"type": "string", "format": "date"},
        }

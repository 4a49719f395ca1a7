"""Views of the API: a right each, the requester's language, lists that say what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db.models import F
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from platforms_portal.access import Right, Scope, has_right, scope_of
from platforms_portal.api.errors import NOT_FOUND, InvalidParametersError, Problem
from platforms_portal.api.paging import Pages
from platforms_portal.api.parameters import Parameters
from platforms_portal.api.rendering import ExactJSONRenderer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import Q, QuerySet
    from django.db.models.expressions import OrderBy
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from rest_framework.request import Request
    from rest_framework.serializers import BaseSerializer

    from accounts.models import User


class RightRequired(BasePermission):
    """Lets in who holds the one right that the view names; a view that names none lets nobody in."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the requester holds the view's right."""
        right: Right | None = getattr(view, "right", None)
        if right is None:
            return False
        self.message = _("Your role does not have the right to “%(right)s”.") % {
            "right": right.label
        }
        return has_right(request.user, right)


class InRequestersLanguage(APIView):
    """Answers in the language of the portal's cookie, of ``Accept-Language``, or else in Chinese."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Speak the language until the answer is written."""
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response: Any = super().dispatch(request, *args, **kwargs)
            response.headers["Content-Language"] = language
            patch_vary_headers(response, ["Accept-Language", "Cookie", "Authorization"])
            # Figures of officials and staff: no proxy may keep them.
            patch_cache_control(response, private=True, no_cache=True)
            return cast("HttpResponseBase", response.render())

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Write errors as JSON always, whatever else the view can write."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.exception:
            answer.accepted_renderer = ExactJSONRenderer()
            answer.accepted_media_type = ExactJSONRenderer.media_type
        return answer


class PortalView(InRequestersLanguage, GenericAPIView[Any]):
    """An endpoint that needs ``right`` and reads its parameters strictly."""

    right: ClassVar[Right]
    permission_classes = (RightRequired,)
    filterset_class: ClassVar[type[Parameters]] = Parameters

    @property
    def user(self) -> User:
        """The requester, who was let in and so is one."""
        return cast("User", self.request.user)

    @property
    def scope(self) -> Scope:
        """The part of the ledger that the requester sees."""
        return scope_of(self.request.user)

    def known_parameters(self) -> Sequence[str]:
        """Return the names of the parameters that this answer takes."""
        return list(getattr(self.filterset_class, "base_filters", ()))

    def read(self) -> Parameters:
        """Return the parameters; 400 with everything that is wrong with them."""
        known = self.known_parameters()
        nothing: QuerySet[Any] = cast("Any", self).queryset.none()
        parameters = self.filterset_class(self.request.query_params, nothing)
        problems = list(parameters.problems(known))
        problems += self.further_problems(parameters)
        if problems:
            raise InvalidParametersError(problems)
        return parameters

    def further_problems(self, parameters: Parameters) -> Iterable[Problem]:  # noqa: ARG002 - for subclasses
        """Yield what only the view can find wrong with the parameters."""
        return ()

    def about(self) -> dict[str, Any]:
        """Return what the envelope of a list tells beside its numbers."""
        return {}


class Records(PortalView, GenericViewSet[Any]):
    """A list of records, and each of them. Read-only.

    ``order`` orders the list unless the requester chooses; ``placeholder_q`` finds the rows that
    show anything that is a placeholder; ``detail_parameters`` are those that one record takes.
    """

    pagination_class: type[Pages] = Pages
    lookup_value_regex = "[0-9]{1,18}"
    order: ClassVar[tuple[str, ...]] = ()
    placeholder_q: ClassVar[Q | None] = None
    detail_serializer_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    detail_parameters: ClassVar[tuple[str, ...]] = ()

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """Show more of a single record, where there is more."""
        if self.detail and self.detail_serializer_class is not None:
            return self.detail_serializer_class
        return super().get_serializer_class()

    def known_parameters(self) -> Sequence[str]:
        """Return the list's parameters, or the fewer ones of a single record."""
        if self.detail:
            return self.detail_parameters
        return [*super().known_parameters(), *self.pages.parameters]

    def further_problems(self, parameters: Parameters) -> Iterable[Problem]:
        """Yield what is wrong with the page."""
        yield from super().further_problems(parameters)
        if not self.detail:
            yield from self.pages.problems(self.request)

    @property
    def pages(self) -> Pages:
        """The pages into which the list is cut."""
        return cast("Pages", self.paginator)

    def visible(self, parameters: Parameters) -> QuerySet[Any, Any]:
        """Return the records in the requester's scope, each once."""
        raise NotImplementedError

    def with_relations(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Return the rows with all that an answer shows of them, in a fixed number of queries."""
        return rows

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 - framework
        """Return a page of the records that match the parameters."""
        parameters = self.read()
        matching = parameters.filter_queryset(self.visible(parameters)).order_by()
        chosen = parameters.values.get("ordering") or ()
        order = [self._ordered(parameters, name) for name in chosen] or self.order
        # The key at the end: without it, records that are equal may change places between pages.
        # Keys first: to sort all records with everything that is shown of them takes far longer.
        keys = matching.order_by(*order, "pk").values_list("pk", flat=True)
        page = self.pages.paginate_queryset(keys, request, self)
        found = {row.pk: row for row in self.with_relations(matching.filter(pk__in=page))}
        results = self.get_serializer([found[key] for key in page], many=True).data
        about = self.about() | {"placeholders": self._placeholders(matching)}
        return self.pages.envelope(results, about)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 - framework
        """Return one record; 404 where there is none in the requester's scope."""
        parameters = self.read()
        key = {self.lookup_field: self.kwargs[self.lookup_url_kwarg or self.lookup_field]}
        record = self.with_relations(self.visible(parameters)).filter(**key).first()
        if record is None:
            raise NotFound(NOT_FOUND)
        return Response(self.get_serializer(record).data)

    @staticmethod
    def _ordered(parameters: Parameters, name: str) -> OrderBy:
        """Return how to order by a parameter's word. What is not known comes last either way."""
        field = str(parameters.filters["ordering"].get_ordering_value(name))
        if field.startswith("-"):
            return F(field[1:]).desc(nulls_last=True)
        return F(field).asc(nulls_last=True)

    def _placeholders(self, matching: QuerySet[Any, Any]) -> bool:
        if self.placeholder_q is None:
            return False
        return matching.filter(self.placeholder_q).exists()

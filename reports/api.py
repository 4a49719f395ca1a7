"""The report workbook for programs: the same file as the page's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer

from consolidation.api.programmes import ProgrammeView
from consolidation.api_filters.common import by_view
from consolidation.api_filters.programmes import ViewParameters
from consolidation.selectors.narrowing import owner_with_code
from platforms_portal.api.errors import NOT_FOUND, InvalidParametersError, Problem
from platforms_portal.api.parameters import Day
from platforms_portal.api.rendering import ExactJSONRenderer
from reports.selectors.report import Reader
from reports.services.workbooks import save_report
from reports.views.files import XLSX, download, report_name
from reports.workbook.errors import ReportError

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase
    from rest_framework.request import Request

    from consolidation.models import Programme
    from platforms_portal.api.parameters import Parameters
    from zones.models import Division


class WorkbookParameters(ViewParameters):
    """What the workbook is made for."""

    division = by_view(
        django_filters.CharFilter, _("Code of an owner: its records alone, six digits.")
    )
    since = by_view(Day, _("An earlier day: a sheet tells what changed since then."))


class WorkbookRenderer(BaseRenderer):
    """Lets requesters ask for a workbook; the view writes it itself."""

    media_type = XLSX
    format = "xlsx"
    charset = None
    render_style = "binary"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> bytes:
        """Return what is written already."""
        return bytes(data)


class WorkbookView(ProgrammeView):
    """The report workbook of a programme."""

    title = _("Report workbook")
    explanation = _(
        "The programme in the state as an Excel workbook: counts against targets, divisions, every "
        "record, findings, tasks, with live formulas and a sheet that checks them. A district's "
        "holds its own records and the city's figures."
    )
    filterset_class = WorkbookParameters
    renderer_classes = (ExactJSONRenderer, WorkbookRenderer)

    @extend_schema(filters=True, responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, code: str) -> HttpResponseBase:  # noqa: ARG002 - the framework's signature
        """Return the workbook of a state on a day."""
        parameters = self.read()
        view = self.view_of(code, parameters)
        division = self._division(view.programme, parameters)
        since = parameters.values.get("since")
        if since is not None and since >= view.as_of:
            _refuse("since", gettext("The first day must be before the last one."))
        reader = Reader.of_user(self.user)
        try:
            return download(
                report_name(view.programme, view.state, view.as_of, division),
                lambda path: save_report(
                    path,
                    programme=view.programme,
                    state=view.state,
                    as_of=view.as_of,
                    reader=reader,
                    division=division,
                    since=since,
                ),
            )
        except ReportError as refused:
            raise InvalidParametersError(
                [Problem("division", "too_long", str(refused))]
            ) from refused

    def _division(self, programme: Programme, parameters: Parameters) -> Division | None:
        if not (code := parameters.values.get("division")):
            return None
        owner = owner_with_code(programme, code)
        if owner is None:
            message = gettext("“%(code)s” is no owner of this programme.") % {"code": code}
            _refuse("division", message)
        elif not self.scope.covers(owner.pk):
            raise NotFound(NOT_FOUND)
        return owner


def _refuse(name: str, message: str) -> None:
    raise InvalidParametersError([Problem(name, "invalid", message)])

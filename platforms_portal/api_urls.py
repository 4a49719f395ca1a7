"""Every address of the API, version 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import APIRootView, DefaultRouter

from consolidation.api import ledger, plans, programmes
from dashboards import api as dashboards
from evaluation import api as evaluation
from followup import api as followup
from platforms_portal.api.errors import NOT_FOUND
from platforms_portal.api.tokens import TokenView
from platforms_portal.api.views import InRequestersLanguage
from reports.api import WorkbookView
from signals.api import Signals
from staffing import api as staffing

if TYPE_CHECKING:
    from typing import Any

    from rest_framework.request import Request
    from rest_framework.response import Response


class Root(InRequestersLanguage, APIRootView):
    """The lists that there are."""


class Schema(InRequestersLanguage, SpectacularAPIView):
    """The description of the API for programs (OpenAPI 3), in the requester's language."""

    permission_classes = (IsAuthenticated,)


class Nothing(InRequestersLanguage):
    """Every other address below the API: an error in the same shape as all others."""

    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer every method alike."""
        self.http_method_names = [str(request.method).lower()]
        setattr(self, str(request.method).lower(), self.answer)
        return super().dispatch(request, *args, **kwargs)

    def answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 - framework
        """Say that there is nothing here."""
        raise NotFound(NOT_FOUND)


class Router(DefaultRouter):
    """The router of the lists."""

    APIRootView = Root
    include_format_suffixes = False


router = Router()
router.register("programmes", programmes.Programmes, "api-programmes")
router.register("divisions", programmes.Divisions, "api-divisions")
router.register("platforms", ledger.Platforms, "api-platforms")
router.register("retained-platforms", ledger.Retained, "api-retained")
router.register("bodies", ledger.Bodies, "api-bodies")
router.register("plates", ledger.Plates, "api-plates")
router.register("plans", plans.Plans, "api-plans")
router.register("dispositions", plans.Dispositions, "api-dispositions")
router.register("plate-dispositions", plans.PlateDispositions, "api-plate-dispositions")
router.register("body-dispositions", plans.BodyDispositions, "api-body-dispositions")
router.register("tasks", plans.Tasks, "api-tasks")
router.register("reminders", followup.Reminders, "api-reminders")
router.register("staffing/head-counts", staffing.HeadCounts, "api-head-counts")
router.register("staffing/staff-plans", staffing.StaffPlans, "api-staff-plans")
router.register("staffing/redeployments", staffing.Redeployments, "api-redeployments")

urlpatterns = [
    path(
        "programmes/<slug:code>/checks/", programmes.Checks.as_view(), name="api-programme-checks"
    ),
    path(
        "programmes/<slug:code>/counts/", programmes.Counts.as_view(), name="api-programme-counts"
    ),
    path("programmes/<slug:code>/signals/", Signals.as_view(), name="api-programme-signals"),
    path(
        "programmes/<slug:code>/evaluation/",
        evaluation.EvaluationView.as_view(),
        name="api-programme-evaluation",
    ),
    path(
        "programmes/<slug:code>/ranks/", evaluation.RanksView.as_view(), name="api-programme-ranks"
    ),
    path("programmes/<slug:code>/due/", followup.DueItems.as_view(), name="api-programme-due"),
    path("programmes/<slug:code>/flows/", dashboards.Flows.as_view(), name="api-programme-flows"),
    path(
        "programmes/<slug:code>/burn-down/",
        dashboards.BurnDowns.as_view(),
        name="api-programme-burn-down",
    ),
    path(
        # A file has no slash at its end: what is no code must be answered here, not sent on.
        "programmes/<str:code>/report.xlsx",
        WorkbookView.as_view(),
        name="api-programme-report",
    ),
    path("token/", TokenView.as_view(), name="api-token"),
    path("schema/", Schema.as_view(), name="api-schema"),
    path(
        "docs/",
        # Its script is a request of its own: the site's policy allows none inside a page.
        login_required(SpectacularSwaggerSplitView.as_view(url_name="api-schema")),
        name="api-docs",
    ),
    *router.urls,
    # With a slash at the end only, so that an address without one is still sent to the right one.
    re_path(r"^[\s\S]+/\Z", Nothing.as_view()),
]

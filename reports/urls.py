"""The addresses of tables and reports, below ``programmes/<code>/``."""

from django.urls import path

from reports.views.documents import PlanReply, PlanRequest
from reports.views.forms import BodiesForm, PlatformsForm, SummaryForm
from reports.views.page import ReportsPage
from reports.views.workbook import ReportWorkbook

urlpatterns = [
    path("reports/", ReportsPage.as_view(), name="reports"),
    path("reports/forms/summary/", SummaryForm.as_view(), name="form-summary"),
    path("reports/forms/platforms/", PlatformsForm.as_view(), name="form-platforms"),
    path("reports/forms/bodies/", BodiesForm.as_view(), name="form-bodies"),
    path("plans/<int:pk>/request/", PlanRequest.as_view(), name="plan-request"),
    path("plans/<int:pk>/reply/", PlanReply.as_view(), name="plan-reply"),
    path("reports/workbook/", ReportWorkbook.as_view(), name="report-workbook"),
]

"""The addresses of tables and reports, below ``programmes/<code>/``."""

from django.urls import path

from reports.views.page import ReportsPage
from reports.views.workbook import ReportWorkbook

urlpatterns = [
    path("reports/", ReportsPage.as_view(), name="reports"),
    path("reports/workbook/", ReportWorkbook.as_view(), name="report-workbook"),
]

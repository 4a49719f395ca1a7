"""The addresses of tables and reports, below ``programmes/<code>/``."""

from django.urls import path

from reports.views.page import ReportsPage

urlpatterns = [
    path("reports/", ReportsPage.as_view(), name="reports"),
]

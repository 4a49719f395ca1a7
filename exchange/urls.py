"""The addresses of imports, below ``programmes/<code>/``."""

from django.urls import path

from exchange.views.run import CancelRun, CheckAgain, CommitRun, ConfirmColumns, MarkedFile, RunPage
from exchange.views.start import ImportsPage, TemplateFile

urlpatterns = [
    path("imports/", ImportsPage.as_view(), name="imports"),
    path("imports/templates/<slug:template>/", TemplateFile.as_view(), name="import-template"),
    path("imports/<int:pk>/", RunPage.as_view(), name="import-run"),
    path("imports/<int:pk>/columns/", ConfirmColumns.as_view(), name="import-columns"),
    path("imports/<int:pk>/commit/", CommitRun.as_view(), name="import-commit"),
    path("imports/<int:pk>/cancel/", CancelRun.as_view(), name="import-cancel"),
    path("imports/<int:pk>/again/", CheckAgain.as_view(), name="import-again"),
    path("imports/<int:pk>/marked/", MarkedFile.as_view(), name="import-marked"),
]

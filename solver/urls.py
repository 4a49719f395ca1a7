"""The addresses of the solver, below ``programmes/<code>/``."""

from django.urls import path

from solver.views.runs import AskAgain, CancelRun, RunAsVariant, RunPage, SolverPage

urlpatterns = [
    path("solver/", SolverPage.as_view(), name="solver"),
    path("solver/<int:pk>/", RunPage.as_view(), name="solver-run"),
    path("solver/<int:pk>/cancel/", CancelRun.as_view(), name="solver-cancel"),
    path("solver/<int:pk>/again/", AskAgain.as_view(), name="solver-again"),
    path("solver/<int:pk>/variant/", RunAsVariant.as_view(), name="solver-variant"),
]

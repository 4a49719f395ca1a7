"""The addresses of the pages of what is decided. ``staffing`` adds its own beside them."""

from django.urls import include, path

from consolidation.views.notices import NoticesPage, OpenNotice
from consolidation.views.programmes import HomePage, ProgrammeOverview, ProgrammesPage
from consolidation.views.rules import RulePage

urlpatterns = [
    path("", HomePage.as_view(), name="home"),
    path("notices/", NoticesPage.as_view(), name="notices"),
    path("notices/<int:pk>/", OpenNotice.as_view(), name="notice-open"),
    path("programmes/", ProgrammesPage.as_view(), name="programmes"),
    path("programmes/<slug:code>/", ProgrammeOverview.as_view(), name="programme"),
    path("programmes/<slug:code>/rules/<str:rule>/", RulePage.as_view(), name="rule"),
    path("programmes/<slug:code>/", include("consolidation.urls_ledger")),
    path("programmes/<slug:code>/", include("consolidation.urls_drafts")),
    path("programmes/<slug:code>/", include("consolidation.urls_result")),
    path("programmes/<slug:code>/", include("consolidation.urls_review")),
    path("programmes/<slug:code>/", include("consolidation.urls_files")),
    path("programmes/<slug:code>/", include("consolidation.urls_corrections")),
]

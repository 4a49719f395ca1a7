"""The addresses of the dashboards, below ``programmes/<code>/``."""

from django.urls import path

from dashboards import panels  # noqa: F401 - registers what other pages show of the dashboards
from dashboards.views.between import ChangesPage
from dashboards.views.city import CityPage
from dashboards.views.review import PlansAbreast, PlanSides, ReviewDesk
from dashboards.views.saved import DropView, SavedViews

urlpatterns = [
    path("city/", CityPage.as_view(), name="city"),
    path("changes/", ChangesPage.as_view(), name="changes"),
    path("review/", ReviewDesk.as_view(), name="review"),
    path("plans/abreast/", PlansAbreast.as_view(), name="plans-abreast"),
    path("plans/<int:pk>/sides/", PlanSides.as_view(), name="plan-sides"),
    path("views/", SavedViews.as_view(), name="saved-views"),
    path("views/<int:pk>/remove/", DropView.as_view(), name="saved-view-drop"),
]

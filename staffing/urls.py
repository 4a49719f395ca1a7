"""The addresses of the people, below ``programmes/<code>/``."""

from django.urls import path

from staffing import panels  # noqa: F401 - registers what other pages show of the people
from staffing.views import PeopleList
from staffing.views_draft import PlaceRest, RemovePlanned, SaveStaff, StaffPage
from staffing.views_reporting import HeadCountsPage

urlpatterns = [
    path("people/", PeopleList.as_view(), name="people"),
    path("head-counts/", HeadCountsPage.as_view(), name="head-counts"),
    path("plans/<int:pk>/staff/", StaffPage.as_view(), name="plan-staff"),
    path("plans/<int:pk>/staff/place/", PlaceRest.as_view(), name="plan-staff-place"),
    path("plans/<int:pk>/staff/<int:body>/", SaveStaff.as_view(), name="plan-staff-save"),
    path(
        "plans/<int:pk>/staff/<int:body>/planned/",
        RemovePlanned.as_view(),
        name="plan-staff-remove",
    ),
]

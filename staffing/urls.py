"""The addresses of the people, below ``programmes/<code>/``."""

from django.urls import path

from staffing import panels  # noqa: F401 - registers what other pages show of the people
from staffing.views import PeopleList

urlpatterns = [
    path("people/", PeopleList.as_view(), name="people"),
]

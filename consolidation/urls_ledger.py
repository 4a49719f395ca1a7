"""The addresses of the lists and records of a programme, below ``programmes/<code>/``."""

from django.urls import path

from consolidation.views.ledger import BodyList, PlateList, PlatformList
from consolidation.views.plans import PlanList, PlanPage
from consolidation.views.records import BodyPage, PlatePage, PlatformPage
from consolidation.views.retained import (
    DesignateSubArea,
    GrantException,
    RetainedList,
    RetainedPage,
    WithdrawDesignation,
)
from consolidation.views.tasks import TaskList

urlpatterns = [
    path("platforms/", PlatformList.as_view(), name="platforms"),
    path("platforms/<int:pk>/", PlatformPage.as_view(), name="platform"),
    path("bodies/", BodyList.as_view(), name="bodies"),
    path("bodies/<int:pk>/", BodyPage.as_view(), name="body"),
    path("plates/", PlateList.as_view(), name="plates"),
    path("plates/<int:pk>/", PlatePage.as_view(), name="plate"),
    path("retained/", RetainedList.as_view(), name="retained-list"),
    path("retained/<int:pk>/", RetainedPage.as_view(), name="retained"),
    path("retained/<int:pk>/designation/", DesignateSubArea.as_view(), name="designate-sub-area"),
    path(
        "retained/<int:pk>/withdrawal/", WithdrawDesignation.as_view(), name="withdraw-designation"
    ),
    path("retained/<int:pk>/exception/", GrantException.as_view(), name="grant-exception"),
    path("plans/", PlanList.as_view(), name="plans"),
    path("plans/<int:pk>/", PlanPage.as_view(), name="plan"),
    path("tasks/", TaskList.as_view(), name="tasks"),
]

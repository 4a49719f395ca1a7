"""The addresses of the result of a draft, below ``programmes/<code>/``."""

from django.urls import path

from consolidation.views.result import FoundBody, ResultPage, SaveCard, SetFate, TakeBackBody

urlpatterns = [
    path("plans/<int:pk>/result/", ResultPage.as_view(), name="plan-result"),
    path("plans/<int:pk>/result/<int:platform>/", SaveCard.as_view(), name="plan-result-save"),
    path(
        "plans/<int:pk>/result/<int:platform>/body/",
        FoundBody.as_view(),
        name="plan-result-found",
    ),
    path("plans/<int:pk>/result/bodies/<int:body>/", SetFate.as_view(), name="plan-result-fate"),
    path(
        "plans/<int:pk>/result/bodies/<int:body>/take-back/",
        TakeBackBody.as_view(),
        name="plan-result-take-back",
    ),
]

"""The addresses of a plan's way up and back, below ``programmes/<code>/``."""

from django.urls import path

from consolidation.views.compare import PlanCompare
from consolidation.views.review import (
    AnswerOpinion,
    DeleteOpinion,
    PlanAct,
    RevisePlan,
    StartPlan,
    WithdrawPlan,
    WriteOpinion,
)
from consolidation.views.submit import SaveReason, SubmitPage

urlpatterns = [
    path("plans/start/", StartPlan.as_view(), name="plan-start"),
    path("plans/<int:pk>/submit/", SubmitPage.as_view(), name="plan-submit"),
    path("plans/<int:pk>/reason/", SaveReason.as_view(), name="plan-reason"),
    path("plans/<int:pk>/act/<str:action>/", PlanAct.as_view(), name="plan-act"),
    path("plans/<int:pk>/withdraw/", WithdrawPlan.as_view(), name="plan-withdraw"),
    path("plans/<int:pk>/revise/", RevisePlan.as_view(), name="plan-revise"),
    path("plans/<int:pk>/opinion/", WriteOpinion.as_view(), name="plan-opinion"),
    path("plans/<int:pk>/compare/", PlanCompare.as_view(), name="plan-compare"),
    path("opinions/<int:pk>/delete/", DeleteOpinion.as_view(), name="opinion-delete"),
    path("opinions/<int:pk>/answer/", AnswerOpinion.as_view(), name="opinion-answer"),
]

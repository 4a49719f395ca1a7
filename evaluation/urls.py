"""The addresses of evaluation, below ``programmes/<code>/``."""

from django.urls import path

from evaluation.views.entering import IndicatorsPage, ValuesPage
from evaluation.views.goals import GoalsPage, LetRankCount, RanksPage, WithdrawRank
from evaluation.views.years import EvaluationPage, OpenYear, ProofPage, YearAct, YearPage

urlpatterns = [
    path("goals/", GoalsPage.as_view(), name="goals"),
    path("goals/ranks/", RanksPage.as_view(), name="ranks"),
    path("goals/ranks/<int:pk>/count/", LetRankCount.as_view(), name="rank-count"),
    path("goals/ranks/<int:pk>/withdraw/", WithdrawRank.as_view(), name="rank-withdraw"),
    path("evaluation/", EvaluationPage.as_view(), name="evaluation"),
    path("evaluation/open/", OpenYear.as_view(), name="evaluation-open"),
    path("evaluation/<int:year>/", YearPage.as_view(), name="evaluation-year"),
    path("evaluation/<int:year>/act/<slug:action>/", YearAct.as_view(), name="evaluation-act"),
    path("evaluation/<int:year>/values/", ValuesPage.as_view(), name="evaluation-values"),
    path(
        "evaluation/<int:year>/indicators/", IndicatorsPage.as_view(), name="evaluation-indicators"
    ),
    path("evaluation/<int:year>/platforms/<int:pk>/", ProofPage.as_view(), name="evaluation-proof"),
]

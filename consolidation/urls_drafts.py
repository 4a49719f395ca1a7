"""The addresses at which a plan is drawn up and carried out, below ``programmes/<code>/``."""

from django.urls import path

from consolidation.views.decide import DecidePage, EffectPanel, FillIn, SaveRow, SetMany
from consolidation.views.execution import ConfirmStep, ExecutionPage, ObjectToStep, ReportStep
from consolidation.views.variants import CopyVariant, DropVariant, TakeOver, VariantsPage

urlpatterns = [
    path("plans/<int:pk>/edit/", DecidePage.as_view(), name="plan-edit"),
    path("plans/<int:pk>/rows/", SetMany.as_view(), name="plan-set-many"),
    path("plans/<int:pk>/rows/<int:platform>/", SaveRow.as_view(), name="plan-row"),
    path("plans/<int:pk>/fill/", FillIn.as_view(), name="plan-fill"),
    path("plans/<int:pk>/effect/", EffectPanel.as_view(), name="plan-effect"),
    path("plans/<int:pk>/variants/", VariantsPage.as_view(), name="plan-variants"),
    path("plans/<int:pk>/variants/new/", CopyVariant.as_view(), name="variant-new"),
    path("plans/<int:pk>/variants/take/", TakeOver.as_view(), name="variant-take"),
    path("plans/<int:pk>/variants/drop/", DropVariant.as_view(), name="variant-drop"),
    path("plans/<int:pk>/execution/", ExecutionPage.as_view(), name="plan-execution"),
    path("steps/<int:step>/report/", ReportStep.as_view(), name="step-report"),
    path("steps/<int:step>/confirm/", ConfirmStep.as_view(), name="step-confirm"),
    path("steps/<int:step>/objection/", ObjectToStep.as_view(), name="step-object"),
]

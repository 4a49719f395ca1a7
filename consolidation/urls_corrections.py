"""The addresses of the check of the ledger and its corrections, below ``programmes/<code>/``."""

from django.urls import path

from consolidation.views.correcting import CorrectionNew
from consolidation.views.corrections import (
    CorrectionDecide,
    CorrectionList,
    CorrectionPage,
    CorrectionWithdraw,
    LedgerCheckPage,
)

urlpatterns = [
    path("ledger/", LedgerCheckPage.as_view(), name="ledger-check"),
    path("corrections/", CorrectionList.as_view(), name="corrections"),
    path("corrections/new/", CorrectionNew.as_view(), name="correction-new"),
    path("corrections/<int:pk>/", CorrectionPage.as_view(), name="correction"),
    path("corrections/<int:pk>/decision/", CorrectionDecide.as_view(), name="correction-decide"),
    path(
        "corrections/<int:pk>/withdrawal/",
        CorrectionWithdraw.as_view(),
        name="correction-withdraw",
    ),
]

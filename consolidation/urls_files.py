"""The addresses of attached files, below ``programmes/<code>/``."""

from django.urls import path

from consolidation.views.attachments import (
    AttachmentFile,
    AttachToCorrection,
    AttachToPlan,
    AttachToStep,
    DetachFile,
)

urlpatterns = [
    path("attachments/<uuid:key>/", AttachmentFile.as_view(), name="attachment"),
    path("attachments/<uuid:key>/remove/", DetachFile.as_view(), name="detach"),
    path("plans/<int:pk>/attachments/", AttachToPlan.as_view(), name="attach-to-plan"),
    path("steps/<int:pk>/attachments/", AttachToStep.as_view(), name="attach-to-step"),
    path(
        "corrections/<int:pk>/attachments/",
        AttachToCorrection.as_view(),
        name="attach-to-correction",
    ),
]

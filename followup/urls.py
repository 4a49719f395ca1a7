"""The addresses of follow-up, below ``programmes/<code>/``."""

from django.urls import path

from followup.views.due import FollowUpPage, RemindAct
from followup.views.log import LogPage
from followup.views.settings import SettingsPage
from followup.views.tasks import AttachToNote, DetachFromNote, ReportAct, TaskActView, TaskPage

urlpatterns = [
    path("follow-up/", FollowUpPage.as_view(), name="follow-up"),
    path("follow-up/remind/", RemindAct.as_view(), name="remind"),
    path("follow-up/log/", LogPage.as_view(), name="follow-up-log"),
    path("follow-up/settings/", SettingsPage.as_view(), name="follow-up-settings"),
    path("tasks/<int:pk>/", TaskPage.as_view(), name="task"),
    path("tasks/<int:pk>/report/", ReportAct.as_view(), name="task-report"),
    path("tasks/<int:pk>/act/<slug:act>/", TaskActView.as_view(), name="task-act"),
    path("tasks/<int:pk>/notes/<int:note>/files/", AttachToNote.as_view(), name="attach-to-note"),
    path(
        "tasks/<int:pk>/files/<uuid:key>/remove/",
        DetachFromNote.as_view(),
        name="detach-from-note",
    ),
]

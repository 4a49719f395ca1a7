"""The addresses of signals, below ``programmes/<code>/``."""

from django.urls import path

from signals.views import NoteOnSignal, SignalList, SignalPage

urlpatterns = [
    path("signals/", SignalList.as_view(), name="signals"),
    path("signals/<slug:pk>/", SignalPage.as_view(), name="signal"),
    path("signals/<slug:pk>/note/", NoteOnSignal.as_view(), name="signal-note"),
]

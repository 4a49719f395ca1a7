"""The form of a note on a signal. Rules are the service's; the form only shapes the input."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from consolidation.forms import ServiceForm
from signals.models import SignalNote


class NoteForm(ServiceForm):
    """What is said, of which figures."""

    text = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": _("Give a reason.")},
    )
    digest = forms.CharField(max_length=16, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=SignalNote.Kind.choices, widget=forms.HiddenInput)

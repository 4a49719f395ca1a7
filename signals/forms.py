"""The form of a note on a signal. Rules are the service's; the form only shapes the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from signals.models import SignalNote

if TYPE_CHECKING:
    from collections.abc import Callable


class NoteForm(forms.Form):
    """What is said, of which figures."""

    text = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": _("Give a reason.")},
    )
    digest = forms.CharField(max_length=16, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=SignalNote.Kind.choices, widget=forms.HiddenInput)

    def save(self, service: Callable[..., object], **known: Any) -> bool:
        """Hand the input to ``service``; false where it was refused, and the form says why."""
        if not self.is_valid():
            return False
        try:
            service(**self.cleaned_data, **known)
        except ValidationError as refused:
            problems = getattr(refused, "error_dict", {NON_FIELD_ERRORS: [refused]})
            for name, errors in problems.items():
                self.add_error("text" if name == "text" else None, errors)
            return False
        return True

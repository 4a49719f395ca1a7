"""The forms of the commission's decisions. Rules are the services'; forms only shape the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable


class DecisionForm(forms.Form):
    """Why, by which document and on which day something is decided."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    document = forms.CharField(
        label=_("Document"), max_length=90, help_text=_("Title or number of the document.")
    )
    day = forms.DateField(
        label=_("Day of the decision"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("It counts from this day on."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let each field look like the portal's, and name its error to screen readers."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

    def save(self, service: Callable[..., object], **known: Any) -> bool:
        """Hand the input to ``service``; put what it refuses beside the fields, all at once."""
        given = {name: self.cleaned_data.get(name) for name in self.fields}
        if self.errors:
            return False
        try:
            service(**given, **known)
        except ValidationError as refused:
            problems = getattr(refused, "error_dict", {NON_FIELD_ERRORS: [refused]})
            for name, errors in problems.items():
                self.add_error(name if name in self.fields else None, errors)
            return False
        return True


class ExceptionForm(DecisionForm):
    """How many places are granted beyond a quota."""

    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=99, initial=1)
    field_order = ("places", "reason", "document", "day")

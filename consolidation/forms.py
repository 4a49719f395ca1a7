"""The forms of the commission's decisions. Rules are the services'; forms only shape the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable


class ServiceForm(forms.Form):
    """A form whose input a service judges."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let each field look like the portal's."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            look = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs.setdefault("class", look)

    def save(self, service: Callable[..., object], **known: Any) -> bool:
        """Hand the input to ``service``; put what it refuses beside the fields, all at once."""
        if self.errors:
            return False
        try:
            service(**{name: self.cleaned_data.get(name) for name in self.fields}, **known)
        except ValidationError as refused:
            self.refuse(refused)
            return False
        return True

    def refuse(self, refused: ValidationError) -> None:
        """Show what a service refused at its fields; what is hidden has no place for it."""
        shown = {field.name for field in self.visible_fields()}
        for name, errors in getattr(refused, "error_dict", {NON_FIELD_ERRORS: [refused]}).items():
            self.add_error(name if name in shown else None, errors)


class DecisionForm(ServiceForm):
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


class ExceptionForm(DecisionForm):
    """How many places are granted beyond a quota."""

    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=99, initial=1)
    field_order = ("places", "reason", "document", "day")

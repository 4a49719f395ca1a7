"""The forms of carrying out: what a division reports of a step, and why the commission objects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from platforms_portal.words import labelled


class StepForm(forms.Form):
    """When a step is planned for, when it was carried out, and the document that proves it."""

    planned_on = forms.DateField(
        label=_("Planned for"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    carried_out_on = forms.DateField(
        label=_("Carried out on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    document_number = forms.CharField(label=_("Document number"), required=False, max_length=120)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        """Name each field after the step, for whoever cannot see the table's heading."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name == "seen":
                continue
            # The inputs stand in the cells of a table, outside of the form that sends them.
            field.widget.attrs |= {
                "aria-label": labelled(field.label, label),
                "form": f"report-{self.prefix}",
            }
            if self.is_bound and name in self.errors:
                field.widget.attrs["aria-invalid"] = "true"

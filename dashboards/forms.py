"""The form that saves a view."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SaveViewForm(forms.Form):
    """A name for an address, which the page hands over."""

    name = forms.CharField(
        label=_("Name of the view"),
        max_length=80,
        help_text=_("Such as: bodies of 余杭区, as of 2021-03-31."),
        error_messages={"required": _("Give the view a name.")},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    address = forms.CharField(max_length=1000, widget=forms.HiddenInput)

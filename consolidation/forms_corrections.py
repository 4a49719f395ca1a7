"""The forms of a correction: the record as it stands, to be written as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from consolidation.correctable import as_json
from consolidation.services.requesting import (
    SAME,
)

if TYPE_CHECKING:
    from consolidation.correctable import Correctable, Json, Values
    from consolidation.models import Programme
    from zones.models import Division

OWN_FIELDS = ("source", "reason")


class RequestForm(forms.Form):
    """Why a correction is asked for, and what stands in the record then.

    ``values`` are those of the record as it stands. Its fields are added by ``with_record``; one
    that is to be struck out has none.
    """

    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("Where it comes from: document and number, register, report."),
        error_messages={"required": _("Say where this comes from.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Give a reason.")},
    )

    def __init__(self, data: Any = None, *, values: Values | None = None) -> None:
        """Let each field show what stands in the record."""
        super().__init__(data, initial=values or {})

    def with_record(
        self, kind: Correctable, programme: Programme, division: Division, record: Any
    ) -> RequestForm:
        """Ask for the fields of the record too, before source and reason."""
        fields = kind.form_fields(programme, division, record)
        self.fields = {**fields, **self.fields}
        return self

    def dressed(self) -> RequestForm:
        """Give each field the portal's look; return the form."""
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxSelectMultiple):
                continue
            look = "form-select" if isinstance(widget, forms.Select) else "form-control"
            widget.attrs.setdefault("class", look)
        return self

    def without_source(self) -> RequestForm:
        """Leave the source out: what is struck out has none."""
        del self.fields["source"]
        return self

    def given(self) -> dict[str, Json]:
        """Return the record's values as the user wrote them."""
        return {
            name: as_json(value)
            for name, value in self.cleaned_data.items()
            if name not in OWN_FIELDS
        }

    def refuse(self, refused: ValidationError) -> None:
        """Put what the service refused beside the fields, all at once.

        It knows nothing of fields that could not be read: what they say differs, and is told
        by the form itself.
        """
        unread = set(self.errors)
        for name, errors in refused.update_error_dict({}).items():
            if name in unread:
                continue
            told = [e for e in errors if e.code != SAME or unread <= {*OWN_FIELDS}]
            known = name in self.fields and name != NON_FIELD_ERRORS
            if told:
                self.add_error(name if known else None, told)


class AnswerForm(forms.Form):
    """What the commission answers."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        help_text=_("Needed where the request is refused."),
    )

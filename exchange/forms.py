"""The forms of imports: the upload, and the reason with which it is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consolidation.checks.base import Scope as Owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exchange.subjects import Template
    from zones.models import Division

FIND_OUT = ""
"""The template is found out from the file."""

ACCEPTED = ".xlsx,.csv"
REASON_LONGEST = 500


class UploadForm(forms.Form):
    """A file, what it is, and for who sees the city: whose it is."""

    file = forms.FileField(
        label=gettext_lazy("Workbook"),
        max_length=200,
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file first.")},
        widget=forms.FileInput(attrs={"accept": ACCEPTED, "class": "form-control"}),
    )
    template = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    division = forms.ChoiceField(
        label=gettext_lazy("Whose records"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=gettext_lazy("A row of another division is an error then."),
    )

    def __init__(
        self,
        *args: Any,
        templates: Sequence[Template],
        owners: Sequence[Division],
        megabytes: int,
        of_city: bool,
        **kwargs: Any,
    ) -> None:
        """Offer ``templates``; whoever sees the city chooses among ``owners``, or all of them."""
        kwargs.setdefault("auto_id", "upload-%s")
        super().__init__(*args, **kwargs)
        self._owners = {owner.code: owner for owner in owners}
        self._of_city = of_city
        self.fields["file"].help_text = _(
            "An Excel workbook (.xlsx) or a CSV file, at most %(n)d MB: the portal's template or your own sheet."
        ) % {"n": megabytes}
        self._choices(
            "template",
            [
                (FIND_OUT, _("Find out from the file")),
                *((template.key, str(template.label)) for template in templates),
            ],
        )
        if of_city:
            self._choices(
                "division",
                [
                    ("", _("The whole city")),
                    *((owner.code, str(Owner(owner).label)) for owner in owners),
                ],
            )
        else:
            del self.fields["division"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - both are
        field.choices = choices

    @property
    def division_asked(self) -> Division | None:
        """Whose records the file holds; none for the whole city."""
        if not self._of_city:
            return next(iter(self._owners.values()), None)
        return self._owners.get(self.cleaned_data["division"])


class CommitForm(forms.Form):
    """Why the rows are written, and which preview the reader has seen."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        help_text=gettext_lazy("Kept in the history of every record, e.g. the document that the figures come from."),
        error_messages={"required": gettext_lazy("Say why: the reason is kept with each record.")},
    )  # fmt: skip
    leave_faulty = forms.BooleanField(required=False)
    digest = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, faulty: int = 0, **kwargs: Any) -> None:
        """Ask of a file with ``faulty`` rows that it be said that they are left out."""
        kwargs.setdefault("auto_id", "commit-%s")
        super().__init__(*args, **kwargs)
        if not faulty:
            del self.fields["leave_faulty"]
            return
        field = self.fields["leave_faulty"]
        field.required = True
        field.label = ngettext(
            "Leave the %(n)d row with errors out; it is uploaded again once it is mended",
            "Leave the %(n)d rows with errors out; they are uploaded again once they are mended",
            faulty,
        ) % {"n": faulty}
        field.error_messages["required"] = _(
            "Say that the rows with errors are left out, or mend them first."
        )

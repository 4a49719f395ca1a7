"""The forms of follow-up: what narrows the lists, what is said with an act, a report, the settings."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from followup.models import FollowUpSettings, Reminder
from followup.models.reminders import Kind
from followup.selectors.lights import Light
from followup.services.acting import LONGEST
from followup.services.keeping import FIELDS
from platforms_portal.days import is_askable
from platforms_portal.words import labelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zones.models import Department, Division

OPEN, OVERDUE, ALL = "open", "overdue", "all"
"""What stands beside the lights in the choice of lights."""

LIGHT_CHOICES = (
    (OPEN, _("Not done")),
    (OVERDUE, _("Overdue")),
    *Light.choices,
    (ALL, _("All")),
)

SORTS = {
    "press": (("rank", "due_key"), _("What presses most")),
    "due": (("due_key", "rank"), _("Due day, earliest first")),
    "-due": (("-due_key", "rank"), _("Due day, latest first")),
    # The tasks, which no division owns, come last in every database.
    "owner": ((F("owner").asc(nulls_last=True), "rank", "due_key"), _("Division")),
}
"""The orders of the list, with their words."""


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )


def _division_choices(owners: Sequence[Division], everywhere: Any) -> list[tuple[str, Any]]:
    return [
        ("", everywhere),
        *((o.code, _("Municipal level") if o.is_municipal else o.label) for o in owners),
    ]


class LookingForm(forms.Form):
    """A form in the address; its fields look like the portal's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        kwargs.setdefault("auto_id", "asked-%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            look = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs.setdefault("class", look)

    def described(self) -> list[str]:
        """Return in words what the form narrows a list to, for its file."""
        if not self.is_valid():
            return []
        told = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value in (None, "") or name == "sort":
                continue
            choices = {str(key): words for key, words in getattr(field, "choices", ())}
            told.append(labelled(field.label, choices.get(str(value), value)))
        return told


class AskedForm(LookingForm):
    """What narrows the list of what is due."""

    q = forms.CharField(label=_("Text"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    light = forms.ChoiceField(label=_("Light"), required=False, choices=LIGHT_CHOICES)
    division = forms.ChoiceField(label=_("Division"), required=False)
    department = forms.TypedChoiceField(
        label=_("Department"), required=False, coerce=int, empty_value=None
    )
    due_from = _day(_("Due from"))
    due_to = _day(_("Due until"))
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[(name, words) for name, (_columns, words) in SORTS.items()],
    )

    def __init__(
        self,
        *args: Any,
        owners: Sequence[Division],
        departments: Sequence[Department],
        **kwargs: Any,
    ) -> None:
        """Offer the divisions and departments that the reader sees items of."""
        super().__init__(*args, **kwargs)
        self.choose("kind", [("", _("All")), *Kind.choices])
        self.choose("division", _division_choices(owners, _("All")))
        self.choose("department", [("", _("All")), *((one.pk, str(one)) for one in departments)])
        if len(owners) < 2:  # noqa: PLR2004 - one is no choice
            del self.fields["division"]
        if len(departments) < 2:  # noqa: PLR2004 - the same
            del self.fields["department"]

    def described(self) -> list[str]:
        """Say too that without a choice what is done is left out."""
        told = super().described()
        if self.is_valid() and not self.cleaned_data.get("light"):
            told.append(labelled(self.fields["light"].label, dict(LIGHT_CHOICES)[OPEN]))
        return told

    def choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        """Set the choices of a field."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Refuse a span of days that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("due_from"), cleaned.get("due_to")
        if first and last and first > last:
            self.add_error("due_to", _("This day is before the first one."))
        return cleaned


class LogForm(LookingForm):
    """What narrows the log."""

    q = forms.CharField(label=_("Text"), required=False, max_length=100)
    occasion = forms.ChoiceField(
        label=_("Occasion"),
        required=False,
        choices=[("", _("All")), *Reminder.Occasion.choices],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *Kind.choices]
    )
    division = forms.ChoiceField(label=_("Division"), required=False)
    since = _day(_("Sent from"))
    until = _day(_("Sent until"))

    def __init__(self, *args: Any, owners: Sequence[Division], **kwargs: Any) -> None:
        """Offer the divisions that the reader sees reminders of."""
        super().__init__(*args, **kwargs)
        field = self.fields["division"]
        if len(owners) < 2:  # noqa: PLR2004 - one is no choice
            del self.fields["division"]
        elif isinstance(field, forms.ChoiceField):
            field.choices = _division_choices(owners, _("All"))


class ActForm(LookingForm):
    """What is said with an act on a task; the service says what it needs."""

    due_on = _day(_("Due on"))
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, day: bool, reason: bool, **kwargs: Any) -> None:
        """Ask for the day where the act sets one; a reason is not optional."""
        super().__init__(*args, **kwargs)
        if not day:
            del self.fields["due_on"]
        if reason:
            self.fields["comment"].label = _("Reason")


class ReportForm(LookingForm):
    """A department's report of a month; ``seen`` marks the report that it was filled in beside."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    period = forms.CharField(
        label=_("Month"), widget=forms.TextInput(attrs={"type": "month", "placeholder": "2021-03"})
    )
    progress = forms.CharField(
        label=_("Progress"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    problems = forms.CharField(
        label=_("Problems"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_steps = forms.CharField(
        label=_("Next steps"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_period(self) -> datetime.date:
        """Return the first day of the month."""
        text = str(self.cleaned_data["period"]).strip()
        try:
            day = datetime.date.fromisoformat(f"{text}-01")
        except ValueError as error:
            raise ValidationError(_("Write a month as 2021-03.")) from error
        if not is_askable(day):
            raise ValidationError(_("Write a month as 2021-03."))
        return day


class SettingsForm(forms.ModelForm[FollowUpSettings]):
    """The settings of follow-up."""

    class Meta:
        model = FollowUpSettings
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

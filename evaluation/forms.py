"""The forms of the evaluation. Rules are the services'; forms only shape the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.forms import ServiceForm
from consolidation.models.programmes import ZoneKind
from evaluation.models import Dimension, Direction
from evaluation.models.years import FULL_WEIGHT, MOST_DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.models import RetainedPlatform
    from zones.models import Department

_DAY = {"type": "date"}


class YearForm(ServiceForm):
    """Which year is opened."""

    year = forms.IntegerField(label=_("Year"), min_value=1980, max_value=2100)


class ReasonForm(ServiceForm):
    """Why something is taken back or chosen."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class PublishForm(ServiceForm):
    """By which document and when a year is published."""

    document = forms.CharField(label=_("Document number"), max_length=200)
    day = forms.DateField(
        label=_("Day of publication"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )


class RankForm(ServiceForm):
    """A national rank as a source gives it."""

    retained = forms.ChoiceField(label=_("Retained platform"))
    zone_kind = forms.ChoiceField(label=_("Ranking"), choices=ZoneKind.choices)
    year = forms.IntegerField(label=_("Year of the ranking"), min_value=1980, max_value=2100)
    rank = forms.IntegerField(label=pgettext_lazy("place", "Rank"), min_value=1, max_value=9999)
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Publication and its number or address.")
    )
    published_on = forms.DateField(
        label=_("Published on (if known)"),
        required=False,
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, platforms: Iterable[RetainedPlatform], **kwargs: Any) -> None:
        """Take the platforms to choose from."""
        super().__init__(*args, **kwargs)
        self.platforms = {str(platform.pk): platform for platform in platforms}
        choices = [("", "—"), *((key, str(one)) for key, one in self.platforms.items())]
        self._choose_from(choices)

    def _choose_from(self, choices: list[tuple[str, str]]) -> None:
        field = self.fields["retained"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def clean_retained(self) -> RetainedPlatform:
        """Return the platform chosen."""
        return self.platforms[self.cleaned_data["retained"]]


class IndicatorForm(ServiceForm):
    """One row of the list of indicators."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    dimension = forms.ChoiceField(label=_("Dimension"), choices=[("", "—"), *Dimension.choices])
    code = forms.SlugField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=40)
    percent = forms.DecimalField(
        label=_("Weight (%)"), min_value=0, max_value=100, max_digits=4, decimal_places=1
    )
    direction = forms.ChoiceField(
        label=_("Direction"), choices=Direction.choices, initial=Direction.HIGHER
    )
    decimals = forms.IntegerField(
        label=_("Decimals"), min_value=0, max_value=MOST_DECIMALS, initial=2
    )
    department = forms.ChoiceField(label=_("Responsible department"), required=False)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    is_placeholder = forms.BooleanField(label=_("Placeholder"), required=False)

    def __init__(self, *args: Any, departments: Iterable[Department], **kwargs: Any) -> None:
        """Take the departments to choose from; each field bears its column's name for readers."""
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", "—"), *((str(one.pk), one.name) for one in departments)]
        self.fields["is_placeholder"].widget.attrs["class"] = "form-check-input"

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the indicator that the row describes."""
        given = self.cleaned_data
        values = {
            name: given.get(name)
            for name in (
                "dimension", "code", "name", "name_en", "unit", "direction", "decimals",
                "source", "is_placeholder",
            )
        }  # fmt: skip
        values["weight"] = int(given["percent"] * FULL_WEIGHT / 100)
        values["department_id"] = int(given["department"]) if given["department"] else None
        return values


class BaseIndicatorRows(forms.BaseFormSet[IndicatorForm]):
    """The list as a whole."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Let the tick for removing a row look like the portal's."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["class"] = "form-check-input"


IndicatorRows = forms.formset_factory(
    IndicatorForm,
    formset=BaseIndicatorRows,
    extra=2,
    can_delete=True,
    can_delete_extra=False,
    max_num=60,
)
"""The whole list, with two empty rows for more."""

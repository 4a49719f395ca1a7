"""What the lists can be narrowed by. State, day, division and count come with every list.

Those four are read by the page before there are rows (``views.base``); here they are only fields
of the same form, so that the reader sees and changes all choices in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import (
    CharFilter,
    ChoiceFilter,
    DateFilter,
    FilterSet,
    MultipleChoiceFilter,
)

from consolidation.checks.base import Scope as Owner
from consolidation.filters_outcome import OnSchedule, OutcomeFilters
from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition
from consolidation.models.programmes import HighLevelClass
from consolidation.selectors.ledger import body_text_q, decided_q, platform_text_q
from consolidation.selectors.narrowing import Counted
from consolidation.selectors.plans import owners_of
from consolidation.selectors.state import State
from zones.models import Level, ManagementBody

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from consolidation.views.lists import RecordList

YES_NO = (("yes", _("Yes")), ("no", _("No")))
UNDECIDED = "none"
NO_DECISION = pgettext_lazy("disposition", "None")


class Chip(NamedTuple):
    """A choice that narrows the list: what it is, its value, and the address without it."""

    label: StrOrPromise
    value: StrOrPromise
    url: str


class RecordFilters(FilterSet):
    """The fields of every list. ``first`` stand in the open, the others under "More filters"."""

    first: ClassVar[tuple[str, ...]] = ("q", "division", "state", "as_of")

    q = CharFilter(label=_("Text"), method="search")
    division = ChoiceFilter(label=_("Division"), method="as_asked", empty_label=_("Whole city"))
    state = ChoiceFilter(
        label=_("State"), method="as_asked", choices=State.choices, empty_label=None
    )
    as_of = DateFilter(
        label=_("As of"),
        method="as_asked",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    counted = ChoiceFilter(
        label=_("Records"), method="as_asked", choices=Counted.choices, empty_label=_("All")
    )

    def __init__(self, page: RecordList, queryset: QuerySet[Any, Any]) -> None:
        """Take the page that asks, and the rows that it found."""
        self.page = page
        data = page.request.GET.copy()
        data["state"] = page.asked.state.value
        data["as_of"] = page.asked.as_of.isoformat()
        for name, values in page.chosen_at_first().items():
            data.setlist(name, values)
        super().__init__(data, queryset=queryset, request=page.request)
        if "division" in self.filters:
            self.filters["division"].extra["choices"] = [
                (owner.code, Owner(owner).label)
                for owner in owners_of(page.programme)
                if page.scope.covers(owner.pk)
            ]
            if not page.scope.is_city:
                # "Whole city" would promise what a division's reader never gets.
                self.filters["division"].extra["empty_label"] = None
        for field in self.form.fields.values():
            look = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            if not isinstance(field.widget, forms.CheckboxSelectMultiple):
                field.widget.attrs.update({"class": look})

    def as_asked(self, queryset: QuerySet[Any, Any], _name: str, _value: Any) -> QuerySet[Any, Any]:
        """Leave the rows as they are: the page has already narrowed them."""
        return queryset

    def search(self, queryset: QuerySet[Any, Any], _name: str, text: str) -> QuerySet[Any, Any]:
        """Narrow to records with ``text`` in their names or codes."""
        return queryset.filter(self.text_q(text.strip()))

    def text_q(self, text: str) -> Q:
        """Return the filter for ``text``; each list says where it looks."""
        raise NotImplementedError

    def by_flag(self, queryset: QuerySet[Any, Any], name: str, value: str) -> QuerySet[Any, Any]:
        """Narrow by a column that is true or false."""
        return queryset.filter(**{name: value == "yes"})

    @property
    def understood(self) -> bool:
        """Whether every choice can be understood; the form tells which cannot."""
        valid: bool = self.is_valid()  # type: ignore[no-untyped-call]  # the stubs leave it out
        return valid

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The fields that stand in the open."""
        return [self.form[name] for name in self.first if name in self.form.fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The fields under "More filters"."""
        return [field for field in self.form.visible_fields() if field.name not in self.first]

    @property
    def more_chosen(self) -> bool:
        """Whether one of the fields under "More filters" is in use."""
        return any(self.page.request.GET.get(field.name) for field in self.more_fields)

    def chips(self) -> dict[str, list[Chip]]:
        """Return what the reader chose, by field, each with the address that drops it."""
        asked = self.page.request.GET
        chosen: dict[str, list[Chip]] = {}
        for name in self.form.fields:
            label = self.form[name].label
            for value in dict.fromkeys(filter(str.strip, asked.getlist(name))):
                chip = Chip(label, self._shown(name, value), self._without(name, value))
                chosen.setdefault(name, []).append(chip)
        today = self.page.asked.today
        if today is not None:
            chip = Chip(_("Today's division"), today.label, self._without("today", today.code))
            chosen["today"] = [chip]
        return chosen

    def _shown(self, name: str, value: str) -> StrOrPromise:
        field = self.form.fields[name]
        if name == "as_of":
            return date_format(self.page.asked.as_of)
        if isinstance(field, forms.ModelChoiceField):
            chosen = self.form.cleaned_data.get(name) if self.understood else None
            return str(chosen) if chosen is not None else value
        choices = dict(getattr(field, "choices", ()))
        label: StrOrPromise = choices.get(value, value)
        return label

    def _without(self, name: str, value: str) -> str:
        rest = self.page.request.GET.copy()
        rest.setlist(name, [kept for kept in rest.getlist(name) if kept != value])
        rest.pop("page", None)
        return f"?{rest.urlencode()}"


class PlatformFilters(OutcomeFilters, OnSchedule, RecordFilters):
    """What platforms are narrowed by."""

    level = ChoiceFilter(label=_("Level"), choices=Level.choices, empty_label=_("All"))
    disposition = ChoiceFilter(
        label=_("Disposition"),
        method="by_disposition",
        choices=[*Disposition.Kind.choices, (UNDECIDED, NO_DECISION)],
        empty_label=_("All"),
    )
    is_retained = ChoiceFilter(
        label=_("Retained"), method="by_flag", choices=YES_NO, empty_label=_("All")
    )
    placeholder = ChoiceFilter(
        label=_("Placeholder"),
        field_name="is_placeholder",
        method="by_flag",
        choices=YES_NO,
        empty_label=_("All"),
    )

    def text_q(self, text: str) -> Q:
        """Look in names, former names and codes."""
        return platform_text_q(text)

    def by_disposition(
        self, queryset: QuerySet[Any, Any], _name: str, kind: str
    ) -> QuerySet[Any, Any]:
        """Narrow to platforms that a plan disposes of in this way."""
        return queryset.filter(decided_q(self.page.state_view, "" if kind == UNDECIDED else kind))


class BodyFilters(OnSchedule, RecordFilters):
    """What management bodies are narrowed by."""

    fate = ChoiceFilter(
        label=_("Fate"),
        method="by_fate",
        choices=[*BodyDisposition.Fate.choices, (UNDECIDED, NO_DECISION)],
        empty_label=_("All"),
    )
    nature = ChoiceFilter(
        label=_("Nature"), choices=ManagementBody.Nature.choices, empty_label=_("All")
    )
    rank = ChoiceFilter(label=_("Rank"), choices=ManagementBody.Rank.choices, empty_label=_("All"))
    placeholder = ChoiceFilter(
        label=_("Placeholder"),
        field_name="is_placeholder",
        method="by_flag",
        choices=YES_NO,
        empty_label=_("All"),
    )

    def text_q(self, text: str) -> Q:
        """Look in names, codes, and the names of the platforms that the body manages."""
        return body_text_q(text)

    def by_fate(self, queryset: QuerySet[Any, Any], _name: str, fate: str) -> QuerySet[Any, Any]:
        """Narrow to bodies for which a plan foresees this."""
        return queryset.filter(decided_fate=None if fate == UNDECIDED else fate)


class PlateFilters(RecordFilters):
    """What plates are narrowed by."""

    level = ChoiceFilter(label=_("Level"), choices=Level.choices, empty_label=_("All"))
    fate = ChoiceFilter(
        label=_("Fate"),
        method="by_fate",
        choices=[*PlateDisposition.Fate.choices, (UNDECIDED, NO_DECISION)],
        empty_label=_("All"),
    )
    placeholder = ChoiceFilter(
        label=_("Placeholder"),
        field_name="is_placeholder",
        method="by_flag",
        choices=YES_NO,
        empty_label=_("All"),
    )

    def text_q(self, text: str) -> Q:
        """Look in titles, codes and the platform's name."""
        return (
            Q(title__icontains=text)
            | Q(code__icontains=text)
            | Q(gbt37028_code__icontains=text)
            | Q(platform__name__icontains=text)
        )

    def by_fate(self, queryset: QuerySet[Any, Any], _name: str, fate: str) -> QuerySet[Any, Any]:
        """Narrow to plates for which a plan foresees this."""
        return queryset.filter(decided_fate=None if fate == UNDECIDED else fate)


class RetainedFilters(RecordFilters):
    """What retained platforms are narrowed by."""

    level = ChoiceFilter(
        label=_("Level"), field_name="platform__level", choices=Level.choices, empty_label=_("All")
    )
    sub_area = ChoiceFilter(
        label=_("Sub-area"), method="by_flag", choices=YES_NO, empty_label=_("All")
    )
    is_provisional = ChoiceFilter(
        label=_("Provisional"), method="by_flag", choices=YES_NO, empty_label=_("All")
    )
    is_high_level = ChoiceFilter(
        label=_("High-level strategic platform"),
        method="by_flag",
        choices=YES_NO,
        empty_label=_("All"),
    )
    high_level_class = ChoiceFilter(
        label=_("Class of high-level platform"),
        choices=HighLevelClass.choices,
        empty_label=_("All"),
    )

    def text_q(self, text: str) -> Q:
        """Look in the names of the list, the platform's name and its code."""
        return (
            Q(listed_name__icontains=text)
            | Q(former_name__icontains=text)
            | Q(platform__name__icontains=text)
            | Q(platform__name_en__icontains=text)
            | Q(platform__code__icontains=text)
        )


class PlanFilters(RecordFilters):
    """What plans are narrowed by. Plans have states of their own, so the common one is left out."""

    first: ClassVar[tuple[str, ...]] = ("q", "division", "plan_state")

    state = None  # type: ignore[assignment]  # how the library leaves a field out
    as_of = None  # type: ignore[assignment]  # how the library leaves a field out
    counted = None  # type: ignore[assignment]  # how the library leaves a field out
    plan_state = MultipleChoiceFilter(
        label=_("State of the plan"),
        field_name="state",
        choices=MergePlan.State.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def text_q(self, text: str) -> Q:
        """Look in the owner's name and code."""
        return Q(division__name__icontains=text) | Q(division__code__icontains=text)

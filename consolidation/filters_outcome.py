"""What lists of platforms and bodies are narrowed by when a chart leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from consolidation.selectors.outcome import NOWHERE, Outcome, with_outcome
from consolidation.selectors.planned_days import (
    completion_day,
    on_schedule_q,
    with_planned_day,
)
from zones.models import Platform

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from consolidation.views.lists import RecordList


class OnSchedule(FilterSet):
    """Narrows to what is there on a day if all goes by the plans' dates."""

    page: RecordList

    on_schedule = DateFilter(
        label=_("There by the plans' dates on"),
        method="by_schedule",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def by_schedule(
        self, queryset: QuerySet[Any, Any], _name: str, day: datetime.date
    ) -> QuerySet[Any, Any]:
        """Narrow to the records that the dates of the plans leave on ``day``."""
        completion = completion_day(self.page.programme)
        return with_planned_day(queryset, completion).filter(on_schedule_q(day))


class OutcomeFilters(FilterSet):
    """Narrows platforms to one ribbon of the flows: what becomes of them, and where they go.

    All but the first come with an address only: codes of platforms and kinds, or those left over.
    """

    page: RecordList

    outcome = ChoiceFilter(
        label=_("Outcome"), method="by_outcome", choices=Outcome.choices, empty_label=_("All")
    )
    result = CharFilter(label=_("Continues in"), method="by_result", widget=forms.HiddenInput())
    becomes = CharFilter(label=_("Transformed into"), method="by_kind", widget=forms.HiddenInput())
    other_results = CharFilter(
        label=_("Continues in others than"), method="by_rest", widget=forms.HiddenInput()
    )
    other_kinds = CharFilter(
        label=_("Transformed into others than"), method="by_other_kinds", widget=forms.HiddenInput()
    )

    def by_outcome(
        self, queryset: QuerySet[Any, Any], _name: str, outcome: str
    ) -> QuerySet[Any, Any]:
        """Narrow to platforms of which this becomes in the state."""
        return with_outcome(queryset, self.page.state_view).filter(outcome=outcome)

    def by_result(self, queryset: QuerySet[Any, Any], _name: str, code: str) -> QuerySet[Any, Any]:
        """Narrow to platforms that continue in the one with this code."""
        rows = with_outcome(queryset, self.page.state_view)
        if code == NOWHERE:
            return rows.filter(result_pk__isnull=True)
        return rows.filter(result_pk__in=self._coded([code]))

    def by_kind(self, queryset: QuerySet[Any, Any], _name: str, kind: str) -> QuerySet[Any, Any]:
        """Narrow to platforms that are transformed into this."""
        kind = "" if kind == NOWHERE else kind
        return with_outcome(queryset, self.page.state_view).filter(becomes=kind)

    def by_rest(self, queryset: QuerySet[Any, Any], _name: str, codes: str) -> QuerySet[Any, Any]:
        """Narrow to platforms that continue in one, but in none with these codes (apart by ``|``)."""
        rows = with_outcome(queryset, self.page.state_view).filter(result_pk__isnull=False)
        return rows.exclude(result_pk__in=self._coded(codes.split("|")))

    def by_other_kinds(
        self, queryset: QuerySet[Any, Any], _name: str, kinds: str
    ) -> QuerySet[Any, Any]:
        """Narrow to platforms that are transformed, but into none of these (apart by ``|``)."""
        rows = with_outcome(queryset, self.page.state_view)
        return rows.exclude(becomes__in=["", *kinds.split("|")])

    def _coded(self, codes: list[str]) -> QuerySet[Any, Any]:
        ledger = self.page.programme.ledger_id
        return Platform.objects.filter(ledger=ledger, code__in=codes).order_by().values("pk")

"""Where the commission enters a year: the list of indicators, and the grid of values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.services.seen import ConflictError
from consolidation.views.reader import reader_of
from evaluation.forms import IndicatorRows
from evaluation.models import Indicator
from evaluation.models.years import FULL_WEIGHT
from evaluation.selectors.grid import grid_of
from evaluation.selectors.indicators import departments_of, list_seen
from evaluation.services.indicators import IndicatorChange, save_indicators
from evaluation.services.values import Provenance, save_values
from evaluation.views.years import OneYearPage
from platforms_portal.access import Right

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from evaluation.selectors.grid import Grid, GridRow

SEEN = "seen-"
LONGEST_KEY = 18
"""Digits of the longest key that a form may name."""

FIELDS_ON_A_PAGE = 800
"""Django takes at most 1,000 fields in one form."""


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST_KEY


class EnteringPage(OneYearPage):
    """A page on which something of a year is entered; a frozen year is shown and cannot be sent."""

    right = Right.EVALUATE
    title = ""

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way; the last one is this page."""
        return [*super().breadcrumbs(), (self.heading(), "")]

    def heading(self) -> str:
        """Return the page's title."""
        raise NotImplementedError

    def back_to_year(self) -> HttpResponseBase:
        """Return the way back where a frozen year is to be changed, telling why."""
        messages.error(
            self.request,
            _("The figures of %(year)d are frozen. Take the year back to drafting first.")
            % {"year": self.shown.year},
        )
        return redirect("evaluation-year", self.programme.code, self.shown.year)

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Show the page of a year that is open."""
        if not self.evaluation.is_open:
            return self.back_to_year()
        return self.render_to_response(self.get_context_data())


class ValuesPage(EnteringPage):
    """The grid: a row a platform, a column an indicator."""

    template_name = "evaluation/values.html"
    errors: dict[str, list[str]] | None = None
    conflict: ConflictError | None = None

    def heading(self) -> str:
        """Return the page's title."""
        return _("Values of %(year)d") % {"year": self.shown.year}

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save the values; what is refused is shown at its field, with all that was typed."""
        if not self.evaluation.is_open:
            return self.back_to_year()
        if not self._save(request):
            return self.render_to_response(self.get_context_data(**kwargs), status=422)
        address = reverse("evaluation-values", args=[self.programme.code, self.shown.year])
        return redirect(f"{address}?page={request.GET.get('page') or 1}")

    def _save(self, request: HttpRequest) -> bool:
        sent = {name: str(value) for name, value in request.POST.items()}
        seen = {
            int(name.removeprefix(SEEN)): value
            for name, value in sent.items()
            if name.startswith(SEEN) and _is_key(name.removeprefix(SEEN))
        }
        try:
            number = save_values(
                evaluation=self.evaluation,
                given=sent,
                seen=seen,
                provenance=Provenance(sent.get("source", ""), bool(sent.get("placeholder"))),
                user=reader_of(request),
            )
        except ConflictError as conflict:
            self.conflict = conflict
            return False
        except ValidationError as refused:
            by_field = getattr(refused, "error_dict", {NON_FIELD_ERRORS: [refused]})
            self.errors = {name: ValidationError(e).messages for name, e in by_field.items()}
            return False
        told = _("The values are saved.") if number else _("Nothing was changed.")
        messages.success(request, told)
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the rows, as typed where something was refused."""
        grid = grid_of(self.evaluation)
        errors = self.errors or {}
        on_a_page = max(1, FIELDS_ON_A_PAGE // (len(grid.indicators) + 1))
        page = Paginator(grid.rows, on_a_page).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            title=self.heading(),
            shown=self.shown,
            grid=grid,
            page_obj=page,
            rows=[(row, self._cells(row)) for row in page.object_list],
            errors=errors,
            general_errors=errors.get(NON_FIELD_ERRORS, []),
            source_errors=errors.get("source", []),
            source=self.request.POST.get("source", ""),
            placeholder=bool(self.request.POST.get("placeholder")),
            conflicts=self._conflicts(grid),
            rests_on_placeholders=any(row.is_placeholder for row in grid.rows),
            **kwargs,
        )

    def _cells(self, row: GridRow) -> list[dict[str, Any]]:
        return [
            {
                "cell": cell,
                "text": self.request.POST.get(cell.name, cell.text),
                "problems": (self.errors or {}).get(cell.name, []),
            }
            for cell in row.cells
        ]

    def _conflicts(self, grid: Grid) -> list[tuple[str, str, str]]:
        labels = {
            cell.name: f"{row.retained} · {cell.indicator.label}"
            for row in grid.rows
            for cell in row.cells
        }
        fields = self.conflict.fields if self.conflict else []
        return [(labels[field.name], field.theirs, field.mine) for field in fields]


class IndicatorsPage(EnteringPage):
    """The list of a year's indicators with their weights, saved as a whole."""

    template_name = "evaluation/indicators.html"
    rows: Any = None
    conflict: ConflictError | None = None

    def heading(self) -> str:
        """Return the page's title."""
        return _("Indicators of %(year)d") % {"year": self.shown.year}

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save the list; what is refused is shown at its field."""
        if not self.evaluation.is_open:
            return self.back_to_year()
        self.rows = IndicatorRows(request.POST, form_kwargs=self._choices(), prefix="i")
        if self.rows.is_valid() and self._save(request):
            messages.success(request, _("The list of indicators is saved."))
            return redirect("evaluation-indicators", self.programme.code, self.shown.year)
        return self.render_to_response(self.get_context_data(**kwargs), status=422)

    def _save(self, request: HttpRequest) -> bool:
        changes = [
            IndicatorChange(
                form.prefix,
                form.cleaned_data.get("pk"),
                form.values,
                delete=bool(form.cleaned_data.get("DELETE")),
            )
            for form in self.rows
            if form.cleaned_data
        ]
        try:
            save_indicators(
                evaluation=self.evaluation,
                changes=changes,
                seen=request.POST.get("seen", ""),
                user=reader_of(request),
            )
        except ConflictError as conflict:
            self.conflict = conflict
            return False
        except ValidationError as refused:
            self._refuse(refused)
            return False
        return True

    def _refuse(self, refused: ValidationError) -> None:
        forms = {form.prefix: form for form in self.rows}
        if not hasattr(refused, "error_dict"):
            for told in refused.messages:
                messages.error(self.request, told)
            return
        for name, errors in refused.error_dict.items():
            prefix, _dash, field = name.rpartition("-")
            field = {"weight": "percent", "department_id": "department"}.get(field, field)
            form = forms[prefix]
            form.add_error(field if field in form.fields else None, errors)

    def _choices(self) -> dict[str, Any]:
        return {"departments": departments_of(self.programme)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the rows and what the weights make together."""
        indicators = list(Indicator.objects.filter(evaluation=self.evaluation))
        # After a conflict what is stored now has been seen: sending again replaces it.
        sent = self.request.POST.get("seen", "") if self.rows is not None else ""
        seen = sent if sent and self.conflict is None else list_seen(indicators)
        rows = self.rows
        if rows is None:
            initial = [self._initial(indicator) for indicator in indicators]
            rows = IndicatorRows(initial=initial, form_kwargs=self._choices(), prefix="i")
        total = sum(indicator.weight for indicator in indicators)
        return super().get_context_data(
            title=self.heading(),
            shown=self.shown,
            rows=rows,
            seen=seen,
            conflict=self.conflict,
            total=f"{total // 10}.{total % 10}",
            is_full=total == FULL_WEIGHT,
            rests_on_placeholders=any(indicator.is_placeholder for indicator in indicators),
            **kwargs,
        )

    @staticmethod
    def _initial(indicator: Indicator) -> dict[str, Any]:
        fields = (
            "pk", "dimension", "code", "name", "name_en", "unit", "direction", "decimals",
            "source", "is_placeholder",
        )  # fmt: skip
        values = {field: getattr(indicator, field) for field in fields}
        values["percent"] = f"{indicator.weight // 10}.{indicator.weight % 10}"
        values["department"] = indicator.department_id or ""
        return values

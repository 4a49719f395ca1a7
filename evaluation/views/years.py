"""The comprehensive evaluation: the years, one year's table, the proof of one platform's total."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.views.base import ExportedPage, ProgrammePage
from consolidation.views.reader import reader_of
from evaluation.forms import PublishForm, ReasonForm, YearForm
from evaluation.models import Dimension, EvaluationYear
from evaluation.selectors.corrected import changed_values
from evaluation.selectors.years import version_of, years_visible_to
from evaluation.services.years import freeze, open_year, publish, take_back, weight_problems
from evaluation.views.export import about, headings, lines
from platforms_portal.access import Right, has_right, rights_of
from platforms_portal.pages import BadParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from evaluation.selectors.years import ShownYear

TITLE = gettext_lazy("Comprehensive evaluation")


class EvaluationPages(ProgrammePage):
    """What the pages of the evaluation share: the years that the reader may see."""

    section: ClassVar[str] = "evaluation"

    @cached_property
    def years(self) -> list[ShownYear]:
        """The years, the newest first."""
        return years_visible_to(self.programme, rights_of(self.request.user))

    def result_of(self, shown: ShownYear | None) -> dict[str, Any]:
        """Return what templates need of a year's result."""
        if shown is None:
            return {"shown": None}
        return {
            "shown": shown,
            "table": shown.table,
            "dimensions": [
                (Dimension(name).label, weight) for name, weight in shown.table.dimensions
            ],
            "own_id": self.scope.division_id,
            "rests_on_placeholders": shown.table.rests_on_placeholders,
        }


class EvaluationPage(EvaluationPages):
    """The years, and the newest one's ranking."""

    right = Right.VIEW_CITY
    template_name = "evaluation/years.html"
    form: YearForm | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the years and the newest one's result."""
        newest = self.years[0] if self.years else None
        may_evaluate = has_right(self.request.user, Right.EVALUATE)
        following = {"year": newest.year + 1 if newest else self.asked.as_of.year - 1}
        return super().get_context_data(
            title=TITLE,
            years=self.years,
            may_evaluate=may_evaluate,
            form=(self.form or YearForm(initial=following)) if may_evaluate else None,
            **self.result_of(newest),
            **kwargs,
        )


class OpenYear(EvaluationPage):
    """Opens a year, by POST."""

    http_method_names = ["post", "options"]
    right = Right.EVALUATE

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Open a year."""
        form = YearForm(request.POST)
        known = {"programme": self.programme, "user": reader_of(request)}
        if form.is_valid() and form.save(open_year, **known):
            year = form.cleaned_data["year"]
            messages.success(request, _("The year %(year)d is open.") % {"year": year})
            return redirect("evaluation-year", self.programme.code, year)
        self.form = form
        return self.render_to_response(self.get_context_data(**kwargs), status=422)


class OneYearPage(EvaluationPages):
    """A page of one year; a year that the reader may not see is not found (404)."""

    right = Right.VIEW_CITY

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the year, in the version asked for."""
        super().prepare(request, **kwargs)
        shown = next((one for one in self.years if one.year == kwargs["year"]), None)
        if shown is None:
            raise Http404(_("There is no evaluation of this year."))
        asked = request.GET.get("version", "")
        if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 10):  # noqa: PLR2004 - an integer of every database
            raise BadParameterError(
                _("“%(text)s” is no version.") % {"text": asked}, _("Write its number.")
            )
        found = version_of(shown, int(asked)) if asked else shown
        if found is None:
            raise Http404(_("There is no such version."))
        self.shown = found

    @property
    def evaluation(self) -> EvaluationYear:
        """The year."""
        return self.shown.evaluation

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list of years."""
        code, year = self.programme.code, self.shown.year
        return [
            (str(TITLE), reverse("evaluation", args=[code])),
            (str(year), reverse("evaluation-year", args=[code, year])),
        ]


class YearPage(OneYearPage, ExportedPage):
    """One year: the ranking, every value with its points, the versions, and what to do next."""

    template_name = "evaluation/year.html"
    export_title = gettext_lazy("Comprehensive evaluation")
    bound: ReasonForm | PublishForm | None = None

    def export_file_name(self) -> str:
        """Name the year and the version."""
        publication = self.shown.publication
        version = f"v{publication.version}" if publication else "draft"
        return f"{self.programme.code}-evaluation-{self.shown.year}-{version}"

    def export_words(self) -> list[Any]:
        """Name the year and the version."""
        title, version, *_others = about(self.shown)
        return [title, version]

    def export_about(self) -> list[str]:
        """Say which year and version it is."""
        return about(self.shown)

    def export_table(self, shown: dict[str, Any]) -> tuple[list[Any], Iterable[Iterable[Any]]]:  # noqa: ARG002 - the year's table is at hand
        """Return the ranking."""
        return headings(self.shown), lines(self.shown)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way; the last one is this page."""
        *way, (label, _address) = super().breadcrumbs()
        return [*way, (label, "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the result, the differences between versions, and the forms of who evaluates."""
        return super().get_context_data(
            title=_("Comprehensive evaluation of %(year)d") % {"year": self.shown.year},
            changed=changed_values(self.shown),
            **self.result_of(self.shown),
            **self._acts(),
            **kwargs,
        )

    def _acts(self) -> dict[str, Any]:
        state, bound = self.evaluation.state, self.bound
        # What was published is only read while a correction of it is being drafted.
        is_past = self.shown.publication is not None and state != EvaluationYear.State.PUBLISHED
        if not has_right(self.request.user, Right.EVALUATE) or self.shown.is_superseded or is_past:
            return {}
        found: dict[str, Any] = {"may_evaluate": True}
        if state == EvaluationYear.State.DRAFTING:
            found["in_the_way"] = weight_problems(self.evaluation)
        else:
            taken = bound if isinstance(bound, ReasonForm) else ReasonForm(prefix="back")
            found["back_form"] = taken
        if state == EvaluationYear.State.CALCULATED:
            initial = {"day": timezone.localdate()}
            published = bound if isinstance(bound, PublishForm) else None
            found["publish_form"] = published or PublishForm(initial=initial, prefix="publish")
        return found


class YearAct(YearPage):
    """A step in the course of a year, by POST: frozen, taken back, published."""

    http_method_names = ["post", "options"]
    right = Right.EVALUATE

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do what the address names; show the year again where it was refused."""
        acts = {"freeze": self._freeze, "back": self._back, "publish": self._publish}
        act = acts.get(kwargs["action"])
        if act is None:
            raise Http404(_("There is no such act."))
        done = act(request)
        if done:
            messages.success(request, done)
            return redirect("evaluation-year", self.programme.code, self.shown.year)
        return self.render_to_response(self.get_context_data(), status=422)

    def _freeze(self, request: HttpRequest) -> str:
        try:
            freeze(evaluation=self.evaluation, user=reader_of(request))
        except ValidationError as refused:
            for told in refused.messages:
                messages.error(request, told)
            return ""
        return _("The figures are calculated and frozen. Look at them, then publish.")

    def _back(self, request: HttpRequest) -> str:
        form = ReasonForm(request.POST, prefix="back")
        return self._saved(form, take_back, _("The year is being drafted again."))

    def _publish(self, request: HttpRequest) -> str:
        form = PublishForm(request.POST, prefix="publish")
        done = _("The evaluation is published; the districts are told.")
        return self._saved(form, publish, done)

    def _saved(self, form: ReasonForm | PublishForm, service: Any, done: str) -> str:
        known = {"evaluation": self.evaluation, "user": reader_of(self.request)}
        if form.is_valid() and form.save(service, **known):
            return done
        for told in form.non_field_errors():
            messages.error(self.request, str(told))
        self.bound = form
        return ""


class ProofPage(OneYearPage):
    """Where one platform's total comes from: every indicator with its arithmetic."""

    template_name = "evaluation/proof.html"

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the platform's row too."""
        super().prepare(request, **kwargs)
        row = self.shown.table.row_of(kwargs["pk"])
        if row is None:
            raise Http404(_("This platform was not evaluated in this year."))
        self.row = row

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way; the last one is this page."""
        return [*super().breadcrumbs(), (self.row.party.label, "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the row, its parts by dimension, and how the same is read by the API."""
        version = self.shown.publication.version if self.shown.publication else None
        asked = f"?year={self.shown.year}" + (f"&version={version}" if version else "")
        result = self.result_of(self.shown)
        parts = [
            (
                Dimension(part.dimension).label,
                part,
                [point for point in self.row.points if point.measure.dimension == part.dimension],
            )
            for part in self.row.dimensions
        ]
        return super().get_context_data(
            title=self.row.party.label,
            row=self.row,
            parts=parts,
            proof_address=reverse("api-programme-evaluation", args=[self.programme.code]) + asked,
            **result | {"rests_on_placeholders": self.row.rests_on_placeholder},
            **kwargs,
        )

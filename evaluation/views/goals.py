"""The goals of 2025: high-level platforms and national ranks, and where ranks are entered."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.selectors.findings import judged_in
from consolidation.views.base import ProgrammePage
from consolidation.views.reader import reader_of
from evaluation.forms import RankForm, ReasonForm
from evaluation.models import RankReport
from evaluation.selectors.ranks import high_level_by_class, rankings, retained_of
from evaluation.services.ranks import let_count, report_rank, withdraw
from platforms_portal.access import Right, has_right

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Finding
    from evaluation.selectors.ranks import Ranking

TITLE = gettext_lazy("Goals of 2025")
RANKS_TITLE = gettext_lazy("National ranks and their sources")


class RankingsPage(ProgrammePage):
    """A page that shows the national rankings."""

    section: ClassVar[str] = "evaluation"

    @cached_property
    def findings(self) -> list[Finding]:
        """What R20 says, in the order of its parts."""
        judged = judged_in([self.state_view])[0]
        return [finding for finding in judged.findings if finding.rule == "R20"]

    @cached_property
    def rankings(self) -> list[Ranking]:
        """The rankings up to the year of the day shown."""
        return rankings(self.programme, self.asked.as_of.year, self.findings)

    @property
    def rests_on_placeholders(self) -> bool:
        """Whether a rank that is shown is a placeholder, or a finding rests on one."""
        cells = [c for ranking in self.rankings for line in ranking.lines for c in line.cells]
        shown = [one for cell in cells for one in (cell.counts, *cell.reports) if one is not None]
        return any(one.is_placeholder for one in shown) or any(
            finding.placeholders for finding in self.findings
        )


class GoalsPage(RankingsPage):
    """R20 and what stands behind it."""

    right = Right.VIEW_CITY
    template_name = "evaluation/goals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add platforms by class, and the rankings."""
        classes = high_level_by_class(self.state_view)
        platforms = [one for group in classes for one in group.platforms]
        return super().get_context_data(
            title=TITLE,
            finding=next((f for f in self.findings if f.aspect == "high_level_min"), None),
            classes=classes,
            complete=sum(one.is_complete for one in platforms),
            listed=len(platforms),
            rankings=self.rankings,
            may_evaluate=has_right(self.request.user, Right.EVALUATE),
            rests_on_placeholders=self.rests_on_placeholders
            or any(one.row.rests_on_placeholder for one in platforms),
            **kwargs,
        )


class RanksPage(RankingsPage):
    """Every figure with its source; the commission enters more and says which counts."""

    right = Right.EVALUATE
    template_name = "evaluation/ranks.html"
    form: RankForm | None = None

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the goals."""
        return [
            (str(TITLE), reverse("goals", args=[self.programme.code])),
            (str(RANKS_TITLE), ""),
        ]

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Enter a rank; what is refused is shown at its field."""
        form = RankForm(request.POST, platforms=retained_of(self.programme))
        if form.is_valid() and form.save(report_rank, user=reader_of(request)):
            messages.success(request, _("The rank is entered with its source."))
            return redirect("ranks", self.programme.code)
        self.form = form
        return self.render_to_response(self.get_context_data(**kwargs), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the figures and the form."""
        initial = {"year": self.asked.as_of.year - 1}
        return super().get_context_data(
            title=RANKS_TITLE,
            rankings=self.rankings,
            form=self.form or RankForm(initial=initial, platforms=retained_of(self.programme)),
            rests_on_placeholders=self.rests_on_placeholders,
            **kwargs,
        )


class RankAct(ProgrammePage):
    """Something done to the figure of one source, by POST with a reason."""

    http_method_names = ["post", "options"]
    right = Right.EVALUATE
    section = "evaluation"
    service: ClassVar[Callable[..., object]]
    done: ClassVar[StrOrPromise]

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the report too."""
        super().prepare(request, **kwargs)
        report = (
            RankReport.objects.filter(retained__programme=self.programme, pk=kwargs["pk"])
            .select_related("retained__platform")
            .first()
        )
        if report is None:
            raise Http404(_("There is no such rank."))
        self.report = report

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Do it, and tell what came of it."""
        form = ReasonForm(request.POST)
        given = {"report": self.report, "user": reader_of(request)}
        try:
            type(self).service(**given, reason=form.data.get("reason", ""))
        except ValidationError as refused:
            for told in refused.messages:
                messages.error(request, told)
        else:
            messages.success(request, self.done)
        return redirect("ranks", self.programme.code)


class LetRankCount(RankAct):
    """Lets the figure count."""

    service = staticmethod(let_count)
    done = gettext_lazy("This figure counts from now on; the others stay beside it.")


class WithdrawRank(RankAct):
    """Withdraws the figure."""

    service = staticmethod(withdraw)
    done = gettext_lazy("The figure is withdrawn; the history keeps it.")

"""The desk: one row per baseline platform, each change saved at once; many rows set together."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.checks.base import Status
from consolidation.models import BodyDisposition, Disposition, PlateDisposition
from consolidation.sections import baseline_platforms
from consolidation.selectors.desk import (
    desk_row,
    desk_rows,
    opinions_at_rows,
    places_of_records,
    undecided_count,
)
from consolidation.selectors.effect import effects, judged
from consolidation.selectors.readiness import Readiness
from consolidation.services.drafting import fill_in, set_many
from consolidation.views.desk import RowsOfPlan, ShownRow, posted_row
from consolidation.views.drafts import DraftPage, OwnPlanPage, told_at_once
from consolidation.views.reader import reader_of
from platforms_portal.access import rights_of
from platforms_portal.words import labelled

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict
    from django.http.response import HttpResponseBase


ROWS_ON_A_PAGE = 50
"""Django takes at most 1,000 fields in one form; a row has about a dozen."""

TRANSFORM_KINDS = ("特色小镇", "小微企业园", "科技企业孵化器", "产业社区")
"""Kinds offered for a transformation, 方案(十); another may be typed."""


class DecidePage(RowsOfPlan, DraftPage):
    """The desk of the official. Without JavaScript its one button saves all rows of the page."""

    template_name = "consolidation/draft/edit.html"

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Save every row that was sent; show those again that were refused."""
        self.page_number = request.POST.get("page", "1")
        self.refused: dict[int, ShownRow] = {}
        saved = 0
        for row in self._page().object_list:
            posted, seen = posted_row(request.POST, row.platform.pk)
            if not posted or (posted == self.words.shown(row) and seen == row.seen):
                continue
            shown = self.save(row, posted, seen)
            saved += not shown.has_problems
            if shown.has_problems:
                self.refused[row.platform.pk] = shown
        if saved:
            told = ngettext("%(n)d row is saved.", "%(n)d rows are saved.", saved)
            messages.success(request, told % {"n": saved})
        if self.refused:
            return self.render_to_response(self.get_context_data(), status=422)
        if not saved:
            messages.info(request, _("Nothing was changed."))
        return redirect(f"{request.path}?page={self._page().number}")

    def _page(self) -> Any:
        number = getattr(self, "page_number", self.request.GET.get("page", "1"))
        keys = list(baseline_platforms(self.plan).values_list("pk", flat=True))
        page: Any = Paginator(keys, ROWS_ON_A_PAGE).get_page(number)
        page.object_list = desk_rows(self.plan, list(page.object_list))
        return page

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the rows, what can be chosen, and the effect."""
        page = self._page()
        refused = getattr(self, "refused", {})
        rows = [refused.get(row.platform.pk) or self.shown(row) for row in page.object_list]
        for row in rows:
            row.opinions = self.opinions.get(row.row.platform.pk, [])
        return super().get_context_data(
            page_obj=page,
            rows=rows,
            refused=[row for row in rows if row.has_problems],
            undecided=undecided_count(self.plan),
            targets=self.words.choices,
            kinds=Disposition.Kind.choices,
            body_fates=[c for c in BodyDisposition.Fate.choices if c[0] != "found"],
            plate_fates=PlateDisposition.Fate.choices,
            transform_kinds=TRANSFORM_KINDS,
            rests_on_placeholders=any(row.platform.is_placeholder for row in page.object_list),
            **effect_of(self),
            **kwargs,
        )

    @cached_property
    def opinions(self) -> dict[int, list[Any]]:
        """What reviewers said of the rows of the version that this draft mends."""
        return opinions_at_rows(self.plan)


def effect_of(page: OwnPlanPage) -> dict[str, Any]:
    """Return what the panel beside the rows shows."""
    rights = rights_of(reader_of(page.request))
    readiness = Readiness(page.plan)
    shown = judged(readiness, rights)
    return {
        "effects": effects(readiness, rights),
        "judged": [item for item in shown if item.finding.status != Status.MET],
        "kept": [item for item in shown if item.finding.status == Status.MET],
        "places": places_of_records(desk_rows(page.plan)),
    }


class SaveRow(RowsOfPlan):
    """One row: saved as soon as a field of it was changed, and shown again as it is stored."""

    template_name = "consolidation/draft/saved.html"

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read the row too."""
        super().prepare(request, **kwargs)
        row = desk_row(self.plan, kwargs["platform"])
        if row is None:
            raise Http404
        self.row = row

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Show the row as it is stored: the choice of whoever takes what a colleague saved."""
        return self._answer(self.shown(self.row), whole=True)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Save what was changed."""
        posted, seen = posted_row(request.POST, self.row.platform.pk)
        shown = self.save(self.row, posted, seen)
        if not getattr(request, "htmx", False):
            for told in (
                *shown.problems.values(),
                *([_conflict_told(shown)] if shown.conflict else []),
            ):
                messages.error(request, " ".join(told))
            place = reverse("plan-edit", args=[self.programme.code, self.plan.pk])
            return redirect(f"{place}#row-{self.row.platform.pk}")
        status = 409 if shown.conflict else 422 if shown.problems else 200
        # Inputs that were completed on the way (a target that fell away) are shown anew.
        completed = (
            []
            if shown.conflict
            else [
                name
                for name, value in shown.typed.items()
                if name in posted and value != posted[name]
            ]
        )
        return self._answer(shown, status=status, completed=completed)

    def _answer(
        self,
        shown: ShownRow,
        *,
        whole: bool = False,
        status: int = 200,
        completed: list[str] | None = None,
    ) -> HttpResponseBase:
        response = self.render_to_response(
            {
                "programme": self.programme,
                "plan": self.plan,
                "row": shown,
                "whole": whole,
                "completed": completed or [],
                "moment": None if whole else timezone.localtime(),
                "kinds": Disposition.Kind.choices,
                "body_fates": [c for c in BodyDisposition.Fate.choices if c[0] != "found"],
                "plate_fates": PlateDisposition.Fate.choices,
            },
            status=status,
        )
        if not shown.has_problems:
            response["HX-Trigger"] = "plan-saved"
        return response


def _conflict_told(shown: ShownRow) -> list[str]:
    return [
        _("%(field)s: theirs “%(theirs)s”, mine “%(mine)s”.")
        % {"field": both.label, "theirs": both.theirs, "mine": both.mine}
        for both in shown.conflict
    ]


class SetMany(RowsOfPlan):
    """The same value for all rows that are ticked."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Set what was chosen, tell what was done and what was left, and go back to the rows."""
        picked = [
            int(key) for key in request.POST.getlist("pick") if re.fullmatch(r"\d{1,18}", key)
        ]
        given, problem = self._given(request.POST)
        if not picked:
            problem = _("Tick the rows to be set first.")
        elif not given and not problem:
            problem = _("Choose what to set first.")
        if problem:
            messages.error(request, problem)
        else:
            self._set(request, {key: _seen_of(request.POST, key) for key in picked}, given)
        place = reverse("plan-edit", args=[self.programme.code, self.plan.pk])
        return redirect(f"{place}?page={self._page_number(request.POST)}")

    def _page_number(self, data: QueryDict) -> int:
        number = str(data.get("page", "1"))
        return int(number) if re.fullmatch(r"\d{1,6}", number) else 1

    def _given(self, data: QueryDict) -> tuple[dict[str, str], str]:
        names = ("kind", "target", "into", "planned_on", "reason", "bodies", "plates")
        given = {
            name: value for name in names if (value := str(data.get(f"many-{name}", "")).strip())
        }
        if "target" in given:
            key = self.words.key_of.get(given["target"])
            if key is None:
                return {}, _("No platform of this name is on the list. Choose one that is offered.")
            given["target"] = key
        return given, ""

    def _set(self, request: HttpRequest, seen: dict[int, str], given: dict[str, str]) -> None:
        try:
            outcomes = set_many(plan=self.plan, seen=seen, given=given, user=reader_of(request))
        except ValidationError as refused:
            messages.error(request, told_at_once(refused))
            return
        done = sum(not outcome.problem for outcome in outcomes)
        told = ngettext("%(n)d row is set.", "%(n)d rows are set.", done) % {"n": done}
        messages.success(request, told)
        for outcome in outcomes:
            if outcome.problem:
                messages.error(request, labelled(outcome.label, outcome.problem))


def _seen_of(data: QueryDict, key: int) -> str:
    """Return the digest that a row had: as a script last saved it, else as the page was loaded."""
    return str(data.get(f"r{key}-seen") or data.get(f"m{key}-seen", ""))


class FillIn(OwnPlanPage):
    """Enters what follows from the programme's list of retained platforms."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Fill in what is open, and tell how much it was."""
        try:
            number = fill_in(plan=self.plan, user=reader_of(request))
        except ValidationError as refused:
            messages.error(request, told_at_once(refused))
        else:
            told = ngettext("%(n)d row is filled in.", "%(n)d rows are filled in.", number)
            messages.success(request, told % {"n": number})
        return redirect("plan-edit", self.programme.code, self.plan.pk)


class EffectPanel(OwnPlanPage):
    """The panel beside the rows, read again after each change."""

    template_name = "consolidation/draft/effect.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the plan does."""
        return super().get_context_data(**effect_of(self), **kwargs)

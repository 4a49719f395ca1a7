"""The desk: one row per baseline platform, each change saved at once; many rows set together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
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
    TargetChoice,
    desk_row,
    desk_rows,
    opinions_at_rows,
    places_of_records,
    target_choices,
    undecided_count,
)
from consolidation.selectors.effect import effects, judged
from consolidation.selectors.readiness import Readiness
from consolidation.selectors.visible import right_for
from consolidation.services.drafting import ConflictError, fill_in, save_row, set_many
from consolidation.views.drafts import DraftPage, OwnPlanPage, told_at_once
from consolidation.views.reader import reader_of
from platforms_portal.access import rights_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, QueryDict
    from django.http.response import HttpResponseBase

    from consolidation.selectors.desk import DeskRow
    from consolidation.services.drafting import BothValues

ROWS_ON_A_PAGE = 50
"""Django takes at most 1,000 fields in one form; a row has about a dozen."""

TRANSFORM_KINDS = ("特色小镇", "小微企业园", "科技企业孵化器", "产业社区")
"""Kinds offered for a transformation, 方案(十); another may be typed."""


@dataclass
class ShownRow:
    """A row as the page shows it: what is stored, or what was typed and refused."""

    row: DeskRow
    typed: dict[str, str]
    problems: dict[str, list[str]] = field(default_factory=dict)
    conflict: list[ShownConflict] = field(default_factory=list)
    seen: str = ""
    opinions: list[Any] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """What the names of the row's fields start with."""
        return f"r{self.row.platform.pk}-"

    @property
    def has_problems(self) -> bool:
        """Whether something of the row was not saved."""
        return bool(self.problems or self.conflict)


@dataclass(frozen=True)
class ShownConflict:
    """A field that two officials gave two values, in words."""

    label: str
    theirs: str
    mine: str


class Words:
    """The values of rows in words, for one plan: keys are stored, names are shown and typed."""

    def __init__(self, choices: list[TargetChoice]) -> None:
        self.choices = choices
        self.text_of = {str(choice.pk): choice.text for choice in choices}
        self.key_of = {choice.text: str(choice.pk) for choice in choices}

    def shown(self, row: DeskRow) -> dict[str, str]:
        """Return the values of ``row`` as its inputs show them."""
        return {
            name: self._name(row, name, value) if is_target(name) else value
            for name, value in row.values.items()
        }

    def _name(self, row: DeskRow, name: str, key: str) -> str:
        if not key or key in self.text_of:
            return self.text_of.get(key, "")
        decision = row.decision
        # A platform that has left the list since is still told by its name.
        if name == "target" and decision is not None and decision.target is not None:
            return decision.target.name
        return next(
            (p.decision.carrier.name for p in row.plates if p.decision and p.decision.carrier), ""
        )

    def read(self, row: DeskRow, posted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """Return what was typed as values to be stored, and the fields whose name is unknown."""
        given: dict[str, str] = {}
        unknown: list[str] = []
        stored = self.shown(row)
        for name, typed in posted.items():
            if not is_target(name) or not typed:
                given[name] = typed
            elif typed == stored.get(name):
                given[name] = row.values[name]
            elif key := self.key_of.get(typed) or self._only_match(typed):
                given[name] = key
            else:
                unknown.append(name)
        return given, unknown

    def _only_match(self, typed: str) -> str:
        """Return the platform whose name holds what was typed, if it is the only one."""
        found = [str(choice.pk) for choice in self.choices if typed in choice.text]
        return found[0] if len(found) == 1 else ""


def is_target(name: str) -> bool:
    """Whether a field names a platform that is chosen by typing."""
    return name == "target" or name.startswith("carrier-")


def posted_row(data: QueryDict, platform_id: int) -> tuple[dict[str, str], str]:
    """Return the fields of one row that a form sent, and the digest of what it had seen."""
    prefix = f"r{platform_id}-"
    fields = {
        name.removeprefix(prefix): str(value).strip()
        for name, value in data.items()
        if name.startswith(prefix)
    }
    return fields, fields.pop("seen", "")


class RowsOfPlan(OwnPlanPage):
    """What the pages share that show or save rows."""

    @cached_property
    def words(self) -> Words:
        """The names of the platforms that can be chosen."""
        return Words(target_choices(self.plan))

    def shown(self, row: DeskRow) -> ShownRow:
        """Return a row as it is stored."""
        return ShownRow(row, self.words.shown(row), seen=row.seen)

    def save(self, row: DeskRow, posted: dict[str, str], seen: str) -> ShownRow:
        """Save a row, and return it as stored; or as typed, with what was refused."""
        given, unknown = self.words.read(row, posted)
        problems = {
            name: [_("No platform of this name is on the list. Choose one that is offered.")]
            for name in unknown
        }
        try:
            saved = save_row(
                plan=self.plan,
                platform_id=row.platform.pk,
                given=given,
                seen=seen,
                user=reader_of(self.request),
            )
        except ConflictError as conflict:
            return ShownRow(
                row,
                self.words.shown(row) | posted,
                problems,
                self._in_words(row, conflict.fields),
                conflict.seen,
            )
        except ValidationError as refused:
            problems |= errors_by_field(refused)
            return ShownRow(row, self.words.shown(row) | posted, problems, seen=seen)
        shown = self.shown(saved)
        shown.problems = problems
        shown.typed |= {name: posted[name] for name in unknown}
        return shown

    def _in_words(self, row: DeskRow, fields: list[BothValues]) -> list[ShownConflict]:
        return [
            ShownConflict(
                label_of_field(row, both.name),
                self.value_in_words(both.name, both.theirs),
                self.value_in_words(both.name, both.mine),
            )
            for both in fields
        ]

    def value_in_words(self, name: str, value: str) -> str:
        """Return a stored value of a field in words."""
        if not value:
            return _("empty")
        if is_target(name):
            return self.words.text_of.get(value, value)
        choices: dict[str, Any] = {
            "kind": Disposition.Kind,
            "body": BodyDisposition.Fate,
            "plate": PlateDisposition.Fate,
        }
        kind = choices.get(name.partition("-")[0])
        return str(kind(value).label) if kind is not None and value in kind.values else value


def label_of_field(row: DeskRow, name: str) -> str:
    """Return the words for a field of a row."""
    labels = {
        "kind": _("Disposition"),
        "target": _("Merged into"),
        "into": _("Transformed into"),
        "planned_on": _("Planned for"),
        "reason": _("Reason"),
    }
    labels |= {body.name: body.body.name for body in row.bodies}
    labels |= {plate.name: plate.plate.title for plate in row.plates}
    labels |= {
        plate.carrier_name: _("%(plate)s is carried by") % {"plate": plate.plate.title}
        for plate in row.plates
    }
    return labels.get(name, name)


def errors_by_field(refused: ValidationError) -> dict[str, list[str]]:
    """Return the messages of a refusal by field; those of none under ``__all__``."""
    if hasattr(refused, "error_dict"):
        return dict(refused.message_dict)
    return {NON_FIELD_ERRORS: list(refused.messages)}


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
    shown = [item for item in judged(readiness) if right_for(item.finding.counts) in rights]
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
        _("%(field)s: a colleague saved “%(theirs)s”, you “%(mine)s”.")
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
            self._set(request, {key: request.POST.get(f"r{key}-seen", "") for key in picked}, given)
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
                messages.error(request, f"{outcome.label}: {outcome.problem}")


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

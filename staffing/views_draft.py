"""The staff of a draft: per body and category before → after, and where everyone else goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.forms_result import ShownConflict
from consolidation.models.programmes import StaffCategory
from consolidation.services.seen import ConflictError
from consolidation.transitions import may_edit
from consolidation.views.drafts import DraftPage, told_at_once
from consolidation.views.reader import reader_of
from staffing.cutting import cut_of
from staffing.drafting import ELSEWHERE, Draft, StaffRow, draft_of
from staffing.forms import StaffForm
from staffing.models import Redeployment
from staffing.services import place_rest, remove_planned, save_staff

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

CONFLICT, REFUSED = 409, 422


@dataclass
class ShownStaff:
    """A body with its form; open where the reader is at work, both values after a conflict."""

    row: StaffRow
    form: StaffForm
    is_open: bool = False
    conflict: list[ShownConflict] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The body's place on the page."""
        return f"body-{self.row.body.pk}"


class StaffPage(DraftPage):
    """The people of each body of the division, and what the cut comes to."""

    template_name = "staffing/draft/page.html"

    @cached_property
    def draft(self) -> Draft:
        """The people of the plan, read once."""
        return draft_of(self.plan)

    @cached_property
    def bodies(self) -> dict[int, ShownStaff]:
        """The bodies as they are shown, by their keys; one of them is open."""
        asked = self.request.GET.get("body", "")
        first_off = next((row.body.pk for row in self.draft.off), None)
        at_work = int(asked) if asked.isascii() and asked.isdecimal() else first_off
        return {
            row.body.pk: ShownStaff(
                row,
                StaffForm(row, self.draft.choices_of(row.body.pk)),
                is_open=row.body.pk == at_work,
            )
            for row in self.draft.rows
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the bodies and the head of the page."""
        cut = cut_of(self.plan)
        return super().get_context_data(
            bodies=list(self.bodies.values()),
            off=len(self.draft.off),
            open=len(self.draft.open),
            cut=cut,
            without_place=self.draft.without_place,
            destinations=[
                (value, label)
                for value, label in Redeployment.Destination.choices
                if value in ELSEWHERE
            ],
            choices=self.draft.choices,
            categories=[
                (category, StaffCategory(category).label)
                for category in self.programme.counted_categories
            ],
            rests_on_placeholders=cut.tally.placeholders > 0,
            **kwargs,
        )


class PlaceRest(StaffPage):
    """Gives all who have no place yet the same one; who has one keeps it."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Place them, tell how many it were, and show the bodies again."""
        if not may_edit(self.plan, reader_of(request)):
            return self.get(request, *args, **kwargs)
        try:
            placed = place_rest(
                plan=self.plan,
                where=request.POST.get("where", ""),
                category=request.POST.get("category", ""),
                user=reader_of(request),
            )
        except ValidationError as refused:
            messages.error(request, told_at_once(refused))
        else:
            told = ngettext(
                "%(n)d person has a place now.", "%(n)d people have a place now.", placed.people
            )
            messages.success(request, told % {"n": placed.people})
        return redirect("plan-staff", self.programme.code, self.plan.pk)


class StaffAct(StaffPage):
    """Something done to the people of one body: by POST, and shown again where refused."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it and go back to the body; a frozen plan is shown instead."""
        if not may_edit(self.plan, reader_of(request)):
            return self.get(request, *args, **kwargs)
        if kwargs["body"] not in self.bodies:
            raise Http404(_("This body is none of the plan's."))
        shown = self.shown = self.bodies[kwargs["body"]]
        shown.is_open = True
        try:
            self.act()
        except ConflictError as conflict:
            shown.conflict = shown.form.conflicts(conflict.fields)
            shown.form.seen = conflict.seen
            return self.render_to_response(self.get_context_data(), status=CONFLICT)
        except ValidationError as refused:
            shown.form.show_refusal(refused)
            return self.render_to_response(self.get_context_data(), status=REFUSED)
        page = reverse("plan-staff", args=[self.programme.code, self.plan.pk])
        return redirect(f"{page}?body={shown.row.body.pk}#{shown.place}")

    def act(self) -> None:
        """Do it."""
        raise NotImplementedError


class SaveStaff(StaffAct):
    """Saves the figures of a body."""

    def act(self) -> None:
        """Save them."""
        row = self.shown.row
        sent = {name: str(value) for name, value in self.request.POST.items()}
        form = self.shown.form = StaffForm(row, self.draft.choices_of(row.body.pk), sent)
        save_staff(
            plan=self.plan,
            body_id=row.body.pk,
            given=form.given(),
            seen=form.seen,
            user=reader_of(self.request),
        )
        messages.success(self.request, _("%(name)s is saved.") % {"name": row.body.name})


class RemovePlanned(StaffAct):
    """Takes away the planned staff of a body that does not go on any more."""

    def act(self) -> None:
        """Take it away."""
        row = self.shown.row
        removed = remove_planned(plan=self.plan, body_id=row.body.pk, user=reader_of(self.request))
        told = ngettext(
            "%(n)d planned figure is taken away.", "%(n)d planned figures are taken away.", removed
        )
        messages.success(self.request, told % {"n": removed})

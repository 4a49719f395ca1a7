"""The result of a plan: what each retained platform becomes, and which body serves it."""

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

from consolidation.forms_result import CardForm, FateForm, FoundForm, ShownConflict
from consolidation.selectors.arranging import Result, ResultCard, result_of
from consolidation.services.arranging import save_card
from consolidation.services.founding import found_body, set_fate, take_back
from consolidation.services.seen import ConflictError
from consolidation.transitions import may_edit
from consolidation.views.drafts import DraftPage, told_at_once
from consolidation.views.reader import reader_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from consolidation.selectors.desk import DeskBody

CONFLICT, REFUSED = 409, 422


@dataclass
class ShownCard:
    """A card with its forms, and both values where somebody else changed it."""

    card: ResultCard
    form: CardForm
    found_form: FoundForm
    conflict: list[ShownConflict] = field(default_factory=list)
    seen: str = ""

    @property
    def place(self) -> str:
        """The card's place on the page."""
        return f"card-{self.card.pk}"


@dataclass
class ShownBody:
    """A body at no row with its form, and both values where somebody else decided."""

    body: DeskBody
    form: FateForm
    conflict: list[ShownConflict] = field(default_factory=list)
    seen: str = ""


class ResultPage(DraftPage):
    """One card per retained platform of the division, and the bodies that serve none of them."""

    template_name = "consolidation/result/page.html"

    @cached_property
    def result(self) -> Result:
        """The cards, read once."""
        return result_of(self.plan)

    @cached_property
    def cards(self) -> dict[int, ShownCard]:
        """The cards as they are shown, by platform."""
        return {
            card.pk: ShownCard(
                card, CardForm(self.result, card), FoundForm(card.pk), seen=card.seen
            )
            for card in self.result.cards
        }

    @cached_property
    def bodies(self) -> dict[int, ShownBody]:
        """The bodies at no row as they are shown, by their keys."""
        return {
            found.body.pk: ShownBody(found, FateForm(found), seen=found.fate)
            for found in self.result.elsewhere
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the cards and what they have in common."""
        result = self.result
        bodies = [row.body for row in result.kept] + [found.body for found in result.elsewhere]
        return super().get_context_data(
            cards=list(self.cards.values()),
            bodies=list(self.bodies.values()),
            result=result,
            rests_on_placeholders=any(
                record.is_placeholder
                for record in (*bodies, *(card.retained for card in result.cards))
            ),
            **kwargs,
        )


class ResultAct(ResultPage):
    """Something done on the page of the result: by POST, and shown there again where refused."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it and go back to its place on the page; a frozen plan is shown instead."""
        if not may_edit(self.plan, reader_of(request)):
            return self.get(request, *args, **kwargs)
        self.find(**kwargs)
        try:
            place = self.act()
        except ConflictError as conflict:
            return self._again(CONFLICT, conflict)
        except ValidationError as refused:
            self.refuse(refused)
            return self._again(REFUSED)
        page = reverse("plan-result", args=[self.programme.code, self.plan.pk])
        return redirect(f"{page}#{place}")

    def _again(self, status: int, conflict: ConflictError | None = None) -> HttpResponseBase:
        if conflict is not None:
            self.show(conflict)
        return self.render_to_response(self.get_context_data(), status=status)

    def find(self, **kwargs: Any) -> None:
        """Find what the address names; anything else is not found (404)."""
        raise NotImplementedError

    def act(self) -> str:
        """Do it; return the place on the page where it is seen."""
        raise NotImplementedError

    def refuse(self, refused: ValidationError) -> None:
        """Show what was refused: in a message, unless there is a form to show it in."""
        messages.error(self.request, told_at_once(refused))

    def show(self, conflict: ConflictError) -> None:
        """Show both values."""
        raise NotImplementedError


class AtCard(ResultAct):
    """Something done at one card."""

    def find(self, **kwargs: Any) -> None:
        """Find the card of the platform."""
        if kwargs["platform"] not in self.cards:
            raise Http404(_("This platform is not one that the division retains."))
        self.shown = self.cards[kwargs["platform"]]


class SaveCard(AtCard):
    """Saves the fields of a card."""

    def act(self) -> str:
        """Save them."""
        card = self.shown.card
        self.form = self.shown.form = CardForm(self.result, card, self.request.POST)
        self.form.is_valid()
        save_card(
            plan=self.plan,
            platform_id=card.pk,
            given=self.form.given(),
            seen=self.form.cleaned_data["seen"],
            user=reader_of(self.request),
        )
        messages.success(self.request, _("%(name)s is saved.") % {"name": card.name})
        return self.shown.place

    def refuse(self, refused: ValidationError) -> None:
        """Show it at the fields."""
        self.shown.seen = self.form.cleaned_data["seen"]
        self.form.show_refusal(refused)

    def show(self, conflict: ConflictError) -> None:
        """Show both values of each field; saving again saves mine."""
        self.shown.conflict = self.form.conflicts(conflict.fields)
        self.shown.seen = conflict.seen


class FoundBody(AtCard):
    """Founds a body that serves the card's platform."""

    def act(self) -> str:
        """Found it."""
        card = self.shown.card
        form = self.shown.found_form = FoundForm(card.pk, self.request.POST)
        form.is_valid()
        decision = found_body(
            plan=self.plan,
            platform_id=card.pk,
            name=form.cleaned_data["name"],
            uscc=form.cleaned_data["uscc"],
            user=reader_of(self.request),
        )
        told = _("%(body)s is founded by this plan. Its code is %(code)s.")
        messages.success(self.request, told % {"body": decision.body, "code": decision.body.code})
        return self.shown.place

    def refuse(self, refused: ValidationError) -> None:
        """Show it at the fields."""
        self.shown.found_form.show_refusal(refused)


class TakeBackBody(ResultAct):
    """Takes back a body that the plan founds."""

    def find(self, **kwargs: Any) -> None:
        """Take the body's key; one that the plan does not found is taken back already."""
        self.body_id = kwargs["body"]

    def act(self) -> str:
        """Take it back."""
        take_back(plan=self.plan, body_id=self.body_id, user=reader_of(self.request))
        messages.success(self.request, _("The body is taken back: this plan does not found it."))
        return "content"


class SetFate(ResultAct):
    """Decides what becomes of a body at no row."""

    def find(self, **kwargs: Any) -> None:
        """Find the body."""
        if kwargs["body"] not in self.bodies:
            raise Http404(_("This body is decided on at the row of its platform."))
        self.shown = self.bodies[kwargs["body"]]

    def act(self) -> str:
        """Decide it."""
        body = self.shown.body
        self.form = self.shown.form = FateForm(body, self.request.POST)
        self.form.is_valid()
        set_fate(
            plan=self.plan,
            body_id=body.body.pk,
            fate=self.form.cleaned_data["fate"],
            seen=self.form.cleaned_data["seen"],
            user=reader_of(self.request),
        )
        messages.success(self.request, _("%(name)s is saved.") % {"name": body.body.name})
        return "bodies-title"

    def refuse(self, refused: ValidationError) -> None:
        """Show it at the field."""
        self.shown.seen = self.form.cleaned_data["seen"]
        self.form.show_refusal(refused)

    def show(self, conflict: ConflictError) -> None:
        """Show both values; saving again saves mine."""
        self.shown.conflict = self.form.conflicts(conflict.fields)
        self.shown.seen = conflict.seen

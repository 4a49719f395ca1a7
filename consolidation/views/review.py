"""The acts on a plan's page: decide, give and answer opinions, begin, withdraw, take up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.models import Opinion
from consolidation.selectors.opinions import opinions_visible_to
from consolidation.services.opinions import answer_opinion, delete_opinion, write_opinion
from consolidation.services.seen import SAVE_AGAIN, ConflictError
from consolidation.services.versions import revise, start_plan
from consolidation.services.workflow import withdraw
from consolidation.transitions import TRANSITIONS
from consolidation.views.base import ProgrammePage
from consolidation.views.decision import ACTS
from consolidation.views.drafts import told_at_once
from consolidation.views.plans import PlanPage, Typed
from consolidation.views.reader import reader_of
from platforms_portal.access import Right, has_right

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class PlanPost(PlanPage):
    """An act on a plan, done by POST: back to its page, or the page again with what was refused.

    Whoever holds none of ``rights`` is refused before the plan is looked for.
    """

    http_method_names = ["post", "options"]
    rights: ClassVar[tuple[Right, ...]] = ()

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Refuse who lacks the right, then find the plan."""
        wanted = self.rights_wanted(**kwargs)
        if not any(has_right(request.user, right) for right in wanted):
            raise PermissionDenied(
                _("Your role does not have the right to “%(right)s”.") % {"right": wanted[0].label}
            )
        super().prepare(request, **{**kwargs, "pk": self.plan_key(**kwargs)})

    def plan_key(self, **kwargs: Any) -> int:
        """Return the key of the plan that the address means."""
        key: int = kwargs["pk"]
        return key

    def rights_wanted(self, **_kwargs: Any) -> tuple[Right, ...]:
        """Return the rights of which the reader needs one."""
        return self.rights

    def back(self, anchor: str = "") -> HttpResponseBase:
        """Go back to the plan's page."""
        page = reverse("plan", args=[self.programme.code, self.record.pk])
        return redirect(f"{page}#{anchor}" if anchor else page)

    def refused(self, problems: list[str], at: str = "") -> HttpResponseBase:
        """Show the page again with what was refused and typed, status 422.

        ``at`` is the place on the page where it is mended.
        """
        self.problems, self.problems_at = problems, at
        # As it is now: somebody else may have acted since it was found.
        self.record = get_object_or_404(self.records(), pk=self.record.pk)
        return self.render_to_response(self.get_context_data(), status=422)


class PlanAct(PlanPost):
    """A decision on a plan; ``action`` is one of the acts of ``ACTS``, anything else is 404."""

    def rights_wanted(self, **kwargs: Any) -> tuple[Right, ...]:
        """Return the right that the table asks for."""
        if kwargs["action"] not in ACTS:
            raise Http404(_("There is no such act."))
        return (TRANSITIONS[kwargs["action"]].right,)

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Decide."""
        act = ACTS[kwargs["action"]]
        form = act.form(request.POST)
        try:
            signed = form.sign(act.service, plan=self.record, user=self.reader)
        except ValidationError as refused:
            return self.refused(refused.messages)
        if signed:
            messages.success(request, str(act.done))
            return redirect("plan", self.programme.code, self.record.pk)
        self.bound = {kwargs["action"]: form}
        problems = [str(error) for errors in form.errors.values() for error in errors]
        # What the page shows now may leave no form to decide in; then there is no place to go to.
        at = form[form.said].id_for_label if form.has_error(form.said) else "decision"
        return self.refused(problems, at)


class WithdrawPlan(PlanPost):
    """Takes a plan back from the division's leader."""

    rights = (Right.EDIT_PLAN,)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Take it back."""
        try:
            withdraw(plan=self.record, user=self.reader)
        except ValidationError as refused:
            return self.refused(refused.messages)
        messages.success(request, _("The plan is a draft again."))
        return redirect("plan-edit", self.programme.code, self.record.pk)


class RevisePlan(PlanPost):
    """Takes a returned plan up again, as a new version."""

    rights = (Right.EDIT_PLAN,)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Take it up again, and open the draft."""
        try:
            draft = revise(plan=self.record, user=self.reader)
        except ValidationError as refused:
            return self.refused(refused.messages)
        messages.success(
            request, _("Version %(version)d is open as a draft.") % {"version": draft.version}
        )
        return redirect("plan-edit", self.programme.code, draft.pk)


class StartPlan(ProgrammePage):
    """Begins the plan of the official's division, and opens its draft."""

    http_method_names = ["post", "options"]
    right = Right.EDIT_PLAN
    section = "plans"

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Begin it; a draft that is open already is opened."""
        user = reader_of(request)
        if user.division is None:
            raise PermissionDenied(_("Only the division's own officials change its plan."))
        try:
            plan = start_plan(programme=self.programme, division=user.division, user=user)
        except ValidationError as refused:
            messages.error(request, told_at_once(refused))
            return redirect("plans", self.programme.code)
        return redirect("plan-edit", self.programme.code, plan.pk)


class WriteOpinion(PlanPost):
    """Writes an opinion on a row of a plan, or on the whole."""

    rights = (Right.REVIEW, Right.COUNTERSIGN)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Write it, and go back to its row."""
        given = {name: request.POST.get(name, "") for name in ("part", "subject", "subject_id")}
        key = given["subject_id"]
        subject = given["subject"] or Opinion.Subject.PLAN.value
        place = "-".join(part for part in (given["part"], subject, key) if part)
        text = request.POST.get("text", "")
        try:
            if key and not key.isdecimal():
                raise ValidationError({"subject": _("The plan has no such row.")})
            opinion = write_opinion(
                plan=self.record,
                user=self.reader,
                text=text,
                part=given["part"],
                subject=subject,
                subject_id=int(key) if key else None,
            )
        except ValidationError as refused:
            self.typed = Typed(place, text, refused.messages)
            return self.refused(refused.messages, f"text-{place}")
        return self.back(f"opinion-{opinion.pk}")


class OpinionPost(PlanPost):
    """An act on an opinion that the reader sees; ``pk`` in the address is the opinion's."""

    opinion: Opinion

    def plan_key(self, **kwargs: Any) -> int:
        """Find the opinion, and return the key of its plan."""
        self.opinion = get_object_or_404(opinions_visible_to(self.reader), pk=kwargs["pk"])
        return self.opinion.plan_id


class DeleteOpinion(OpinionPost):
    """Takes back an own opinion that was not sent."""

    rights = (Right.REVIEW, Right.COUNTERSIGN)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Delete it."""
        try:
            delete_opinion(opinion=self.opinion, user=self.reader)
        except ValidationError as refused:
            return self.refused(refused.messages)
        messages.success(request, _("The opinion is deleted."))
        return self.back()


class AnswerOpinion(OpinionPost):
    """Answers an opinion on a returned plan."""

    rights = (Right.EDIT_PLAN,)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Answer it, and go back to it."""
        answer, seen = request.POST.get("answer", ""), request.POST.get("seen", "")
        place = f"answer-{self.opinion.pk}"
        try:
            answer_opinion(opinion=self.opinion, user=self.reader, answer=answer, seen=seen)
        except ConflictError as conflict:
            errors = [SAVE_AGAIN % {"theirs": conflict.fields[0].theirs}]
            self.typed = Typed(place, answer, errors, conflict.seen)
            return self.refused(errors, place)
        except ValidationError as refused:
            self.typed = Typed(place, answer, refused.messages, seen)
            return self.refused(refused.messages, place)
        return self.back(f"opinion-{self.opinion.pk}")

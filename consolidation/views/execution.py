"""Carrying out a plan: the steps of its decisions, reported by the division, confirmed above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from consolidation.forms_execution import StepForm
from consolidation.selectors.ledger import plans_listed_for
from consolidation.selectors.stepping import (
    CARRIED_OUT_STATES,
    Decision,
    decisions_with_steps,
    plan_of_step,
    steps_in,
)
from consolidation.services.stepping import confirm_step, object_to_step, report_step, seen_of
from consolidation.views.base import ProgrammePage, asked_choice
from consolidation.views.drafts import errors_by_field, label_of, told_at_once
from consolidation.views.reader import reader_of
from platforms_portal.access import Right, has_right, rights_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from consolidation.models import ExecutionStep, MergePlan

DECISIONS_ON_A_PAGE = 30
"""Each brings two or three steps with four fields; Django takes at most 1,000 in one form."""

SHOWN = {
    "all": gettext_lazy("All steps"),
    "open": pgettext_lazy("steps", "Not confirmed"),
    "reported": gettext_lazy("Awaiting confirmation"),
    "late": gettext_lazy("Late"),
}
"""Which steps a reader can narrow the page to."""


@dataclass
class ShownStep:
    """A step with its form, or with what the commission may do."""

    step: ExecutionStep
    form: StepForm | None
    may_decide: bool
    may_attach: bool
    is_late: bool
    problem: str = ""
    reason: str = ""

    @property
    def seen(self) -> str:
        """The digest of what is shown."""
        return seen_of(self.step)


@dataclass
class ShownDecision:
    """A decision with those of its steps that the page shows."""

    decision: Decision
    steps: list[ShownStep]


class ExecutionPage(ProgrammePage):
    """The steps of one plan. Its division reports, the commission confirms; others read."""

    right: ClassVar[Right] = Right.VIEW_LEDGER
    section: ClassVar[str] = "plans"
    template_name = "consolidation/execution.html"

    plan: MergePlan

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read the plan too; one that is not approved has no steps to be carried out."""
        super().prepare(request, **kwargs)
        plans = plans_listed_for(reader_of(request), self.programme)
        self.plan = self.find_plan(plans, **kwargs)
        if self.plan.state not in CARRIED_OUT_STATES:
            raise Http404(_("Only an approved plan is carried out."))

    def find_plan(self, plans: Any, **kwargs: Any) -> MergePlan:
        """Return the plan that the address names, if the reader may see it."""
        found: MergePlan = get_object_or_404(plans, pk=kwargs["pk"])
        return found

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list of plans."""
        code = self.programme.code
        return [
            (_("Plans"), reverse("plans", args=[code])),
            (label_of(self.plan), reverse("plan", args=[code, self.plan.pk])),
            (_("Carrying out"), ""),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the decisions with their steps, and how many there are of each kind."""
        rights = rights_of(reader_of(self.request))
        show = asked_choice("show", self.request.GET.get("show", "all"), list(SHOWN))
        decisions = [
            decision
            for decision in decisions_with_steps(self.plan)
            if decision.kind != "body" or Right.VIEW_BODIES in rights
        ]
        steps = [step for decision in decisions for step in decision.steps]
        numbers = {name: sum(self._shows(name, step) for step in steps) for name in SHOWN}
        wanted = [
            (decision, own)
            for decision in decisions
            if (own := [step for step in decision.steps if self._shows(show, step)])
        ]
        page = Paginator(wanted, DECISIONS_ON_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            plan=self.plan,
            label=label_of(self.plan),
            show=show,
            tabs=[(name, label, numbers[name]) for name, label in SHOWN.items()],
            page_obj=page,
            decisions=[
                ShownDecision(decision, [self._shown(step, decision) for step in own])
                for decision, own in page.object_list
            ],
            may_report=self._may(Right.EDIT_PLAN),
            rests_on_placeholders=any(
                step.is_placeholder for _decision, own in page.object_list for step in own
            ),
            **kwargs,
        )

    def _may(self, right: Right) -> bool:
        return has_right(self.request.user, right)

    def _is_late(self, step: ExecutionStep) -> bool:
        day = self.programme.opens_as_of
        return step.carried_out_on is None and step.planned_on is not None and step.planned_on < day

    def _shows(self, show: str, step: ExecutionStep) -> bool:
        if show == "all":
            return True
        if step.confirmed_on is not None:
            return False
        return {
            "open": True,
            "reported": step.carried_out_on is not None,
            "late": self._is_late(step),
        }[show]

    def _shown(self, step: ExecutionStep, decision: Decision) -> ShownStep:
        refused: ShownStep | None = getattr(self, "refused", None)
        if refused is not None and refused.step.pk == step.pk:
            refused.step = step
            return refused
        return self.shown_step(step, f"{decision.subject} · {step.title}")

    def shown_step(self, step: ExecutionStep, label: str) -> ShownStep:
        """Return a step as it is stored, with the form that the reader may fill in."""
        is_open = step.confirmed_on is None
        form = None
        if is_open and self._may(Right.EDIT_PLAN):
            initial = {
                "planned_on": step.planned_on,
                "carried_out_on": step.carried_out_on,
                "document_number": step.document_number,
                "seen": seen_of(step),
            }
            form = StepForm(initial=initial, prefix=f"s{step.pk}", label=label)
        return ShownStep(
            step,
            form,
            may_decide=is_open and step.carried_out_on is not None and self._may(Right.REVIEW),
            may_attach=is_open and self._may(Right.EDIT_PLAN),
            is_late=self._is_late(step),
        )


class StepAct(ExecutionPage):
    """Something done to one step: by POST, and back to it."""

    http_method_names = ["post", "options"]

    step: ExecutionStep

    def find_plan(self, plans: Any, **kwargs: Any) -> MergePlan:
        """Return the plan of the step that the address names."""
        self.step = get_object_or_404(steps_in(self.scope, self.programme), pk=kwargs["step"])
        found: MergePlan = get_object_or_404(plans, pk=plan_of_step(self.step).pk)
        return found

    def back(self, told: str) -> HttpResponseBase:
        """Tell what was done, and go back to the step."""
        messages.success(self.request, told)
        place = reverse("plan-execution", args=[self.programme.code, self.plan.pk])
        return redirect(f"{place}#step-{self.step.pk}")

    def show_refused(self, shown: ShownStep) -> HttpResponseBase:
        """Show the page again, with what was typed and why it was refused."""
        self.refused = shown
        return self.render_to_response(self.get_context_data(), status=422)


class ReportStep(StepAct):
    """The division reports a step."""

    right: ClassVar[Right] = Right.EDIT_PLAN

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Save what was reported."""
        sent = request.POST.copy()
        form = StepForm(sent, prefix=f"s{self.step.pk}", label=self.step.title)
        if form.is_valid():
            try:
                report_step(step=self.step, user=reader_of(request), **form.cleaned_data)
            except ValidationError as refused:
                for name, told in errors_by_field(refused).items():
                    form.add_error(name if name in form.fields else None, told)
            else:
                return self.back(_("The step is saved."))
        shown = self.shown_step(self.step, self.step.title)
        # Whoever reads what a colleague has saved may then save over it, knowing it.
        sent[f"s{self.step.pk}-seen"] = seen_of(self.step)
        shown.form = form
        return self.show_refused(shown)


class ConfirmStep(StepAct):
    """The commission confirms a step."""

    right: ClassVar[Right] = Right.REVIEW

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Confirm it."""
        try:
            confirm_step(
                step=self.step, user=reader_of(request), seen=str(request.POST.get("seen", ""))
            )
        except ValidationError as refused:
            shown = self.shown_step(self.step, self.step.title)
            shown.problem = told_at_once(refused)
            return self.show_refused(shown)
        return self.back(_("The step is confirmed and counts."))


class ObjectToStep(StepAct):
    """The commission does not confirm a step as it was reported."""

    right: ClassVar[Right] = Right.REVIEW

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Send it back with a reason."""
        reason = str(request.POST.get("reason", ""))
        try:
            object_to_step(
                step=self.step,
                user=reader_of(request),
                seen=str(request.POST.get("seen", "")),
                reason=reason,
            )
        except ValidationError as refused:
            shown = self.shown_step(self.step, self.step.title)
            shown.problem, shown.reason = told_at_once(refused), reason
            return self.show_refused(shown)
        return self.back(_("The step is sent back to the division."))

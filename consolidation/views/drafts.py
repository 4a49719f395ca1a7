"""What the pages share on which a division's officials work at their plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.checks.base import Scope as Owner
from consolidation.selectors.plans import plans_of_official
from consolidation.transitions import may_edit
from consolidation.views.base import ProgrammePage
from consolidation.views.reader import reader_of
from platforms_portal.access import Right

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from consolidation.models import MergePlan


def label_of(plan: MergePlan) -> str:
    """Return the name of a plan: its owner, its version, and the variant where it is one."""
    name = _("%(owner)s, version %(version)d") % {
        "owner": Owner(plan.division).label,
        "version": plan.version,
    }
    if plan.variant:
        return _("%(plan)s, variant “%(variant)s”") % {"plan": name, "variant": plan.variant}
    return name


def told_at_once(refused: ValidationError) -> str:
    """Return everything that a service refused, as one text for a message."""
    return " ".join(refused.messages)


def errors_by_field(refused: ValidationError) -> dict[str, list[str]]:
    """Return the messages of a refusal by field; those of none under ``__all__``."""
    if hasattr(refused, "error_dict"):
        return dict(refused.message_dict)
    return {NON_FIELD_ERRORS: list(refused.messages)}


class OwnPlanPage(ProgrammePage):
    """A page of one plan of the official's own division; another division's is not found (404).

    Sets ``plan``. The address holds the programme's ``code`` and the plan's ``pk``.
    """

    right: ClassVar[Right] = Right.EDIT_PLAN
    section: ClassVar[str] = "plans"

    plan: MergePlan

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read the plan too."""
        super().prepare(request, **kwargs)
        plans = plans_of_official(self.scope, self.programme)
        self.plan = get_object_or_404(plans, pk=kwargs["pk"])

    @property
    def label(self) -> str:
        """The name of the plan."""
        return label_of(self.plan)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list of plans."""
        code = self.programme.code
        return [
            (_("Plans"), reverse("plans", args=[code])),
            (
                self.label,
                reverse("plan", args=[code, self.plan.pk]) if not self.plan.variant else "",
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the plan, its name, and the steps of the way through it."""
        return super().get_context_data(
            plan=self.plan, label=self.label, plan_steps=self.steps(), **kwargs
        )

    def steps(self) -> list[tuple[str, str, bool]]:
        """Return the pages of a draft in their order: label, address, whether it is this one."""
        args = [self.programme.code, self.plan.pk]
        here = self.request.resolver_match.url_name if self.request.resolver_match else ""
        pages = [
            ("plan-edit", _("Decide")),
            ("plan-result", _("Result")),
            ("plan-staff", _("Staff")),
            ("plan-variants", _("Variants")),
        ]
        if not self.plan.variant:
            pages.append(("plan-submit", _("Check and submit")))
        return [(label, reverse(name, args=args), name == here) for name, label in pages]


class DraftPage(OwnPlanPage):
    """A page on which a draft is changed; a plan on its way is shown instead, with a word why."""

    def get(self, _request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page, or the plan where nothing can be changed."""
        if not may_edit(self.plan, reader_of(self.request)):
            messages.info(
                self.request,
                _("The plan is “%(state)s”, so nothing of it can be changed.")
                % {"state": self.plan.get_state_display()},
            )
            return redirect("plan", self.programme.code, self.plan.pk)
        return super().get(self.request, *args, **kwargs)

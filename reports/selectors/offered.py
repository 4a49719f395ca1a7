"""Which forms and documents a reader is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Scope as Owner
from consolidation.models import MergePlan
from consolidation.selectors.ledger import plans_listed_for
from platforms_portal.access import Right, rights_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.models import Programme

APPROVED = (MergePlan.State.APPROVED, MergePlan.State.IN_EXECUTION, MergePlan.State.COMPLETED)


class Form(NamedTuple):
    """A form: the name of its address, its title, what it holds, the right that it needs."""

    url_name: str
    title: StrOrPromise
    explanation: StrOrPromise
    right: Right


FORMS = (
    Form(
        "form-summary",
        _("Summary of the consolidation"),
        _(
            "One row a division: platforms, bodies, plates, posts and staff before and after, with the"
            " quota. Sums are live formulas."
        ),
        Right.VIEW_CITY,
    ),
    Form(
        "form-platforms",
        _("Platforms before and after"),
        _("Each platform with its disposition, grouped by what it goes into; as the plans say."),
        Right.VIEW_LEDGER,
    ),
    Form(
        "form-bodies",
        _("Bodies and posts before and after"),
        _("Each management body with rank, posts and departments; as the plans say."),
        Right.VIEW_BODIES,
    ),
)


class OfferedPlan(NamedTuple):
    """The newest version of an owner's plan, and whether there is a reply to it."""

    owner: StrOrPromise
    plan: MergePlan
    has_reply: bool


def has_reply(plan: MergePlan) -> bool:
    """Whether the commission approved ``plan``, so that there is a 批复."""
    return plan.state in APPROVED


def forms_for(user: User) -> list[Form]:
    """Return the forms that ``user`` may take."""
    rights = rights_of(user)
    return [form for form in FORMS if form.right in rights]


def plans_offered(user: User, programme: Programme) -> list[OfferedPlan]:
    """Return the newest version of each owner's plan that ``user`` sees, in one query."""
    plans = plans_listed_for(user, programme).order_by("division_id", "version")
    newest = {plan.division_id: plan for plan in plans}
    return [
        OfferedPlan(Owner(plan.division).label, plan, has_reply(plan))
        for plan in sorted(newest.values(), key=lambda plan: plan.division.code)
    ]

"""What a reader may decide on a plan now: the box “Your decision” and the acts behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.forms_review import LeaderReturnForm, ReturnForm, SignForm
from consolidation.models import Signature
from consolidation.selectors.signing import part_of, parts_left, parts_signed
from consolidation.services.workflow import (
    approve,
    countersign,
    leader_approve,
    leader_return,
    return_plan,
)
from consolidation.transitions import allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.forms_review import SigningForm
    from consolidation.models import MergePlan, Opinion
    from consolidation.services.workflow import Seen

Action = Signature.Action


class Act(NamedTuple):
    """An act on a plan: its service, the form that it needs, its button, and what is told after."""

    service: Callable[..., MergePlan]
    form: type[SigningForm]
    label: StrOrPromise
    done: StrOrPromise


ACTS: dict[str, Act] = {
    Action.LEADER_APPROVE: Act(
        leader_approve,
        SignForm,
        gettext_lazy("Approve and send to the commission"),
        gettext_lazy("You approved the plan. It is with the commission now."),
    ),
    Action.COUNTERSIGN: Act(
        countersign,
        SignForm,
        gettext_lazy("Countersign"),
        gettext_lazy("You countersigned your department's part."),
    ),
    Action.APPROVE: Act(
        approve,
        SignForm,
        gettext_lazy("Approve the plan"),
        gettext_lazy("You approved the plan. What it says is fixed from now on."),
    ),
    Action.LEADER_RETURN: Act(
        leader_return,
        LeaderReturnForm,
        gettext_lazy("Send back to the officials"),
        gettext_lazy("The plan is back with your officials."),
    ),
    Action.COUNTERSIGNER_RETURN: Act(
        return_plan,
        ReturnForm,
        gettext_lazy("Return the plan"),
        gettext_lazy("The plan was returned to the division, with the opinions written on it."),
    ),
    Action.RETURN: Act(
        return_plan,
        ReturnForm,
        gettext_lazy("Return the plan"),
        gettext_lazy("The plan was returned to the division, with the opinions written on it."),
    ),
}
"""The acts of those who decide on a plan. Submitting, withdrawing and revising have own pages."""


@dataclass(frozen=True)
class Choice:
    """One act as the box offers it."""

    action: str
    label: StrOrPromise
    form: SigningForm


@dataclass(frozen=True)
class Decision:
    """The box: how the reader consents, how it returns the plan, and why it cannot consent yet."""

    consent: Choice | None
    refusal: Choice | None
    notes: list[str]

    @classmethod
    def of(
        cls,
        plan: MergePlan,
        user: User,
        seen: Seen,
        *,
        opinions: list[Opinion],
        bound: Mapping[str, SigningForm],
    ) -> Decision | None:
        """Return what ``user`` may decide on ``plan``, shown as ``seen``; ``None`` if nothing.

        ``opinions`` are those that the user sees, ``bound`` the forms that were refused.
        """
        open_acts = [action for action in ACTS if allowed(plan, action, user)]
        if not open_acts:
            return None
        notes = _in_the_way(plan, user, open_acts, opinions)

        def choice(form: type[SigningForm], *, is_open: bool = True) -> Choice | None:
            action = next((name for name in open_acts if issubclass(ACTS[name].form, form)), None)
            if action is None or not is_open:
                return None
            refused = bound.get(action)
            shown = refused.shown_again(seen) if refused else ACTS[action].form.showing(seen)
            return Choice(action, ACTS[action].label, shown)

        return cls(choice(SignForm, is_open=not notes), choice(ReturnForm), notes)


def _in_the_way(
    plan: MergePlan, user: User, open_acts: list[str], opinions: list[Opinion]
) -> list[str]:
    """Return why the reader cannot consent, as the service would say it."""
    notes = []
    if Action.COUNTERSIGN in open_acts and part_of(user) in parts_signed(plan):
        notes.append(_("Your part has been countersigned already."))
    if Action.APPROVE in open_acts and (left := parts_left(plan)):
        parts = "、".join(str(part.label) for part in left)
        notes.append(_("Not countersigned yet: %(parts)s.") % {"parts": parts})
    if any(not opinion.is_sent for opinion in opinions):
        notes.append(
            _(
                "Your side has written opinions that are not sent. Return the plan with them, or delete them."
            )
        )
    return notes

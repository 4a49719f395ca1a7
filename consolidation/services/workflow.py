"""The acts on a plan: submit, approve, countersign, return. The table is ``transitions``.

Each act locks the plan, checks the table, compares what the signer was shown with what is there,
writes state, signature and history in one transaction, and tells whoever comes next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.models import MergePlan, Notice, Opinion, Signature
from consolidation.selectors.document import content_digest, ledger_digest
from consolidation.selectors.opinions import side_of
from consolidation.selectors.readiness import Readiness
from consolidation.selectors.signing import part_of, parts_left, parts_signed
from consolidation.services.execution import prepare_steps
from consolidation.services.notices import (
    countersigners,
    leaders_of,
    notify,
    officials_of,
    reviewers,
)
from consolidation.services.retained import adopt_arrangements
from consolidation.transitions import TRANSITIONS, allowed, entitled
from platforms_portal.access import rights_of
from platforms_portal.history import save_recorded
from platforms_portal.words import labelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User

State = MergePlan.State
Action = Signature.Action


@dataclass(frozen=True)
class Seen:
    """The digests of what a signer was shown: of the plan, and of the ledger that it rests on."""

    content: str
    ledger: str

    @classmethod
    def by(cls, user: User, plan: MergePlan) -> Seen:
        """Return the digests of ``plan`` as it is now, of the parts that ``user`` may see."""
        return cls(content_digest(plan, rights_of(user)), ledger_digest(plan))


def submit(*, plan: MergePlan, user: User, seen: Seen, comment: str = "") -> MergePlan:
    """Submit a draft: to the division's leader where the programme asks for it, else at once.

    Returns the plan as saved. Raises ``PermissionDenied`` for users who may not, and
    ``ValidationError`` where the state does not allow it, where the plan or its ledger are no
    longer what was shown, and where a breach neither is mended nor carries a reason. 方案(十三).
    """
    with transaction.atomic():
        locked = _begin(plan, Action.SUBMIT, user, seen)
        _refuse_open_breaches(locked)
        to_leader = locked.programme.leader_approves
        locked.return_reason = ""
        if to_leader:
            locked.state = State.LEADER_REVIEW
        else:
            _goes_up(locked)
        _finish(locked, Action.SUBMIT, user, seen, comment=comment)
        if to_leader:
            _tell(locked, leaders_of(locked.division_id), Notice.Kind.TO_LEADER, user)
        else:
            _tell_those_who_review(locked, user)
    return locked


def withdraw(*, plan: MergePlan, user: User) -> MergePlan:
    """Take a plan back from the division's leader. Raises as ``submit``."""
    return _back_to_draft(plan, Action.WITHDRAW, user, "")


def leader_approve(*, plan: MergePlan, user: User, seen: Seen, comment: str = "") -> MergePlan:
    """Let the division's leader approve, so that the plan goes to the commission.

    Raises as ``submit``.
    """
    with transaction.atomic():
        locked = _begin(plan, Action.LEADER_APPROVE, user, seen)
        _refuse_open_breaches(locked)
        _goes_up(locked)
        _finish(locked, Action.LEADER_APPROVE, user, seen, comment=comment)
        _tell_those_who_review(locked, user)
    return locked


def leader_return(*, plan: MergePlan, user: User, seen: Seen, reason: str) -> MergePlan:
    """Let the division's leader send the plan back to its officials, with a reason.

    Raises as ``submit``; also without a reason.
    """
    return _back_to_draft(plan, Action.LEADER_RETURN, user, _given(reason), seen)


def countersign(*, plan: MergePlan, user: User, seen: Seen, comment: str = "") -> MergePlan:
    """Sign the part of the user's department; the last part lets the plan go on to approval.

    Raises as ``submit``; also where the part has been signed already, or where the department
    has opinions that it has not sent.
    """
    with transaction.atomic():
        locked = _begin(plan, Action.COUNTERSIGN, user, seen)
        part = part_of(user)
        if part is None:
            raise PermissionDenied(_("Your department signs no part of this plan."))
        if part in parts_signed(locked):
            raise ValidationError(_("This part has been countersigned already."))
        _refuse_unsent_opinions(locked, user)
        left = [other for other in parts_left(locked) if other != part]
        if not left:
            locked.state = State.COUNTERSIGNED
        _finish(locked, Action.COUNTERSIGN, user, seen, comment=comment, part=part)
        if not left:
            _tell(locked, reviewers(), Notice.Kind.COUNTERSIGNED, user)
    return locked


def approve(*, plan: MergePlan, user: User, seen: Seen, comment: str = "") -> MergePlan:
    """Approve a plan that every department has countersigned; its content is frozen from then on.

    What it arranges for retained platforms goes into their list, and every decision gets the
    steps that the programme asks for. Raises as ``submit``; also where a part is not
    countersigned, or where the reviewer has opinions that were not sent.
    """
    with transaction.atomic():
        locked = _begin(plan, Action.APPROVE, user, seen)
        left = parts_left(locked)
        if left:
            raise ValidationError(
                _("Not countersigned yet: %(parts)s.")
                % {"parts": "、".join(str(part.label) for part in left)}
            )
        _refuse_unsent_opinions(locked, user)
        locked.state = State.APPROVED
        locked.decided_on = locked.programme.opens_as_of
        _finish(locked, Action.APPROVE, user, seen, comment=comment)
        adopt_arrangements(plan=locked, user=user)
        prepare_steps(plan=locked, user=user)
        _tell(locked, officials_of(locked.division_id), Notice.Kind.APPROVED, user, comment)
    return locked


def return_plan(*, plan: MergePlan, user: User, seen: Seen, reason: str) -> MergePlan:
    """Return a plan to its division with a reason and the opinions on its rows.

    The commission returns it, or a department for its part. Raises as ``submit``; also without a
    reason. Every opinion written on this version is sent with it, whoever wrote it.
    """
    why = _given(reason)
    part = part_of(user)
    action = Action.RETURN if part is None else Action.COUNTERSIGNER_RETURN
    with transaction.atomic():
        locked = _begin(plan, action, user, seen)
        locked.state = State.RETURNED
        locked.decided_on = locked.programme.opens_as_of
        locked.return_reason = why
        _finish(locked, action, user, seen, comment=why, part=part or "")
        _send_opinions(locked, action, user)
        _tell(locked, officials_of(locked.division_id), Notice.Kind.RETURNED, user, why)
    return locked


# --- What the acts share --------------------------------------------------------------------------


def _begin(plan: MergePlan, action: str, user: User, seen: Seen | None) -> MergePlan:
    """Lock the plan and refuse whoever may not, whenever it may not, and what was not shown."""
    locked = (
        MergePlan.objects.select_for_update(of=("self",))
        .select_related("programme", "division")
        .get(pk=plan.pk)
    )
    if not entitled(locked, TRANSITIONS[action].right, user):
        raise PermissionDenied(_("You may not do this to this plan."))
    if not allowed(locked, action, user):
        raise ValidationError(
            _("The plan is now “%(state)s”: this can no longer be done. Reload the page.")
            % {"state": locked.get_state_display()},
            code="state",
        )
    if seen is not None:
        _refuse_what_moved(locked, user, seen)
    return locked


def _refuse_what_moved(plan: MergePlan, user: User, seen: Seen) -> None:
    now = Seen.by(user, plan)
    problems = []
    if now.content != seen.content:
        problems.append(_("The plan has changed since you opened this page."))
    if now.ledger != seen.ledger:
        problems.append(_("The ledger has changed since you opened this page."))
    if problems:
        problems.append(_("Nothing was signed. Read the plan again as it stands now, then sign."))
        raise ValidationError(" ".join(problems), code="moved")


def _refuse_open_breaches(plan: MergePlan) -> None:
    still_open = Readiness(plan).open
    if still_open:
        raise ValidationError(
            [
                ValidationError(labelled(found.finding.rule, found.finding.message), code="breach")
                for found in still_open
            ]
        )


def _refuse_unsent_opinions(plan: MergePlan, user: User) -> None:
    # A colleague's too: signed, they would be lost on the way.
    if Opinion.objects.filter(side_of(user), plan=plan, is_sent=False).exists():
        raise ValidationError(
            _(
                "Your side has written opinions that are not sent. Return the plan with them, or delete them."
            )
        )


def _goes_up(plan: MergePlan) -> None:
    plan.state = State.SUBMITTED
    plan.submitted_on = plan.programme.opens_as_of
    if plan.first_submitted_on is None and not _was_handed_in_before(plan):
        plan.first_submitted_on = plan.submitted_on


def _was_handed_in_before(plan: MergePlan) -> bool:
    """Whether an earlier version went up: without a day, its day is not known and stays so."""
    earlier = MergePlan.objects.filter(
        programme=plan.programme_id, division=plan.division_id, version__lt=plan.version
    )
    return earlier.exclude(state__in=MergePlan.INTERNAL_STATES).exists()


def _back_to_draft(
    plan: MergePlan, action: str, user: User, reason: str, seen: Seen | None = None
) -> MergePlan:
    with transaction.atomic():
        locked = _begin(plan, action, user, seen)
        locked.state = State.DRAFT
        locked.return_reason = reason
        _finish(locked, action, user, seen or Seen.by(user, locked), comment=reason)
        if action == Action.LEADER_RETURN:
            told = officials_of(locked.division_id)
            _tell(locked, told, Notice.Kind.LEADER_RETURNED, user, reason)
    return locked


def _given(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise ValidationError({"reason": _("Give a reason.")})
    return text


def _finish(
    plan: MergePlan, action: str, user: User, seen: Seen, *, comment: str = "", part: str = ""
) -> None:
    """Save the plan and the signature, each with its row of history."""
    why = str(Action(action).label)
    for record in (plan, _signature(plan, action, user, seen, comment.strip(), part)):
        save_recorded(record, user=user, reason=why)


def _signature(
    plan: MergePlan, action: str, user: User, seen: Seen, comment: str, part: str
) -> Signature:
    return Signature(
        plan=plan,
        action=action,
        part=part,
        user=user,
        signer=str(user),
        role=user.role,
        department=user.department,
        day=plan.programme.opens_as_of,
        content_digest=seen.content,
        ledger_digest=seen.ledger,
        comment=comment,
    )


def _send_opinions(plan: MergePlan, action: str, user: User) -> None:
    # Those of other sides too: kept back, the division would mend the plan without knowing them.
    unsent = Opinion.objects.filter(plan=plan, is_sent=False)
    for opinion in unsent.select_for_update(of=("self",)):
        opinion.is_sent = True
        save_recorded(opinion, user=user, reason=str(Action(action).label))


def _tell(
    plan: MergePlan, users: Iterable[User], kind: Notice.Kind, actor: User, why: str = ""
) -> None:
    notify(
        users=users,
        kind=kind,
        programme=plan.programme,
        plan=plan,
        url=reverse("plan", args=[plan.programme.code, plan.pk]),
        actor=actor,
        detail=labelled(plan.division, why) if why else str(plan.division),
    )


def _tell_those_who_review(plan: MergePlan, actor: User) -> None:
    told = [*reviewers(), *countersigners(plan.programme)]
    _tell(plan, told, Notice.Kind.SUBMITTED, actor)

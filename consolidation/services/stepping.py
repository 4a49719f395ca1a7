"""Carrying out: a division reports a step with its evidence, the commission confirms or objects.

Only confirmed steps count in the actual state. A decision says by itself when its last step was
confirmed, and a plan when its last decision was.
"""

from __future__ import annotations

import datetime
import hashlib
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.models import ExecutionStep, MergePlan, Notice, Signature
from consolidation.selectors.stepping import CARRIED_OUT_STATES, is_all_confirmed, plan_of_step
from consolidation.services.execution import settle
from consolidation.services.notices import notify, officials_of, reviewers
from consolidation.services.seen import MEANWHILE
from consolidation.transitions import TRANSITIONS
from platforms_portal.access import Right, has_right, scope_of
from platforms_portal.history import save_recorded
from platforms_portal.words import labelled

if TYPE_CHECKING:
    from accounts.models import User

Action = Signature.Action


def seen_of(step: ExecutionStep) -> str:
    """Return the digest of what a form shows of ``step``, to be sent back with it."""
    shown = (
        step.planned_on,
        step.carried_out_on,
        step.document_number,
        step.confirmed_on,
        step.objection,
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def report_step(
    *,
    step: ExecutionStep,
    user: User,
    planned_on: datetime.date | None,
    carried_out_on: datetime.date | None,
    document_number: str,
    seen: str,
) -> ExecutionStep:
    """Report when a step is planned for, when it was carried out, and by which document.

    Returns the step as saved; reporting the same again does nothing. Raises ``PermissionDenied``
    for users who may not, and ``ValidationError`` with every error by its field: a day to come or
    before the baseline, a step carried out without a document, one that is confirmed already, one
    that somebody else changed since it was shown. 方案(十三).
    """
    document = document_number.strip()
    with transaction.atomic():
        locked, plan = _begin(step, user, Right.EDIT_PLAN)
        given = (planned_on, carried_out_on, document)
        if given == (locked.planned_on, locked.carried_out_on, locked.document_number):
            return locked
        _refuse(_problems_of_report(locked, plan, carried_out_on, document, seen))
        locked.planned_on, locked.carried_out_on = planned_on, carried_out_on
        locked.document_number = document
        locked.objection = ""
        locked.is_placeholder = False
        save_recorded(locked, user=user, reason=_("Step reported"))
        if carried_out_on is not None:
            _begin_execution(plan, user)
            _tell(locked, plan, reviewers(), Notice.Kind.STEP_REPORTED, user)
    return locked


def confirm_step(*, step: ExecutionStep, user: User, seen: str) -> ExecutionStep:
    """Confirm a step that was reported carried out; from the programme's day on it counts.

    The last step of a decision confirms the decision, the last decision completes the plan.
    Returns the step as saved; confirming twice does nothing. Raises as ``report_step``.
    """
    with transaction.atomic():
        locked, plan = _begin(step, user, Right.REVIEW)
        if locked.confirmed_on is not None:
            return locked
        problems = _what_moved(locked, seen)
        if locked.carried_out_on is None:
            problems = {"__all__": _("Only a step that was carried out can be confirmed.")}
        _refuse(problems)
        locked.confirmed_on = plan.programme.opens_as_of
        locked.objection = ""
        save_recorded(locked, user=user, reason=_("Step confirmed"))
        _settle(locked, user)
        _complete(plan, user)
        _tell(locked, plan, officials_of(plan.division_id), Notice.Kind.STEP_CONFIRMED, user)
    return locked


def object_to_step(*, step: ExecutionStep, user: User, seen: str, reason: str) -> ExecutionStep:
    """Refuse to confirm a step as it was reported, with a reason; the division reports it anew.

    Raises as ``report_step``; also without a reason.
    """
    why = reason.strip()
    with transaction.atomic():
        locked, plan = _begin(step, user, Right.REVIEW)
        problems = _what_moved(locked, seen)
        if not why:
            problems["reason"] = _("Give a reason.")
        if locked.confirmed_on is not None or locked.carried_out_on is None:
            problems["__all__"] = _("This step does not await a confirmation.")
        _refuse(problems)
        locked.carried_out_on = None
        locked.objection = why
        save_recorded(locked, user=user, reason=why)
        told = officials_of(plan.division_id)
        _tell(locked, plan, told, Notice.Kind.STEP_OBJECTED, user, why)
    return locked


# --- What they share ------------------------------------------------------------------------------


def _begin(step: ExecutionStep, user: User, right: Right) -> tuple[ExecutionStep, MergePlan]:
    # The plan first, as everywhere, so that no two acts wait for each other.
    plan_id = plan_of_step(step).pk
    plan = (
        MergePlan.objects.select_for_update(of=("self",))
        .select_related("programme", "division")
        .get(pk=plan_id)
    )
    if not has_right(user, right) or not scope_of(user).covers(plan.division_id):
        raise PermissionDenied(_("You may not do this to this step."))
    if plan.state not in CARRIED_OUT_STATES:
        raise ValidationError(
            _("The plan is “%(state)s”: only an approved plan is carried out.")
            % {"state": plan.get_state_display()},
            code="state",
        )
    locked = ExecutionStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
    return locked, plan


def _problems_of_report(
    step: ExecutionStep,
    plan: MergePlan,
    carried_out_on: datetime.date | None,
    document: str,
    seen: str,
) -> dict[str, str]:
    problems = _what_moved(step, seen)
    if step.confirmed_on is not None:
        problems["__all__"] = _("This step is confirmed and stays as it is.")
    if carried_out_on is not None:
        if carried_out_on > plan.programme.opens_as_of:
            problems["carried_out_on"] = _("This day is still to come (today is %(day)s).") % {
                "day": plan.programme.opens_as_of.isoformat()
            }
        elif carried_out_on < plan.programme.baseline_date:
            problems["carried_out_on"] = _("This day is before the baseline date (%(day)s).") % {
                "day": plan.programme.baseline_date.isoformat()
            }
        if not document:
            problems["document_number"] = _("Give the number of the document that proves it.")
    longest = ExecutionStep._meta.get_field("document_number").max_length  # noqa: SLF001 - documented by Django
    if longest is not None and len(document) > longest:
        problems["document_number"] = _("Write at most %(n)d characters.") % {"n": longest}
    return problems


def _what_moved(step: ExecutionStep, seen: str) -> dict[str, str]:
    if seen == seen_of(step):
        return {}
    return {
        "__all__": str(MEANWHILE)
        + _(
            " It now says: planned for %(planned)s, carried out on %(done)s, document “%(document)s”."
        )
        % {
            "planned": step.planned_on or "—",
            "done": step.carried_out_on or "—",
            "document": step.document_number or "—",
        }
    }


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise ValidationError({name: [problem] for name, problem in problems.items()})


def _begin_execution(plan: MergePlan, user: User) -> None:
    if plan.state in TRANSITIONS[Action.REPORT].sources:
        plan.state = MergePlan.State.IN_EXECUTION
        save_recorded(plan, user=user, reason=str(Action.REPORT.label))


def _settle(step: ExecutionStep, user: User) -> None:
    subject = step.disposition or step.body_disposition or step.retained
    if subject is not None:
        settle(subject, actor=user.get_username(), reason=_("Step confirmed"), user=user)


def _complete(plan: MergePlan, user: User) -> None:
    if plan.state in TRANSITIONS[Action.COMPLETE].sources and is_all_confirmed(plan):
        plan.state = MergePlan.State.COMPLETED
        plan.completed_on = plan.programme.opens_as_of
        save_recorded(plan, user=user, reason=str(Action.COMPLETE.label))
        _notify(plan, officials_of(plan.division_id), Notice.Kind.COMPLETED, user, "")


def _tell(
    step: ExecutionStep,
    plan: MergePlan,
    users: list[User],
    kind: Notice.Kind,
    actor: User,
    why: str = "",
) -> None:
    done = f"{step.disposition or step.body_disposition or step.retained} · {step.title}"
    _notify(plan, users, kind, actor, labelled(done, why) if why else done)


def _notify(
    plan: MergePlan, users: list[User], kind: Notice.Kind, actor: User, detail: str
) -> None:
    notify(
        users=users,
        kind=kind,
        programme=plan.programme,
        plan=plan,
        url=reverse("plan-execution", args=[plan.programme.code, plan.pk]),
        actor=actor,
        detail=labelled(plan.division, detail) if detail else str(plan.division),
    )

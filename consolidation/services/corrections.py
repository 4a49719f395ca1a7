"""Corrections of the ledger: the commission answers, and only then the ledger changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consolidation.models import Correction, Notice
from consolidation.services.confirming import carry_out
from consolidation.services.notices import notify
from platforms_portal.access import Right, has_right, scope_of
from platforms_portal.history import save_recorded
from platforms_portal.words import labelled

if TYPE_CHECKING:
    from accounts.models import User


def withdraw_correction(*, correction: Correction, user: User) -> Correction:
    """Withdraw a request that is not answered yet; one that is withdrawn is left as it is.

    Raises ``PermissionDenied`` for all but the division's officials, and ``ValidationError``
    where the commission has answered.
    """
    only_its_officials(user, correction.division_id)
    with transaction.atomic():
        locked = _locked(correction)
        if locked.state != Correction.State.WITHDRAWN:
            _only_open(locked)
            _decide(locked, Correction.State.WITHDRAWN, user, "")
        return locked


def confirm_correction(*, correction: Correction, answer: str, user: User) -> Correction:
    """Confirm a request, and write exactly what it asks for to the ledger, all at once.

    Raises ``PermissionDenied`` for all but the commission, and ``ValidationError`` where it is
    answered already, the record is no longer what it was when the request was made, or it would
    not be valid. Confirming twice changes nothing more.
    """
    _only_the_commission(user)
    with transaction.atomic():
        locked = _locked(correction)
        if _answered_so(locked, Correction.State.CONFIRMED, user):
            return locked
        _only_open(locked)
        key = carry_out(locked, user)
        if locked.subject_id is None:
            locked.subject_id = key
        _decide(locked, Correction.State.CONFIRMED, user, answer)
        _tell_requester(locked, user)
        return locked


def refuse_correction(*, correction: Correction, answer: str, user: User) -> Correction:
    """Refuse a request, and say why in ``answer``; the ledger stays as it is.

    Raises as ``confirm_correction``; also without a word why.
    """
    _only_the_commission(user)
    with transaction.atomic():
        locked = _locked(correction)
        if _answered_so(locked, Correction.State.REFUSED, user):
            return locked
        _only_open(locked)
        if not answer.strip():
            raise ValidationError({"answer": _("Say why it is refused.")})
        _decide(locked, Correction.State.REFUSED, user, answer)
        _tell_requester(locked, user)
        return locked


# --- What they share -------------------------------------------------------------------------------


def only_its_officials(user: User, division_id: int) -> None:
    """Raise ``PermissionDenied`` for all but the officials of a division."""
    if not has_right(user, Right.EDIT_PLAN) or not scope_of(user).covers(division_id):
        raise PermissionDenied(_("Only the division's own officials correct its ledger."))


def _only_the_commission(user: User) -> None:
    if not has_right(user, Right.REVIEW):
        raise PermissionDenied(_("Only the commission decides this."))


def _locked(correction: Correction) -> Correction:
    rows = Correction.objects.select_for_update(of=("self",))
    return rows.select_related("programme__ledger", "division", "requested_by").get(
        pk=correction.pk
    )


def _only_open(correction: Correction) -> None:
    if correction.state != Correction.State.REQUESTED:
        raise ValidationError(
            _("The correction is “%(state)s”, so nothing of it can be changed.")
            % {"state": correction.get_state_display()},
            code="decided",
        )


def _answered_so(correction: Correction, state: Correction.State, user: User) -> bool:
    return correction.state == state and correction.decided_by_id == user.pk


def _decide(correction: Correction, state: Correction.State, user: User, answer: str) -> None:
    correction.state = state
    correction.decided_by = user
    correction.decided_at = timezone.now()
    correction.answer = answer.strip()
    save_recorded(correction, user=user, reason=correction.answer)


def _tell_requester(correction: Correction, user: User) -> None:
    state, answer = correction.get_state_display(), correction.answer
    detail = labelled(state, answer) if answer else state
    tell(correction, Notice.Kind.CORRECTION_DECIDED, [correction.requested_by], user, detail)


def tell(
    correction: Correction, kind: Notice.Kind, users: list[User], actor: User, detail: str
) -> None:
    """Tell ``users`` of a correction, and of ``detail``."""
    notify(
        users=users,
        kind=kind,
        programme=correction.programme,
        url=reverse("correction", args=[correction.programme.code, correction.pk]),
        actor=actor,
        detail=f"{correction} — {detail}",
    )

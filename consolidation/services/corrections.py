"""Correcting the ledger: a division asks, the commission confirms, and only then it changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consolidation.correctable import CORRECTABLE
from consolidation.models import Correction, Notice, Programme
from consolidation.selectors.plans import owners_of
from consolidation.services.attachments import attach_checked
from consolidation.services.confirming import carry_out
from consolidation.services.notices import notify, reviewers
from consolidation.services.seen import compare
from platforms_portal.access import Right, has_right, scope_of
from platforms_portal.history import save_recorded
from platforms_portal.words import labelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accounts.models import User
    from consolidation.correctable import Correctable, Json, Reading, Values
    from consolidation.services.attachments import CheckedFile
    from zones.models import Division


SAME = "same"
"""The code of the refusal of a request in which nothing differs."""


@dataclass(frozen=True)
class Asked:
    """What a division asks for: ``record_id`` is ``None`` for one to be added.

    ``given`` are the values as they should be, by field; ``seen`` is the digest of those that
    the form showed (``digest_of``). A record that is struck out needs neither.
    """

    subject: str
    kind: str
    record_id: int | None
    reason: str
    source: str = ""
    given: Mapping[str, Json] | None = None
    seen: str = ""


def digest_of(values: Mapping[str, Json]) -> str:
    """Return the digest of a record's values: the same as long as nobody changes one."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def request_correction(
    *,
    programme: Programme,
    division: Division,
    asked: Asked,
    user: User,
    files: Sequence[CheckedFile] = (),
) -> Correction:
    """Ask the commission to correct one record of the division's baseline; return the request.

    Nothing of the ledger changes yet. The same request sent twice is kept once. Raises
    ``PermissionDenied`` for all but the division's officials, ``ConflictError`` where the record
    changed since it was shown, and ``ValidationError`` with every error by its field: nothing
    differs, the record would not be valid, another request for it is open.
    """
    _only_its_officials(user, division.pk)
    kind = CORRECTABLE[asked.subject]
    with transaction.atomic():
        # The lock keeps a form that is sent twice from asking twice.
        locked = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
        if division not in owners_of(locked):
            raise ValidationError(_("This division is no owner of the programme."))
        record = _record(kind, locked, division.pk, asked)
        before, after, label = _difference(kind, locked, division, record, asked)
        correction = Correction(
            programme=locked,
            division=division,
            kind=asked.kind,
            subject=asked.subject,
            subject_id=asked.record_id,
            label=label[:200],
            before=before,
            after=after,
            reason=asked.reason.strip(),
            requested_by=user,
        )
        same = _same_request(correction)
        if same is not None:
            return same
        save_recorded(correction, user=user, reason=correction.reason)
        for checked in files:
            attach_checked(checked=checked, user=user, to=correction)
        _tell(correction, Notice.Kind.CORRECTION_REQUESTED, reviewers(), user, correction.reason)
        return correction


def judge_request(*, programme: Programme, division: Division, asked: Asked, user: User) -> None:
    """Raise what ``request_correction`` would refuse of what is asked for, and write nothing.

    For a form that is refused already: with it the sender learns everything at once.
    """
    _only_its_officials(user, division.pk)
    kind = CORRECTABLE[asked.subject]
    _difference(kind, programme, division, _record(kind, programme, division.pk, asked), asked)


def withdraw_correction(*, correction: Correction, user: User) -> Correction:
    """Withdraw a request that is not answered yet; one that is withdrawn is left as it is.

    Raises ``PermissionDenied`` for all but the division's officials, and ``ValidationError``
    where the commission has answered.
    """
    _only_its_officials(user, correction.division_id)
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


# --- What is asked for ----------------------------------------------------------------------------


def _record(kind: Correctable, programme: Programme, division_id: int, asked: Asked) -> Any:
    if asked.kind not in kind.kinds:
        raise ValidationError(_("This cannot be asked for a record of this kind."))
    if asked.kind == Correction.Kind.ADD:
        return None
    record = kind.records(programme, division_id).filter(pk=asked.record_id).first()
    if record is None:
        raise ValidationError(_("The record is no longer in the division's baseline."))
    return record


def _difference(
    kind: Correctable, programme: Programme, division: Division, record: Any, asked: Asked
) -> tuple[Values, Values, str]:
    """Return what differs, before and after, and what the correction is called."""
    problems: dict[str, Any] = {}
    if not asked.reason.strip():
        problems["reason"] = _("Give a reason.")
    if asked.kind == Correction.Kind.STRIKE:
        struck: tuple[Values, Values] = {}, {}
        try:
            struck = kind.struck(programme, record)
        except ValidationError as refused:
            problems = {**refused.update_error_dict({}), **problems}
        _refuse(problems)
        return (*struck, kind.name_of(record))
    if not asked.source.strip():
        problems["source"] = _("Say where this comes from.")
    given: Values = {**(asked.given or {}), "source": asked.source.strip()}
    reading = kind.read(programme, [record])[record.pk] if record is not None else None
    before, after = _differing(reading, given)
    if reading is not None:
        _compare(reading.values, given, asked.seen)
    if reading is not None and not after and not reading.is_placeholder:
        told = _("Nothing differs from what the ledger says.")
        problems.setdefault(NON_FIELD_ERRORS, ValidationError(told, code=SAME))
    try:
        kind.check(programme, division, record, after)
    except ValidationError as refused:
        problems = {**refused.update_error_dict({}), **problems}
    _refuse(problems)
    label = kind.name_of(record) if record is not None else kind.name_in(given)
    return before, after, label


def _differing(reading: Reading | None, given: Values) -> tuple[Values, Values]:
    if reading is None:
        return {}, {name: value for name, value in given.items() if value not in (None, "", [])}
    stored = reading.values
    after = {name: value for name, value in given.items() if value != stored.get(name)}
    return {name: stored.get(name) for name in after}, after


def _compare(stored: Values, given: Values, seen: str) -> None:
    def as_text(values: Mapping[str, Json]) -> dict[str, str]:
        return {name: "" if v is None else str(v) for name, v in values.items()}

    compare(as_text(stored), digest_of(stored), as_text(given), seen)


def _refuse(problems: dict[str, Any]) -> None:
    if problems:
        raise ValidationError(problems)


def _same_request(correction: Correction) -> Correction | None:
    asked = ("kind", "subject", "subject_id", "label", "reason", "requested_by_id")
    open_ones = Correction.objects.filter(
        programme=correction.programme,
        division=correction.division,
        state=Correction.State.REQUESTED,
        **{name: getattr(correction, name) for name in asked},
    )
    # Compared here, for not every database compares JSON.
    for other in open_ones:
        if (other.before, other.after) == (correction.before, correction.after):
            return other
    return None


# --- What they share ------------------------------------------------------------------------------


def _only_its_officials(user: User, division_id: int) -> None:
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
    _tell(correction, Notice.Kind.CORRECTION_DECIDED, [correction.requested_by], user, detail)


def _tell(
    correction: Correction, kind: Notice.Kind, users: list[User], actor: User, detail: str
) -> None:
    notify(
        users=users,
        kind=kind,
        programme=correction.programme,
        url=reverse("correction", args=[correction.programme.code, correction.pk]),
        actor=actor,
        detail=f"{correction} — {detail}",
    )

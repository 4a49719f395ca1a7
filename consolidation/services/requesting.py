"""Asking the commission to correct the ledger: one record by its form, or many by an upload."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.correctable import CORRECTABLE
from consolidation.models import Correction, Notice, Programme
from consolidation.selectors.corrections import OpenRequests
from consolidation.selectors.plans import owners_of
from consolidation.services.attachments import attach_checked
from consolidation.services.corrections import only_its_officials, tell
from consolidation.services.notices import notify, reviewers
from consolidation.services.seen import compare
from platforms_portal.history import create_recorded, save_recorded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

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
    only_its_officials(user, division.pk)
    with transaction.atomic():
        locked = _locked_programme(programme, division)
        correction = _asked_for(locked, division, asked, user, _Ledger(locked, division.pk))
        same = _same_request(correction)
        if same is not None:
            return same
        save_recorded(correction, user=user, reason=correction.reason)
        for checked in files:
            attach_checked(checked=checked, user=user, to=correction)
        tell(correction, Notice.Kind.CORRECTION_REQUESTED, reviewers(), user, correction.reason)
        return correction


@dataclass(frozen=True)
class Requested:
    """What came of asking for many corrections at once, by their place in what was asked.

    ``made`` are the requests; one that was sent before stands for itself. ``refused`` says why
    others were not made.
    """

    made: dict[int, Correction]
    refused: dict[int, ValidationError]


def request_corrections(
    *, programme: Programme, division: Division, asked: Sequence[Asked], user: User
) -> Requested:
    """Ask for many corrections, each as ``request_correction`` does, and tell the reviewers once.

    What is refused is left out: whoever wants all or nothing takes the others back. Raises
    ``PermissionDenied`` for all but the division's officials, ``ValidationError`` where the
    division is no owner, and ``ConflictError`` where a record changed since it was shown.
    """
    only_its_officials(user, division.pk)
    done = Requested({}, {})
    with transaction.atomic():
        locked = _locked_programme(programme, division)
        ledger = _Ledger(locked, division.pk).with_all_of({one.subject for one in asked})
        waiting = OpenRequests(locked, division.pk)
        new: dict[int, Correction] = {}
        for place, one in enumerate(asked):
            try:
                correction = _asked_for(locked, division, one, user, ledger)
                correction.clean_fields(exclude=_REFERENCES)
                same = waiting.same_as(correction)
            except ValidationError as refused:
                done.refused[place] = refused
                continue
            if same is None:
                new[place] = correction
                waiting.add(correction)
            else:
                done.made[place] = same
        _store_all(new.values(), user)
        done.made.update(new)
        if new:
            _tell_of_many([*new.values()], user)
    return done


_REFERENCES = ("programme", "division", "requested_by", "decided_by")
"""What is known to be there: no query is spent on it for each of many."""


def _store_all(corrections: Iterable[Correction], user: User) -> None:
    by_reason: dict[str, list[Correction]] = {}
    for correction in corrections:
        by_reason.setdefault(correction.reason, []).append(correction)
    for reason, rows in by_reason.items():
        create_recorded(Correction, rows, actor=user.get_username(), reason=reason, user=user)


def _tell_of_many(corrections: list[Correction], user: User) -> None:
    """Tell the reviewers of all that were asked for, in one notice that leads to them."""
    if len(corrections) == 1:
        only = corrections[0]
        tell(only, Notice.Kind.CORRECTION_REQUESTED, reviewers(), user, only.reason)
        return
    first = corrections[0]
    told = ngettext("%(n)d correction", "%(n)d corrections", len(corrections))
    notify(
        users=reviewers(),
        kind=Notice.Kind.CORRECTION_REQUESTED,
        programme=first.programme,
        url=reverse("corrections", args=[first.programme.code]),
        actor=user,
        detail=f"{first.division} · {told % {'n': len(corrections)}} — {first.reason}",
    )


def judge_request(*, programme: Programme, division: Division, asked: Asked, user: User) -> None:
    """Raise what ``request_correction`` would refuse of what is asked for, and write nothing.

    For a form that is refused already: with it the sender learns everything at once.
    """
    only_its_officials(user, division.pk)
    _asked_for(programme, division, asked, user, _Ledger(programme, division.pk))


# --- One request ----------------------------------------------------------------------------------


class _Ledger:
    """The records of a division that can be corrected: one by one, or all of a kind read at once."""

    def __init__(self, programme: Programme, division_id: int) -> None:
        self._programme, self._division_id = programme, division_id
        self._records: dict[str, dict[int, Any]] = {}
        self._readings: dict[str, dict[int, Reading]] = {}

    def with_all_of(self, subjects: Collection[str]) -> _Ledger:
        """Read all records of these kinds; return the ledger."""
        for subject in subjects:
            kind = CORRECTABLE[subject]
            records = {r.pk: r for r in kind.records(self._programme, self._division_id)}
            self._records[subject] = records
            self._readings[subject] = kind.read(self._programme, records.values())
        return self

    def record(self, subject: str, pk: int | None) -> Any:
        """Return a record; ``None`` where the division has none such in its baseline."""
        if subject in self._records:
            return self._records[subject].get(pk or 0)
        found = CORRECTABLE[subject].records(self._programme, self._division_id)
        return found.filter(pk=pk).first()

    def reading(self, subject: str, record: Any) -> Reading:
        """Return how a record stands."""
        if subject in self._readings:
            return self._readings[subject][record.pk]
        return CORRECTABLE[subject].read(self._programme, [record])[record.pk]


def _locked_programme(programme: Programme, division: Division) -> Programme:
    # The lock keeps a form that is sent twice from asking twice.
    locked = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if division not in owners_of(locked):
        raise ValidationError(_("This division is no owner of the programme."))
    return locked


def _asked_for(
    programme: Programme, division: Division, asked: Asked, user: User, ledger: _Ledger
) -> Correction:
    """Return the request as it would be stored; raises ``ValidationError`` by field."""
    kind = CORRECTABLE[asked.subject]
    record = _record(kind, asked, ledger)
    before, after, label = _difference(kind, programme, division, record, asked, ledger)
    return Correction(
        programme=programme,
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


def _record(kind: Correctable, asked: Asked, ledger: _Ledger) -> Any:
    if asked.kind not in kind.kinds:
        raise ValidationError(_("This cannot be asked for a record of this kind."))
    if asked.kind == Correction.Kind.ADD:
        return None
    record = ledger.record(asked.subject, asked.record_id)
    if record is None:
        raise ValidationError(_("The record is no longer in the division's baseline."))
    return record


def _difference(
    kind: Correctable,
    programme: Programme,
    division: Division,
    record: Any,
    asked: Asked,
    ledger: _Ledger,
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
    reading = ledger.reading(asked.subject, record) if record is not None else None
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

"""Saying something of a signal: the commission explains it or opens it again, the division answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import Programme
from platforms_portal.access import Right, has_right, rights_of, scope_of
from platforms_portal.history import save_recorded
from signals.models import SignalNote
from signals.selectors.seen import Status, status_of

if TYPE_CHECKING:
    from accounts.models import User
    from signals.kinds.base import Signal


def note_signal(
    *, programme: Programme, signal: Signal, kind: str, text: str, digest: str, user: User
) -> SignalNote:
    """Write what ``user`` says of ``signal``; return the note.

    ``digest`` is that of the figures that the user was shown: the note is bound to it. The same
    note sent twice is kept once. Raises ``PermissionDenied`` for whoever may not see the signal,
    for an explanation that is not the commission's and an answer that is not the division's own;
    and ``ValidationError`` with every error by its field: no reason, figures that changed since
    they were shown, nothing to open again.
    """
    _only_who_may(signal, kind, user)
    with transaction.atomic():
        # Whoever notes something for the same programme at the same time waits here.
        locked = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
        notes = list(SignalNote.objects.filter(programme=locked, key=signal.key).order_by("pk"))
        note = SignalNote(
            programme=locked,
            division_id=signal.division_id,
            signal=signal.code,
            key=signal.key,
            digest=digest,
            kind=kind,
            text=text.strip(),
            author=user,
        )
        if notes and _same(notes[-1], note):
            return notes[-1]
        _refuse(signal, notes, note)
        save_recorded(note, user=user, reason=note.text[:100])
        return note


def _only_who_may(signal: Signal, kind: str, user: User) -> None:
    wanted = Right.EDIT_PLAN if kind == SignalNote.Kind.ANSWER else Right.REVIEW
    if not has_right(user, wanted):
        raise PermissionDenied(
            _("The commission explains a signal, and the division's own officials answer it.")
        )
    if signal.right not in rights_of(user) or not scope_of(user).covers(signal.division_id):
        raise PermissionDenied(_("The records of this signal are out of your scope."))


def _same(one: SignalNote, other: SignalNote) -> bool:
    said = ("kind", "text", "digest", "author_id")
    return all(getattr(one, name) == getattr(other, name) for name in said)


def _refuse(signal: Signal, notes: list[SignalNote], note: SignalNote) -> None:
    problems = {}
    if not note.text:
        problems["text"] = _("Give a reason.")
    if note.digest != signal.digest:
        problems["digest"] = _(
            "The figures changed since this page was shown. Read them again, then save."
        )
    if note.kind == SignalNote.Kind.REOPEN and status_of(signal, notes) != Status.EXPLAINED:
        problems["kind"] = _("It is open already.")
    if problems:
        raise ValidationError(problems)

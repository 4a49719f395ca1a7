"""Corrections of the ledger: which a reader sees, and what one of them changes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, IntegerField, Value, When

from consolidation.correctable import CORRECTABLE
from consolidation.models import Correction
from platforms_portal.access import has_right, scope_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.models import Programme


def corrections_visible_to(user: User, programme: Programme) -> QuerySet[Correction]:
    """Return the corrections in the scope of ``user``, the open ones first, then the newest.

    Those of records that the user may not see are left out.
    """
    subjects = [key for key, kind in CORRECTABLE.items() if has_right(user, kind.right)]
    open_first = Case(
        When(state=Correction.State.REQUESTED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return (
        Correction.objects.filter(
            scope_of(user).q("division_id"), programme=programme, subject__in=subjects
        )
        .select_related("division", "requested_by", "decided_by")
        .order_by(open_first, "-pk")
    )


def open_corrections(programme: Programme, division_id: int) -> QuerySet[Correction]:
    """Return the division's corrections that await an answer."""
    return Correction.objects.filter(
        programme=programme, division=division_id, state=Correction.State.REQUESTED
    )


class Changed(NamedTuple):
    """One field that a correction changes, in words."""

    name: str
    label: StrOrPromise
    before: str
    after: str


def changes_of(correction: Correction) -> list[Changed]:
    """Return what ``correction`` asks for, field by field; nothing known is an empty string."""
    kind = CORRECTABLE[correction.subject]
    return [
        Changed(
            name,
            kind.label(name),
            kind.words(name, correction.before.get(name)),
            kind.words(name, correction.after.get(name)),
        )
        for name in dict.fromkeys([*correction.before, *correction.after])
    ]

"""Corrections of the ledger: which a reader sees, and what one of them changes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext as _

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


class OpenRequests:
    """The requests of a division that await an answer, read once for many new ones."""

    def __init__(self, programme: Programme, division_id: int) -> None:
        """Read them."""
        self._by_record: dict[tuple[str, int], Correction] = {}
        self._added: dict[tuple[str, str], Correction] = {}
        for correction in open_corrections(programme, division_id):
            self.add(correction)

    def add(self, correction: Correction) -> None:
        """Keep a request."""
        if correction.subject_id is None:
            self._added.setdefault((correction.subject, correction.label), correction)
        else:
            self._by_record[correction.subject, correction.subject_id] = correction

    def same_as(self, correction: Correction) -> Correction | None:
        """Return the request that asks for the same already, whatever its reason.

        Raises ``ValidationError`` where one asks for something else about the same record, or adds
        another record of the same name.
        """
        other = self.about(correction.subject, correction.subject_id, correction.label)
        if other is None:
            return None
        asked = (correction.kind, correction.before, correction.after)
        if (other.kind, other.before, other.after) == asked and other.pk is not None:
            return other
        raise ValidationError(
            _("A correction of this record already awaits an answer."), code="open"
        )

    def about(self, subject: str, record_id: int | None, label: str) -> Correction | None:
        """Return the request about a record, or for one of this name to be added."""
        if record_id is None:
            return self._added.get((subject, label))
        return self._by_record.get((subject, record_id))

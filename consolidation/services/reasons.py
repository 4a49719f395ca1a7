"""Reasons for breaches: how a division asks the commission for an exception with its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import BreachReason
from consolidation.selectors.opinions import seen_of
from consolidation.selectors.readiness import Readiness
from consolidation.services.drafting import locked_draft
from consolidation.services.seen import compare
from platforms_portal.history import delete_recorded, save_recorded

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.models import MergePlan

LONGEST = 500


def save_reason(
    *, plan: MergePlan, user: User, breach: str, reason: str, seen: str
) -> BreachReason | None:
    """Save why the draft ``plan`` is to be submitted in spite of a breach; an empty one deletes it.

    ``breach`` is the key of a ``Blocking``; ``seen`` the digest of the reason that the user
    changed. Returns the reason as it stands then. Raises as ``locked_draft``; ``ValidationError``
    for a breach that is none or that no reason excuses; ``ConflictError`` where a colleague wrote
    another reason since. 方案(三).
    """
    text = reason.strip()
    with transaction.atomic():
        locked = locked_draft(plan, user)
        blocking = next((b for b in Readiness(locked).blocking if b.key == breach), None)
        if blocking is None:
            raise ValidationError({"reason": _("The plan does not break this rule, or no longer.")})
        if not blocking.may_be_excused:
            raise ValidationError({"reason": _("No reason excuses this breach: mend it.")})
        if len(text) > LONGEST:
            raise ValidationError({"reason": _("Write at most %(n)d characters.") % {"n": LONGEST}})
        what = {"plan": locked, "rule": blocking.finding.rule, "aspect": blocking.finding.aspect}
        stored = BreachReason.objects.select_for_update(of=("self",)).filter(**what).first()
        before = stored.reason if stored else ""
        compare({"reason": before}, seen_of(before), {"reason": text}, seen)
        return _store(stored or BreachReason(**what), text, user)


def _store(record: BreachReason, text: str, user: User) -> BreachReason | None:
    if text == record.reason:
        return record if text else None
    if not text:
        delete_recorded(record, user=user, reason=_("Reason for a breach withdrawn"))
        return None
    record.reason = text
    save_recorded(record, user=user, reason=_("Reason for a breach given"))
    return record

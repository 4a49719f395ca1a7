"""Where a plan stands on its way: its versions, who signed when, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.models import MergePlan, Part, Signature
from consolidation.selectors.ledger import plans_listed_for
from consolidation.selectors.plans import plans_of_official, versions_of_owner
from consolidation.selectors.signing import parts_left, parts_to_sign, signatures_of
from platforms_portal.access import DISTRICT_ROLES, Right, has_right, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import Programme

WITHIN_THE_DIVISION = (Signature.Action.WITHDRAW, Signature.Action.LEADER_RETURN)
"""Acts between a division's officials and their leader, which are nobody else's."""


@dataclass(frozen=True)
class PartState:
    """A part that a department countersigns, and the signature that it bears, if any."""

    part: Part
    is_left: bool
    signature: Signature | None


def signatures_shown(plan: MergePlan, user: User) -> list[Signature]:
    """Return what was signed on ``plan``, the oldest first, as far as ``user`` may know."""
    signatures = signatures_of(plan)
    if user.role not in DISTRICT_ROLES:
        signatures = [one for one in signatures if one.action not in WITHIN_THE_DIVISION]
    return signatures


def parts_of(plan: MergePlan, signatures: Iterable[Signature]) -> list[PartState]:
    """Return the parts to be countersigned, each with its signature among ``signatures``."""
    left = parts_left(plan)
    signed = {
        signature.part: signature
        for signature in signatures
        if signature.action == Signature.Action.COUNTERSIGN
    }
    return [
        PartState(part, part in left, None if part in left else signed.get(part))
        for part in parts_to_sign(plan.programme)
    ]


def versions_of(plan: MergePlan, user: User) -> list[MergePlan]:
    """Return the versions of the same owner's plan that ``user`` sees, the newest first."""
    own = user.role in DISTRICT_ROLES and user.division_id == plan.division_id
    if not scope_of(user).covers(plan.division_id):
        return []
    return [
        version
        for version in reversed(versions_of_owner(plan.programme_id, plan.division_id))
        if not version.variant and (own or not version.is_internal)
    ]


def comparable_for(user: User, programme: Programme) -> QuerySet[MergePlan]:
    """Return the plans that ``user`` may lay side by side; variants only the own officials."""
    if has_right(user, Right.EDIT_PLAN):
        return plans_of_official(scope_of(user), programme)
    return plans_listed_for(user, programme)


def may_begin(user: User, programme: Programme) -> bool:
    """Whether ``user`` is an official whose division has no plan in ``programme`` yet."""
    division_id = scope_of(user).division_id
    if division_id is None or not has_right(user, Right.EDIT_PLAN):
        return False
    return not MergePlan.objects.filter(programme=programme, division=division_id).exists()

"""What reviewers say of a plan, row by row: who sees which opinion, and at which row it stands."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from django.db.models import Q

from consolidation.models import MergePlan, Opinion, Part, Signature
from consolidation.selectors.document import RIGHT_FOR
from consolidation.selectors.plans import versions_of_owner
from consolidation.selectors.signing import part_of
from consolidation.transitions import allowed
from platforms_portal.access import Right, Role, has_right, rights_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from accounts.models import User

RowKey: TypeAlias = tuple[str, str, int | None]
"""What an opinion is about: the part, the kind of record, and its key."""

WHOLE_PLAN: tuple[str, None] = (Opinion.Subject.PLAN.value, None)


def side_of(user: User) -> Q:
    """Return the filter for opinions of the user's own side.

    The commission speaks with one voice, and so does each department that countersigns. Nobody
    else has a side.
    """
    if has_right(user, Right.REVIEW):
        return Q(author__role=Role.COMMISSION_REVIEWER)
    if has_right(user, Right.COUNTERSIGN):
        return Q(author__role=Role.COUNTERSIGNER, department=user.department_id)
    return Q(pk__in=[])


def opinions_visible_to(user: User) -> QuerySet[Opinion]:
    """Return the opinions that ``user`` sees, on whatever plan: of the parts that it may read.

    What was sent with a return is seen by everybody who sees the plan; what is not sent yet, only
    by the side that wrote it. The caller narrows them to plans in scope.
    """
    rights = rights_of(user)
    parts = [part for part in Part.values if RIGHT_FOR[part] in rights]
    return Opinion.objects.filter(Q(is_sent=True) | side_of(user), part__in=parts).select_related(
        "author", "department", "answered_by"
    )


def opinions_on(plan: MergePlan, user: User) -> list[Opinion]:
    """Return the opinions on ``plan`` that ``user`` sees, the oldest first."""
    return list(opinions_visible_to(user).filter(plan=plan).order_by("pk"))


def previous_version(plan: MergePlan) -> MergePlan | None:
    """Return the version before that of ``plan``; its opinions are what a draft has to answer."""
    before = [one for one in _versions(plan) if one.version < plan.version]
    return before[-1] if before else None


def _versions(plan: MergePlan) -> list[MergePlan]:
    found = versions_of_owner(plan.programme_id, plan.division_id)
    return [one for one in found if not one.variant]


def opinions_for_draft(plan: MergePlan, user: User) -> list[Opinion]:
    """Return the opinions that were sent on the version that the draft ``plan`` is based on."""
    before = previous_version(plan)
    if before is None:
        return []
    return [opinion for opinion in opinions_on(before, user) if opinion.is_sent]


def by_row(opinions: Iterable[Opinion]) -> dict[RowKey, list[Opinion]]:
    """Return ``opinions`` by what they are about."""
    rows: dict[RowKey, list[Opinion]] = defaultdict(list)
    for opinion in opinions:
        rows[opinion.part, opinion.subject, opinion.subject_id].append(opinion)
    return dict(rows)


def may_give_opinion(plan: MergePlan, user: User) -> bool:
    """Whether ``user`` may write an opinion on ``plan``: as long as it may return the plan too.

    An opinion is sent with the return; whoever can no longer return the plan would write in vain.
    """
    returns = Signature.Action.COUNTERSIGNER_RETURN if part_of(user) else Signature.Action.RETURN
    return allowed(plan, returns, user)


def answers_open(plan: MergePlan, newest: MergePlan) -> bool:
    """Whether the opinions on ``plan`` may be answered, where ``newest`` is its newest version.

    They may once it was returned, until its next version is submitted.
    """
    if plan.state != MergePlan.State.RETURNED:
        return False
    if newest.pk == plan.pk:
        return True
    return newest.version == plan.version + 1 and newest.state == MergePlan.State.DRAFT


def newest_version(plan: MergePlan) -> MergePlan:
    """Return the newest version of the same owner's plan."""
    return _versions(plan)[-1]


def seen_of(text: str) -> str:
    """Return the digest of a text as a form showed it, so that nothing is overwritten unseen."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]

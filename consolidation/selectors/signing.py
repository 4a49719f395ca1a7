"""Who has to sign what, who has signed, and whether anything moved since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consolidation.models import MergePlan, Part, Signature
from consolidation.selectors.document import content_digest, ledger_digest
from platforms_portal.access import Countersigns, Right, has_right
from zones.models import Department

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import Programme

PART_OF: dict[str, Part] = {Countersigns.BODIES: Part.BODIES, Countersigns.PEOPLE: Part.PEOPLE}
"""The part of a plan that a department signs, by what it countersigns."""


def parts_to_sign(programme: Programme) -> list[Part]:
    """Return the parts that some department of the city countersigns, in the order of ``Part``."""
    found = Department.objects.filter(division=programme.division_id).values_list(
        "countersigns", flat=True
    )
    parts = {PART_OF[signs] for signs in found if signs in PART_OF}
    return [part for part in Part if part in parts]


def part_of(user: User) -> Part | None:
    """Return the part that ``user`` signs for its department; ``None`` for everybody else."""
    if not has_right(user, Right.COUNTERSIGN) or user.department is None:
        return None
    return PART_OF.get(user.department.countersigns)


def signatures_of(plan: MergePlan) -> QuerySet[Signature]:
    """Return everything that was signed on this version of a plan, the oldest first."""
    return Signature.objects.filter(plan=plan).select_related("user", "department")


def parts_signed(plan: MergePlan) -> set[str]:
    """Return the parts that have been countersigned since the plan was submitted."""
    submitted = (
        signatures_of(plan)
        .filter(action__in=[Signature.Action.SUBMIT, Signature.Action.LEADER_APPROVE])
        .order_by("pk")
        .last()
    )
    signed = signatures_of(plan).filter(action=Signature.Action.COUNTERSIGN)
    if submitted is not None:
        signed = signed.filter(pk__gt=submitted.pk)
    return set(signed.values_list("part", flat=True))


BEYOND_COUNTERSIGNING = (
    MergePlan.State.COUNTERSIGNED,
    MergePlan.State.APPROVED,
    MergePlan.State.IN_EXECUTION,
    MergePlan.State.COMPLETED,
)


def parts_left(plan: MergePlan) -> list[Part]:
    """Return the parts that still have to be countersigned.

    None are left of a plan whose state says so: it may have been countersigned on paper and
    loaded, and a department that signs from today on does not undo what was signed before.
    """
    if plan.state in BEYOND_COUNTERSIGNING:
        return []
    signed = parts_signed(plan)
    return [part for part in parts_to_sign(plan.programme) if part not in signed]


WHOLE = (Signature.Action.SUBMIT, Signature.Action.LEADER_APPROVE, Signature.Action.APPROVE)
"""The acts whose signer is shown the whole plan; a department signs what it sees of it."""


class Moved:
    """Whether the plan or its ledger are still what was signed last."""

    def __init__(self, plan: MergePlan) -> None:
        """Compare with the last signature for the whole plan; a draft has none that counts."""
        self.signature = (
            signatures_of(plan).filter(action__in=WHOLE).order_by("pk").last()
            if plan.state != MergePlan.State.DRAFT
            else None
        )
        last = self.signature
        self.content = last is not None and last.content_digest != content_digest(plan)
        self.ledger = last is not None and last.ledger_digest != ledger_digest(plan)

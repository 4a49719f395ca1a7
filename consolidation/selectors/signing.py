"""Who has to sign what, who has signed, and whether anything moved since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consolidation.models import MergePlan, Part, Signature
from platforms_portal.access import Countersigns, Right, has_right
from platforms_portal.once import once
from zones.models import Department

if TYPE_CHECKING:
    from accounts.models import User
    from consolidation.models import Programme

PART_OF: dict[str, Part] = {Countersigns.BODIES: Part.BODIES, Countersigns.PEOPLE: Part.PEOPLE}
"""The part of a plan that a department signs, by what it countersigns."""


def parts_to_sign(programme: Programme) -> list[Part]:
    """Return the parts that some department of the city countersigns, in the order of ``Part``."""
    found = once(("countersigns", programme.division_id), lambda: _read_countersigns(programme))
    parts = {PART_OF[signs] for signs in found if signs in PART_OF}
    return [part for part in Part if part in parts]


def _read_countersigns(programme: Programme) -> list[str]:
    departments = Department.objects.filter(division=programme.division_id)
    return list(departments.values_list("countersigns", flat=True))


def part_of(user: User) -> Part | None:
    """Return the part that ``user`` signs for its department; ``None`` for everybody else."""
    if not has_right(user, Right.COUNTERSIGN) or user.department is None:
        return None
    return PART_OF.get(user.department.countersigns)


def signatures_of(plan: MergePlan) -> list[Signature]:
    """Return everything that was signed on this version of a plan, the oldest first."""
    return list(once(("signatures", plan.pk), lambda: _read_signatures(plan)))


def _read_signatures(plan: MergePlan) -> list[Signature]:
    found = Signature.objects.filter(plan=plan).select_related("user", "department")
    return list(found.order_by("pk"))


def parts_signed(plan: MergePlan) -> set[str]:
    """Return the parts that have been countersigned since the plan was submitted."""
    signed: set[str] = set()
    for signature in signatures_of(plan):
        if signature.action in {Signature.Action.SUBMIT, Signature.Action.LEADER_APPROVE}:
            signed.clear()
        elif signature.action == Signature.Action.COUNTERSIGN:
            signed.add(signature.part)
    return signed


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

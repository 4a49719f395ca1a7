"""Entering a plan: each row is saved at once, and nothing is overwritten unseen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import (
    BodyDisposition,
    Disposition,
    MergePlan,
    PlateDisposition,
)
from consolidation.selectors.desk import DeskRow, desk_row, desk_rows
from consolidation.services.desk_rows import Draft, completed, write_row
from consolidation.services.recording import REASON, ManyRecorder, Recorder
from consolidation.services.seen import ConflictError, compare
from consolidation.transitions import may_edit
from platforms_portal.access import Right, has_right, scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from accounts.models import User


def locked_draft(plan: MergePlan, user: User) -> MergePlan:
    """Lock ``plan`` for a change of what it says, inside the caller's transaction.

    Raises ``PermissionDenied`` for users who may not, and ``ValidationError`` where the plan is
    no draft: what was submitted is frozen.
    """
    locked = (
        MergePlan.objects.select_for_update(of=("self",))
        .select_related("programme", "division")
        .get(pk=plan.pk)
    )
    if not has_right(user, Right.EDIT_PLAN) or not scope_of(user).covers(locked.division_id):
        raise PermissionDenied(_("Only the division's own officials change its plan."))
    if not may_edit(locked, user):
        raise ValidationError(
            _("The plan is “%(state)s”, so nothing of it can be changed.")
            % {"state": locked.get_state_display()},
            code="frozen",
        )
    return locked


def save_row(
    *, plan: MergePlan, platform_id: int, given: Mapping[str, str], seen: str, user: User
) -> DeskRow:
    """Save the fields ``given`` of one platform's row, and return the row as it stands then.

    ``given`` has names and values as ``DeskRow.values``; what it leaves out stays. ``seen`` is the
    digest of the row that the user changed. Raises ``PermissionDenied`` and ``ValidationError`` as
    ``locked_draft``; ``ValidationError`` with every error by its field; ``ConflictError`` where
    somebody else changed the row since.
    """
    with transaction.atomic():
        locked = locked_draft(plan, user)
        row = desk_row(locked, platform_id)
        if row is None:
            raise ValidationError(_("This platform is not one of the division's baseline."))
        known = {name: value for name, value in given.items() if name in row.values}
        compare(row.values, row.seen, known, seen)
        write_row(Draft(locked), row, completed(row, row.values | known, known), Recorder(user))
        saved = desk_row(locked, platform_id)
        assert saved is not None  # noqa: S101 - it was there under the same lock
        return saved


@dataclass(frozen=True)
class Outcome:
    """What became of one of many rows: saved, or why not."""

    platform_id: int
    label: str
    problem: str = ""


def set_many(
    *, plan: MergePlan, seen: Mapping[int, str], given: Mapping[str, str], user: User
) -> list[Outcome]:
    """Set the same fields in many rows; ``seen`` has the digest of each row by its platform.

    A row that somebody else changed since, or that does not take the value, is left as it is and
    told of; the others are saved. Raises as ``locked_draft``.
    """
    outcomes = []
    with transaction.atomic():
        locked = locked_draft(plan, user)
        draft = Draft(locked)
        for row in desk_rows(locked, list(seen)):
            values = _for_row(row, given)
            problem = ""
            try:
                compare(row.values, row.seen, values, seen[row.platform.pk])
                with transaction.atomic():
                    write_row(
                        draft, row, completed(row, row.values | values, values), Recorder(user)
                    )
            except ConflictError:
                problem = _("Somebody else changed this row. It was left as it is.")
            except ValidationError as refused:
                problem = " ".join(refused.messages)
            outcomes.append(Outcome(row.platform.pk, row.platform.name, problem))
    return outcomes


def save_rows(
    *,
    plan: MergePlan,
    given: Mapping[int, Mapping[str, str]],
    seen: Mapping[int, str],
    user: User,
    reason: StrOrPromise = REASON,
) -> dict[int, ValidationError]:
    """Save what is ``given`` for each of many platforms as ``save_row`` does, in a few queries.

    ``seen`` has the digest of each row by its platform; ``reason`` stands in the history. Returns
    why rows were refused, by platform: those are left as they are, and whoever wants all or
    nothing takes the others back.
    Raises as ``locked_draft``; ``ConflictError`` where somebody else changed one of the rows.
    """
    refused: dict[int, ValidationError] = {}
    with transaction.atomic():
        locked = locked_draft(plan, user)
        draft, recorder = Draft(locked), ManyRecorder(user, reason)
        rows = {row.platform.pk: row for row in desk_rows(locked, list(given))}
        for key, values in given.items():
            row, own = rows.get(key), ManyRecorder(user)
            if row is None:
                refused[key] = ValidationError(
                    _("This platform is not one of the division's baseline.")
                )
                continue
            known = {name: value for name, value in values.items() if name in row.values}
            compare(row.values, row.seen, known, seen.get(key, ""))
            try:
                write_row(draft, row, completed(row, row.values | known, known), own)
            except ValidationError as error:
                refused[key] = error
            else:
                recorder.take_up(own)
        recorder.flush()
    return refused


def _for_row(row: DeskRow, given: Mapping[str, str]) -> dict[str, str]:
    """Return what is given for a row: “bodies” and “plates” stand for each of them."""
    values = {name: value for name, value in given.items() if name in row.values}
    if "bodies" in given:
        values |= {body.name: given["bodies"] for body in row.bodies}
    if "plates" in given:
        values |= {plate.name: given["plates"] for plate in row.plates}
    return values


def fill_in(*, plan: MergePlan, user: User) -> int:
    """Enter what follows from the programme's list for rows on which nothing is decided yet.

    A platform on the list of retained ones is upgraded, the first of its bodies goes on, and its
    plates stay. What is decided already is left alone. Returns how many rows were filled in.
    Raises as ``locked_draft``.
    """
    filled = 0
    with transaction.atomic():
        locked = locked_draft(plan, user)
        draft, recorder = Draft(locked), Recorder(user)
        for row in desk_rows(locked):
            if row.retained is None:
                continue
            follows = {"kind": Disposition.Kind.UPGRADE.value}
            follows |= {body.name: BodyDisposition.Fate.KEEP.value for body in row.bodies[:1]}
            follows |= {plate.name: PlateDisposition.Fate.KEEP.value for plate in row.plates}
            given = {name: value for name, value in follows.items() if not row.values[name]}
            if given:
                write_row(draft, row, completed(row, row.values | given, given), recorder)
                filled += 1
    return filled

"""Versions and variants of a plan: begun, taken up again after a return, copied, taken over.

A variant is a draft beside the draft, to be compared: it goes no way of its own. Copying takes
everything along that a plan says; apps register what belongs to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import (
    ArrangedIndustry,
    Arrangement,
    Attachment,
    BodyDisposition,
    BreachReason,
    Disposition,
    ExecutionStep,
    MergePlan,
    PlateDisposition,
    Programme,
    Signature,
)
from consolidation.selectors.document import content_digest, ledger_digest
from consolidation.selectors.plans import owners_of
from consolidation.services.drafting import locked_draft
from platforms_portal.access import Right, has_right, scope_of
from platforms_portal.history import create_recorded, delete_recorded, save_recorded

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import User
    from zones.models import Division

VARIANTS_MAX = 5
"""How many variants a division may keep beside its draft: more cannot be laid side by side."""


@dataclass(frozen=True)
class Copied:
    """Records that belong to a plan and are copied with it, and their own records."""

    model: type[Model]
    to: str = "plan"
    children: tuple[Copied, ...] = ()


COPIED: list[Copied] = [
    Copied(Disposition, children=(Copied(ExecutionStep, "disposition"),)),
    Copied(BodyDisposition, children=(Copied(ExecutionStep, "body_disposition"),)),
    Copied(PlateDisposition),
    Copied(Arrangement, children=(Copied(ArrangedIndustry, "arrangement"),)),
    Copied(BreachReason),
    Copied(Attachment),
]
"""What a copy takes along. Another app appends what it keeps of a plan."""


def start_plan(*, programme: Programme, division: Division, user: User) -> MergePlan:
    """Begin the plan of ``division``, and return its draft; an open draft is returned as it is.

    Raises ``PermissionDenied`` for users who may not, and ``ValidationError`` where a plan is on
    its way, returned (it is taken up again instead) or approved already.
    """
    _only_its_officials(user, division.pk)
    with transaction.atomic():
        locked = Programme.objects.select_for_update().get(pk=programme.pk)
        if division not in owners_of(locked):
            raise ValidationError(_("This division is no owner of the programme."))
        newest = _newest(locked, division.pk)
        if newest is not None and newest.state == MergePlan.State.DRAFT:
            return newest
        if newest is not None and newest.state == MergePlan.State.RETURNED:
            return revise(plan=newest, user=user)
        if newest is not None:
            raise ValidationError(
                _("The division has a plan already: version %(version)d, “%(state)s”.")
                % {"version": newest.version, "state": newest.get_state_display()}
            )
        plan = MergePlan(programme=locked, division=division)
        save_recorded(plan, user=user, reason=_("Plan begun"))
        return plan


def revise(*, plan: MergePlan, user: User) -> MergePlan:
    """Take a returned ``plan`` up again: a new version, with everything that the returned one says.

    The day of the first submission stays. A draft that is open already is returned as it is.
    Raises as ``start_plan``.
    """
    _only_its_officials(user, plan.division_id)
    with transaction.atomic():
        programme = Programme.objects.select_for_update().get(pk=plan.programme_id)
        newest = _newest(programme, plan.division_id)
        assert newest is not None  # noqa: S101 - there is this plan at least
        if newest.state == MergePlan.State.DRAFT:
            return newest
        if newest.pk != plan.pk or newest.state != MergePlan.State.RETURNED:
            raise ValidationError(
                _("Only the newest version can be taken up again, and only when it was returned.")
            )
        copy = _copy(newest, user, _("Taken up again"), version=newest.version + 1)
        _sign_revision(newest, user)
        return copy


def copy_as_variant(*, plan: MergePlan, name: str, user: User) -> MergePlan:
    """Copy the draft ``plan`` (or a variant of it) to a variant called ``name``; return it.

    Raises ``PermissionDenied`` and ``ValidationError`` as ``locked_draft``; also without a name,
    with one that is taken, and where there are as many variants as can be compared.
    """
    name = name.strip()
    with transaction.atomic():
        locked = locked_draft(plan, user)
        beside = _variants(locked)
        if not name:
            raise ValidationError({"name": _("Give the variant a name.")})
        if len(name) > MergePlan._meta.get_field("variant").max_length:  # type: ignore[operator]  # noqa: SLF001 - documented by Django
            raise ValidationError({"name": _("Write at most %(n)d characters.") % {"n": 40}})
        if any(variant.variant == name for variant in beside):
            raise ValidationError({"name": _("There is a variant of this name already.")})
        if len(beside) >= VARIANTS_MAX:
            raise ValidationError(
                _("There are %(n)d variants already. Delete one first.") % {"n": VARIANTS_MAX}
            )
        return _copy(locked, user, _("Copied as a variant"), version=locked.version, variant=name)


def take_over(*, variant: MergePlan, user: User) -> MergePlan:
    """Let ``variant`` be the plan; the draft so far becomes a variant. Return the plan.

    Raises as ``locked_draft``; also where there is no draft whose place it could take.
    """
    with transaction.atomic():
        locked = locked_draft(variant, user)
        if not locked.variant:
            return locked
        draft = (
            MergePlan.objects.select_for_update(of=("self",))
            .filter(
                programme=locked.programme_id,
                division=locked.division_id,
                version=locked.version,
                variant="",
                state=MergePlan.State.DRAFT,
            )
            .first()
        )
        if draft is None:
            raise ValidationError(_("There is no draft whose place the variant could take."))
        name = locked.variant
        why = _("Variant “%(name)s” taken over") % {"name": name}
        # One after the other: at no moment are there two plans, or two variants of one name.
        draft.variant = _free_name(_("before “%(name)s”") % {"name": name}, _variants(draft))
        save_recorded(draft, user=user, reason=why)
        locked.variant = ""
        locked.return_reason = draft.return_reason
        locked.first_submitted_on = draft.first_submitted_on
        save_recorded(locked, user=user, reason=why)
        return locked


def drop_variant(*, variant: MergePlan, user: User) -> None:
    """Delete ``variant`` with everything it says; its history stays. Raises as ``locked_draft``."""
    with transaction.atomic():
        locked = locked_draft(variant, user)
        if not locked.variant:
            raise ValidationError(_("This is the plan itself, not a variant of it."))
        delete_recorded(locked, user=user, reason=_("Variant deleted"))


# --- What they share ------------------------------------------------------------------------------


def _only_its_officials(user: User, division_id: int) -> None:
    if not has_right(user, Right.EDIT_PLAN) or not scope_of(user).covers(division_id):
        raise PermissionDenied(_("Only the division's own officials change its plan."))


def _newest(programme: Programme, division_id: int) -> MergePlan | None:
    plans = MergePlan.objects.filter(programme=programme, division=division_id, variant="")
    return plans.select_related("programme", "division").order_by("version").last()


def _variants(plan: MergePlan) -> list[MergePlan]:
    beside = MergePlan.objects.filter(
        programme=plan.programme_id, division=plan.division_id, version=plan.version
    )
    return list(beside.exclude(variant=""))


def _free_name(name: str, taken: list[MergePlan]) -> str:
    used = {variant.variant for variant in taken}
    name = name[:36]
    numbered = (f"{name} {number}" for number in range(2, len(used) + 3))
    return name if name not in used else next(other for other in numbered if other not in used)


def _copy(plan: MergePlan, user: User, why: str, *, version: int, variant: str = "") -> MergePlan:
    copy = MergePlan(
        programme=plan.programme,
        division=plan.division,
        version=version,
        variant=variant,
        based_on=plan,
        first_submitted_on=plan.first_submitted_on,
        return_reason="" if variant else plan.return_reason,
    )
    save_recorded(copy, user=user, reason=why)
    for what in COPIED:
        _copy_rows(what, {plan.pk: copy.pk}, user, why)
    return copy


def _copy_rows(what: Copied, keys: dict[int, int], user: User, why: str) -> None:
    """Copy the records that belong to the ``keys``, to those that these were copied to."""
    if not keys:
        return
    field = f"{what.to}_id"
    rows: list[Any] = list(
        what.model._default_manager.filter(**{f"{what.to}__in": list(keys)}).order_by("pk")  # noqa: SLF001 - documented by Django
    )
    old = [row.pk for row in rows]
    for row in rows:
        setattr(row, field, keys[getattr(row, field)])
        row.pk = None
        row._state.adding = True  # noqa: SLF001 - documented by Django for copies
        if isinstance(row, Attachment):
            row.key = Attachment._meta.get_field("key").get_default()  # noqa: SLF001 - see above
    made = create_recorded(what.model, rows, actor=user.get_username(), reason=why, user=user)
    copied = {before: after.pk for before, after in zip(old, made, strict=True)}
    for child in what.children:
        _copy_rows(child, copied, user, why)


def _sign_revision(plan: MergePlan, user: User) -> None:
    signature = Signature(
        plan=plan,
        action=Signature.Action.REVISE,
        user=user,
        signer=str(user),
        role=user.role,
        department=user.department,
        day=plan.programme.opens_as_of,
        content_digest=content_digest(plan),
        ledger_digest=ledger_digest(plan),
    )
    save_recorded(signature, user=user, reason=str(Signature.Action.REVISE.label))

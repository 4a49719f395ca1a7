"""A proposal as a variant of the division's draft: to be compared, and taken over by people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition
from consolidation.services.versions import copy_as_variant
from platforms_portal.history import delete_recorded, save_recorded
from solver.engine.proposal import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model

    from accounts.models import User
    from solver.models import SolverRun


@dataclass
class Made:
    """The variant, how many records it changes, and what was left to people."""

    plan: MergePlan
    written: int = 0
    left: list[Mapping[str, Any]] = field(default_factory=list)


def open_draft(run: SolverRun) -> MergePlan | None:
    """Return the draft beside which the proposal can be laid; none where it is on its way."""
    if not run.is_internal or run.owner_id is None:
        return None
    return (
        MergePlan.objects.filter(
            programme=run.programme_id,
            division=run.owner_id,
            variant="",
            state=MergePlan.State.DRAFT,
        )
        .select_related("programme", "division")
        .first()
    )


def show_as_variant(*, run: SolverRun, user: User) -> Made:
    """Copy the draft as a variant with the proposed changes in it. The draft stays as it is.

    What only the commission decides (the retained list, sub-areas), a new body, and what was
    confirmed carried out are left out and told. Raises ``PermissionDenied`` and
    ``ValidationError`` as ``copy_as_variant``; the latter also where there is no draft or proposal.
    """
    draft = open_draft(run)
    if draft is None:
        raise ValidationError(_("There is no open draft beside which it could be laid."))
    if not run.result or not run.result["changes"]:
        raise ValidationError(_("This run proposes no change."))
    with transaction.atomic():
        name = _("Proposal %(n)d") % {"n": run.pk}
        made = Made(copy_as_variant(plan=draft, name=name, user=user))
        for change in run.result["changes"]:
            if _WRITERS.get(change["subject"], _left)(made, change, user):
                made.written += 1
            else:
                made.left.append(change)
    return made


def _left(made: Made, change: Mapping[str, Any], user: User) -> bool:  # noqa: ARG001 - as the writers
    return False


def _key(thing: Mapping[str, Any] | None) -> int | None:
    return thing["id"] if thing else None


def _store(record: Model, user: User) -> None:
    record.is_placeholder, record.note = False, ""  # type: ignore[attr-defined]  # all are Sourced
    save_recorded(record, user=user, reason=_("Proposed by the solver"))


def _platform(made: Made, change: Mapping[str, Any], user: User) -> bool:
    after, pk = change["after"], change["record"]["id"]
    decided = Disposition.objects.filter(plan=made.plan, platform=pk).first()
    if decided is not None and decided.confirmed_on:
        return False
    if not after["kind"]:
        return False
    record = decided or Disposition(plan=made.plan, platform_id=pk)
    record.kind = after["kind"]
    record.target_id = _key(after["target"]) if after["kind"] == Disposition.Kind.MERGE else None
    record.transform_into = after.get("into", "")
    # A merge across divisions that do not border wants a reason that people give: none is feigned.
    record.reason = "" if after.get("reason_wanted") else _("Proposed by the solver")
    _store(record, user)
    return True


def _body(made: Made, change: Mapping[str, Any], user: User) -> bool:
    after, pk = change["after"], change["record"]["id"]
    decided = BodyDisposition.objects.filter(plan=made.plan, body=pk).first()
    if decided is not None and decided.confirmed_on:
        return False
    if not after["fate"]:
        if decided is not None:
            delete_recorded(decided, user=user, reason=_("Proposed by the solver"))
        return decided is not None
    record = decided or BodyDisposition(plan=made.plan, body_id=pk)
    record.fate, record.serves_id = after["fate"], _key(after["serves"])
    record.reason = _("Proposed by the solver")
    record.leadership_teams = after.get("teams")
    if record.fate == BodyDisposition.Fate.ABOLISH:
        record.internal_departments = record.secretary_is_director = None
    _store(record, user)
    return True


def _plate(made: Made, change: Mapping[str, Any], user: User) -> bool:
    after, pk = change["after"], change["record"]["id"]
    decided = PlateDisposition.objects.filter(plan=made.plan, plate=pk).first()
    record = decided or PlateDisposition(plan=made.plan, plate_id=pk)
    record.fate, record.carrier_id = after["fate"], _key(after["carrier"])
    _store(record, user)
    return True


_WRITERS = {Subject.PLATFORM: _platform, Subject.BODY: _body, Subject.PLATE: _plate}

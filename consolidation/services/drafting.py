"""Entering a plan: each row is saved at once, and nothing is overwritten unseen."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.models import (
    BodyDisposition,
    Disposition,
    MergePlan,
    PlateDisposition,
)
from consolidation.selectors.desk import DeskRow, desk_row, desk_rows, target_choices
from consolidation.services.seen import ConflictError, compare
from consolidation.transitions import may_edit
from platforms_portal.access import Right, has_right, scope_of
from platforms_portal.history import delete_recorded, save_recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model
    from django_stubs_ext import StrOrPromise

    from accounts.models import User

REASON = gettext_lazy("Entered")


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
        _write(locked, row, _completed(row, row.values | known, known), user)
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
        for row in desk_rows(locked, list(seen)):
            values = _for_row(row, given)
            problem = ""
            try:
                compare(row.values, row.seen, values, seen[row.platform.pk])
                with transaction.atomic():
                    _write(locked, row, _completed(row, row.values | values, values), user)
            except ConflictError:
                problem = _("Somebody else changed this row. It was left as it is.")
            except ValidationError as refused:
                problem = " ".join(refused.messages)
            outcomes.append(Outcome(row.platform.pk, row.platform.name, problem))
    return outcomes


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
        for row in desk_rows(locked):
            if row.retained is None:
                continue
            follows = {"kind": Disposition.Kind.UPGRADE.value}
            follows |= {body.name: BodyDisposition.Fate.KEEP.value for body in row.bodies[:1]}
            follows |= {plate.name: PlateDisposition.Fate.KEEP.value for plate in row.plates}
            given = {name: value for name, value in follows.items() if not row.values[name]}
            if given:
                _write(locked, row, _completed(row, row.values | given, given), user)
                filled += 1
    return filled


# --- Rows -----------------------------------------------------------------------------------------


def _completed(row: DeskRow, values: dict[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return ``values`` with what follows from them: no target without a merge, and so on."""
    if values["kind"] != Disposition.Kind.MERGE:
        values["target"] = ""
    if values["kind"] != Disposition.Kind.TRANSFORM:
        values["into"] = ""
    for plate in row.plates:
        if values[plate.name] != PlateDisposition.Fate.KEEP:
            values[plate.carrier_name] = ""
        elif not values[plate.carrier_name] and plate.carrier_name not in given:
            # A plate that is kept goes with its platform, unless somebody says otherwise.
            values[plate.carrier_name] = values["target"]
    return values


def _write(plan: MergePlan, row: DeskRow, values: dict[str, str], user: User) -> None:
    if values == row.values:
        return
    problems = _problems(plan, row, values)
    if problems:
        raise ValidationError(problems)
    _write_platform(plan, row, values, user)
    for body in row.bodies:
        if values[body.name] != row.values[body.name]:
            write_body(
                plan, body.body.pk, body.decision, values[body.name], _serves(row, values), user
            )
    for plate in row.plates:
        names = (plate.name, plate.carrier_name)
        if any(values[name] != row.values[name] for name in names):
            decision = plate.decision or PlateDisposition(plan=plan, plate=plate.plate)
            fields = {
                "fate": values[plate.name],
                "carrier_id": _int(values[plate.carrier_name]),
            }
            _store(decision, fields, bool(values[plate.name]), user)


def _problems(plan: MergePlan, row: DeskRow, values: dict[str, str]) -> dict[str, StrOrPromise]:
    changed = {name for name, value in values.items() if value != row.values[name]}
    problems = _no_choice(plan, row, values, changed)
    if values["target"] == str(row.platform.pk):
        problems["target"] = _("A platform cannot be merged into itself.")
    if "planned_on" in changed and (wrong := _wrong_day(plan, values["planned_on"])):
        problems["planned_on"] = wrong
    for name, longest in (("reason", 500), ("into", 60)):
        if len(values[name]) > longest:
            problems[name] = _("Write at most %(n)d characters.") % {"n": longest}
    decision = row.decision
    if decision is not None and decision.confirmed_on and {"kind", "target", "into"} & changed:
        problems["kind"] = _("This was confirmed carried out on %(day)s and stays as it is.") % {
            "day": decision.confirmed_on.isoformat()
        }
    return problems


def _wrong_day(plan: MergePlan, text: str) -> StrOrPromise:
    """Return what is wrong with a planned day: none can be planned before the baseline is drawn."""
    day, baseline = _day(text), plan.programme.baseline_date
    if not text or (day is not None and day > baseline):
        return ""
    if day is None:
        return _("Write a date as 2020-12-31.")
    return _("Choose a day after the baseline date, %(day)s.") % {"day": baseline.isoformat()}


def _no_choice(
    plan: MergePlan, row: DeskRow, values: dict[str, str], changed: set[str]
) -> dict[str, StrOrPromise]:
    """Return the problems of changed fields that hold no value of their list."""
    choices = {"kind": Disposition.Kind.values}
    choices |= {body.name: BodyDisposition.Fate.values for body in row.bodies}
    choices |= {plate.name: PlateDisposition.Fate.values for plate in row.plates}
    problems: dict[str, StrOrPromise] = {
        name: _("Choose one of the list.")
        for name in changed & choices.keys()
        if values[name] and values[name] not in choices[name]
    }
    named = changed & {"target", *(plate.carrier_name for plate in row.plates)}
    if any(values[name] for name in named):
        targets = {str(choice.pk) for choice in target_choices(plan)}
        problems |= {
            name: _("Choose a platform of the list of retained ones.")
            for name in named
            if values[name] and values[name] not in targets
        }
    return problems


def _write_platform(plan: MergePlan, row: DeskRow, values: dict[str, str], user: User) -> None:
    names = ("kind", "target", "into", "planned_on", "reason")
    if all(values[name] == row.values[name] for name in names):
        return
    if not values["kind"] and any(values[name] for name in names):
        raise ValidationError({"kind": _("Choose the disposition first.")})
    decision = row.decision or Disposition(plan=plan, platform=row.platform)
    fields = {
        "kind": values["kind"],
        "target_id": _int(values["target"]),
        "transform_into": values["into"],
        "planned_on": _day(values["planned_on"]),
        "reason": values["reason"],
    }
    _store(decision, fields, bool(values["kind"]), user)


def _serves(row: DeskRow, values: dict[str, str]) -> int | None:
    """Return the platform that a body of the row goes on to serve, unless somebody says else."""
    if row.retained is not None:
        return row.platform.pk
    return _int(values["target"])


def write_body(
    plan: MergePlan,
    body_id: int,
    decision: BodyDisposition | None,
    fate: str,
    serves_id: int | None,
    user: User,
) -> None:
    """Store the fate of a body; one that goes on serves ``serves_id`` unless it serves another."""
    if decision is not None and decision.confirmed_on and decision.fate != fate:
        raise ValidationError(
            {
                f"body-{body_id}": _(
                    "This was confirmed carried out on %(day)s and stays as it is."
                )
                % {"day": decision.confirmed_on.isoformat()}
            }
        )
    fields: dict[str, Any] = {"fate": fate}
    if fate == BodyDisposition.Fate.ABOLISH:
        fields |= {
            "serves_id": None,
            "leadership_teams": None,
            "internal_departments": None,
            "secretary_is_director": None,
        }
    elif decision is None or decision.serves_id is None:
        fields["serves_id"] = serves_id
    kept = decision or BodyDisposition(plan=plan, body_id=body_id)
    _store(kept, fields, bool(fate), user)


def _store(record: Model, fields: Mapping[str, Any], keep: bool, user: User) -> None:
    """Save ``record`` with ``fields``, or delete it where nothing is decided any more."""
    if not keep:
        if record.pk is not None:
            delete_recorded(record, user=user, reason=str(REASON))
        return
    for name, value in fields.items():
        setattr(record, name, value)
    mark_real(record)
    save_recorded(record, user=user, reason=str(REASON))


def mark_real(record: Any) -> None:
    """Take the mark of a placeholder from what an official has entered: it is no stand-in."""
    if record.is_placeholder:
        record.is_placeholder = False
        record.note = ""


def _int(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None

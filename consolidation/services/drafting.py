"""Entering a plan: each row is saved at once, and nothing is overwritten unseen."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.models import (
    BodyDisposition,
    Disposition,
    MergePlan,
    PlateDisposition,
)
from consolidation.selectors.desk import DeskRow, desk_row, desk_rows, target_choices
from consolidation.services.recording import ManyRecorder, Recorder
from consolidation.services.seen import ConflictError, compare
from consolidation.transitions import may_edit
from platforms_portal.access import Right, has_right, scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from accounts.models import User

FATES = (BodyDisposition.Fate.KEEP, BodyDisposition.Fate.ABOLISH)
"""What can become of a body that stands in the ledger: only one that a plan adds is founded."""


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
        _write(Draft(locked), row, _completed(row, row.values | known, known), Recorder(user))
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
                    _write(draft, row, _completed(row, row.values | values, values), Recorder(user))
            except ConflictError:
                problem = _("Somebody else changed this row. It was left as it is.")
            except ValidationError as refused:
                problem = " ".join(refused.messages)
            outcomes.append(Outcome(row.platform.pk, row.platform.name, problem))
    return outcomes


def save_rows(
    *, plan: MergePlan, given: Mapping[int, Mapping[str, str]], seen: Mapping[int, str], user: User
) -> dict[int, ValidationError]:
    """Save what is ``given`` for each of many platforms as ``save_row`` does, in a few queries.

    ``seen`` has the digest of each row by its platform. Returns why rows were refused, by
    platform: those are left as they are, and whoever wants all or nothing takes the others back.
    Raises as ``locked_draft``; ``ConflictError`` where somebody else changed one of the rows.
    """
    refused: dict[int, ValidationError] = {}
    with transaction.atomic():
        locked = locked_draft(plan, user)
        draft, recorder = Draft(locked), ManyRecorder(user)
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
                _write(draft, row, _completed(row, row.values | known, known), own)
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
                _write(draft, row, _completed(row, row.values | given, given), recorder)
                filled += 1
    return filled


class Draft:
    """A draft that is locked, and what its rows are judged by: read once for all of them."""

    def __init__(self, plan: MergePlan) -> None:
        """Take the plan."""
        self.plan = plan

    @cached_property
    def targets(self) -> set[str]:
        """The keys of the platforms that others can be merged into."""
        return {str(choice.pk) for choice in target_choices(self.plan)}


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


def _write(draft: Draft, row: DeskRow, values: dict[str, str], recorder: Recorder) -> None:
    if values == row.values:
        return
    plan = draft.plan
    problems = _problems(draft, row, values)
    if problems:
        raise ValidationError(problems)
    _write_platform(plan, row, values, recorder)
    for body in row.bodies:
        if values[body.name] != row.values[body.name]:
            fate = body.decision or BodyDisposition(plan=plan, body=body.body)
            write_body(fate, values[body.name], _serves(row, values), recorder)
    for plate in row.plates:
        names = (plate.name, plate.carrier_name)
        if any(values[name] != row.values[name] for name in names):
            decision = plate.decision or PlateDisposition(plan=plan, plate=plate.plate)
            fields = {
                "fate": values[plate.name],
                "carrier_id": _int(values[plate.carrier_name]),
            }
            recorder.store(decision, fields, keep=bool(values[plate.name]))


def _problems(draft: Draft, row: DeskRow, values: dict[str, str]) -> dict[str, StrOrPromise]:
    changed = {name for name, value in values.items() if value != row.values[name]}
    problems = _no_choice(draft, row, values, changed)
    if values["target"] == str(row.platform.pk):
        problems["target"] = _("A platform cannot be merged into itself.")
    if "planned_on" in changed and (wrong := _wrong_day(draft.plan, values["planned_on"])):
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
    draft: Draft, row: DeskRow, values: dict[str, str], changed: set[str]
) -> dict[str, StrOrPromise]:
    """Return the problems of changed fields that hold no value of their list."""
    choices = {"kind": Disposition.Kind.values}
    choices |= {body.name: [*FATES] for body in row.bodies}
    choices |= {plate.name: PlateDisposition.Fate.values for plate in row.plates}
    problems: dict[str, StrOrPromise] = {
        name: _("Choose one of the list.")
        for name in changed & choices.keys()
        if values[name] and values[name] not in choices[name]
    }
    named = changed & {"target", *(plate.carrier_name for plate in row.plates)}
    problems |= {
        name: _("Choose a platform of the list of retained ones.")
        for name in named
        if values[name] and values[name] not in draft.targets
    }
    return problems


def _write_platform(
    plan: MergePlan, row: DeskRow, values: dict[str, str], recorder: Recorder
) -> None:
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
    recorder.store(decision, fields, keep=bool(values["kind"]))


def _serves(row: DeskRow, values: dict[str, str]) -> int | None:
    """Return the platform that a body of the row goes on to serve, unless somebody says else."""
    if row.retained is not None:
        return row.platform.pk
    return _int(values["target"])


def write_body(
    decision: BodyDisposition, fate: str, serves_id: int | None, recorder: Recorder
) -> None:
    """Store the fate of a body; one that goes on serves ``serves_id`` unless it serves another."""
    if decision.confirmed_on and decision.fate != fate:
        raise ValidationError(
            {
                f"body-{decision.body_id}": _(
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
    elif decision.serves_id is None:
        fields["serves_id"] = serves_id
    recorder.store(decision, fields, keep=bool(fate))


def _int(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None

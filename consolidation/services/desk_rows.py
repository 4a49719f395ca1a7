"""One row of the desk as it is stored: completed, judged, and written record by record."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.models import BodyDisposition, Disposition, PlateDisposition
from consolidation.selectors.desk import target_choices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from consolidation.models import MergePlan
    from consolidation.selectors.desk import DeskRow
    from consolidation.services.recording import Recorder

FATES = (BodyDisposition.Fate.KEEP, BodyDisposition.Fate.ABOLISH)
"""What can become of a body that stands in the ledger: only one that a plan adds is founded."""


class Draft:
    """A draft that is locked, and what its rows are judged by: read once for all of them."""

    def __init__(self, plan: MergePlan) -> None:
        """Take the plan."""
        self.plan = plan

    @cached_property
    def targets(self) -> set[str]:
        """The keys of the platforms that others can be merged into."""
        return {str(choice.pk) for choice in target_choices(self.plan)}


def completed(row: DeskRow, values: dict[str, str], given: Mapping[str, str]) -> dict[str, str]:
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


def write_row(draft: Draft, row: DeskRow, values: dict[str, str], recorder: Recorder) -> None:
    """Store what differs in ``values``; raises ``ValidationError`` with every error by its field."""
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
    if _is_confirmed(row.decision) and {"kind", "target", "into"} & changed:
        problems["kind"] = _confirmed(row.decision)
    for body in row.bodies:
        if body.name in changed and _is_confirmed(body.decision):
            problems[body.name] = _confirmed(body.decision)
    return problems


def _is_confirmed(decision: Disposition | BodyDisposition | None) -> bool:
    return decision is not None and decision.confirmed_on is not None


def _confirmed(decision: Disposition | BodyDisposition | None) -> str:
    day = decision.confirmed_on if decision is not None else None
    return _("This was confirmed carried out on %(day)s and stays as it is.") % {
        "day": day.isoformat() if day else ""
    }


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
    if _is_confirmed(decision) and decision.fate != fate:
        raise ValidationError({f"body-{decision.body_id}": _confirmed(decision)})
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

"""The sheets of the plans: their versions, and what they decide for platforms, plates, bodies."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from consolidation.loading.references import body, is_owner, owner, plan, plan_of, plate, platform
from consolidation.loading.specs import Column, Sheet, in_programme
from consolidation.loading.tables import Record
from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition
from consolidation.sheets import words
from zones.models import Origin

if TYPE_CHECKING:
    from consolidation.loading.rows import Row


def plan_of_owner(row: Row, subject: Record | None) -> Record | None:
    """Return the plan of the owner of ``subject``, for a row that names none."""
    of = subject.values.get("division") if subject is not None else None
    if not isinstance(of, Record) or row.load.city is None:
        row.failed.add("plan")  # What is missing was reported where it is missing.
        return None
    if not is_owner(of, row.load):
        row.fail("plan", _("Its owner is no owner of this programme. Name the plan here."))
        return None
    return plan_of(of, row.load)


def by_platform(row: Row) -> Record | None:
    """Return the default plan of a row that is about a platform."""
    return plan_of_owner(row, row.get("platform"))


def by_plate(row: Row) -> Record | None:
    """Return the default plan of a row that is about a plate: its platform's owner's."""
    known = row.get("plate")
    return plan_of_owner(row, known.values.get("platform") if known is not None else None)


def by_body(row: Row) -> Record | None:
    """Return the default plan of a row that is about a management body."""
    return plan_of_owner(row, row.get("body"))


def _in_order(row: Row, *names: str) -> None:
    """Report dates that stand in the wrong order."""
    earlier, day = "", datetime.date.min
    for name in names:
        given = row.get(name)
        if given is None:
            continue
        if given < day:
            row.fail(name, _("This day is before the one in “%(column)s”.") % {"column": earlier})
        earlier, day = name, given


def _prepare_plan(row: Row) -> None:
    _in_order(row, "first_submitted_on", "submitted_on", "decided_on", "completed_on")


def _submitted_on(row: Row) -> datetime.date | None:
    return None if row.get("state") in MergePlan.INTERNAL_STATES else row.load.baseline


def _first_submitted_on(row: Row) -> datetime.date | None:
    # The day that stands in for one not given says from when the plan counts, not when it came.
    return row.get("submitted_on") if "submitted_on" in row.line.cells else None


PLANS = Sheet(
    name="plans",
    model=MergePlan,
    key=("division", "version"),
    # A variant is a district's own affair until it is taken over.
    scope=in_programme(variant=""),
    columns=(
        Column("division", required=True, parse=owner),
        Column("version"),
        Column(
            "state",
            words=words.PLAN_STATES,
            default=lambda _row: MergePlan.State.SUBMITTED.value,
        ),
        Column("submitted_on", default=_submitted_on),
        Column("first_submitted_on", default=_first_submitted_on),
        Column("decided_on"),
        Column("return_reason"),
        Column("completed_on"),
    ),
    sourced=True,
    prepare=_prepare_plan,
)


def _is_in_baseline(record: Record, day: datetime.date) -> bool:
    values: dict[str, Any] = record.values
    start, end = values.get("established_on"), values.get("closed_on")
    return (
        values.get("origin") == Origin.LEDGER
        and (start is None or start <= day)
        and (end is None or end > day)
    )


def _check_confirmation(row: Row) -> None:
    """Judge the day on which a decision was confirmed carried out."""
    day, of = row.get("confirmed_on"), row.get("plan")
    if day is None:
        return
    if row.load.baseline_known and day < row.load.baseline:
        message = _("Nothing can be confirmed carried out before the baseline (%(day)s).")
        row.fail("confirmed_on", message % {"day": row.load.baseline})
    elif day > timezone.localdate():
        row.warn("confirmed_on", _("This day is in the future. It counts only from then on."))
    if of is not None and of.values.get("state") in MergePlan.INTERNAL_STATES:
        message = _("Its plan is a draft: this counts only once the plan is submitted.")
        row.warn("confirmed_on", message)


def _prepare_disposition(row: Row) -> None:
    _check_confirmation(row)
    known = row.get("platform")
    judged = known if row.load.baseline_known else None
    if judged is not None and not _is_in_baseline(judged, row.load.baseline):
        message = _(
            "This platform is not in the baseline: it is founded later, or closed by then. "
            "Only platforms of the baseline are disposed of."
        )
        row.fail("platform", message)
    if row.get("transform_into") and row.get("kind") not in {None, Disposition.Kind.TRANSFORM}:
        row.fail("transform_into", _("Only the disposition “transform” has this. Leave it empty."))


DISPOSITIONS = Sheet(
    name="dispositions",
    model=Disposition,
    key=("plan", "platform"),
    scope=in_programme("plan__programme"),
    columns=(
        Column("platform", required=True, parse=platform),
        Column("plan", parse=plan, default=by_platform),
        Column("kind", required=True, words=words.DISPOSITIONS),
        Column("target", parse=platform),
        Column("transform_into"),
        Column("planned_on"),
        Column("reason"),
        Column("confirmed_on"),
    ),
    sourced=True,
    prepare=_prepare_disposition,
)

PLATE_DISPOSITIONS = Sheet(
    name="plate_dispositions",
    model=PlateDisposition,
    key=("plan", "plate"),
    scope=in_programme("plan__programme"),
    columns=(
        Column("plate", required=True, parse=plate),
        Column("plan", parse=plan, default=by_plate),
        Column("fate", required=True, words=words.PLATE_FATES),
        Column("carrier", parse=platform),
    ),
    sourced=True,
)


def _prepare_body_disposition(row: Row) -> None:
    _check_confirmation(row)
    known, of = row.get("body"), row.get("plan")
    if known is None:
        return
    if of is not None and of.values["division"] is not known.values.get("division"):
        row.fail("plan", _("A body is decided on in the plan of its own owner."))
    fate = row.get("fate")
    is_founded = known.values.get("origin") == Origin.FOUNDED
    if fate == BodyDisposition.Fate.FOUND and not is_founded:
        message = _("Only a body with the origin “founded” in “bodies” is newly founded.")
        row.fail("fate", message)
    elif fate == BodyDisposition.Fate.KEEP and is_founded:
        row.fail("fate", _("This body's origin is “founded”: write “found” here."))


BODY_DISPOSITIONS = Sheet(
    name="body_dispositions",
    model=BodyDisposition,
    key=("plan", "body"),
    scope=in_programme("plan__programme"),
    columns=(
        Column("body", required=True, parse=body),
        Column("plan", parse=plan, default=by_body),
        Column("fate", required=True, words=words.BODY_FATES),
        Column("serves", parse=platform),
        Column("leadership_teams"),
        Column("internal_departments"),
        Column("secretary_is_director"),
        Column("reason"),
        Column("confirmed_on"),
    ),
    sourced=True,
    prepare=_prepare_body_disposition,
)

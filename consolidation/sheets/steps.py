"""The sheet of what was carried out: the steps of a disposition, a body's fate, or a founding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.loading import references
from consolidation.loading.cells import choice, text_up_to
from consolidation.loading.specs import Column, Sheet, in_programme
from consolidation.models import BodyDisposition, Disposition, ExecutionStep, RetainedPlatform
from consolidation.services.execution import CONFIRMATION, Subject
from consolidation.sheets.plans import plan_of_owner
from zones.models import Origin

if TYPE_CHECKING:
    from consolidation.loading.loads import Load
    from consolidation.loading.rows import Row
    from consolidation.loading.tables import Record

_SUBJECTS: dict[str, tuple[type[Subject], str]] = {
    "disposition": (Disposition, "dispositions"),
    "body_disposition": (BodyDisposition, "body_dispositions"),
    "retained": (RetainedPlatform, "retained"),
}
_FIELD_OF = {"platform": "disposition", "body": "body_disposition", "founding": "retained"}


def _prepare(row: Row) -> None:
    """Find the decision that the step belongs to."""
    subject = row.values.pop("subject", None)
    code = row.values.pop("code", None)
    row.values |= dict.fromkeys(_SUBJECTS)
    if row.has_failed("subject", "code", "plan"):
        found = None
    elif subject == "founding":
        found = _founding(row, code)
    else:
        found = _decision(row, subject, code)
    row.values.pop("plan", None)
    if found is None:
        # Without its decision a step has no key and breaks the constraint of one subject.
        row.failed |= _SUBJECTS.keys()
    else:
        row.values[_FIELD_OF[subject]] = found
    carried_out_on, confirmed_on = row.get("carried_out_on"), row.get("confirmed_on")
    if carried_out_on and confirmed_on and confirmed_on < carried_out_on:
        row.fail("confirmed_on", _("This day is before the one in “carried_out_on”."))


def _founding(row: Row, code: str) -> Record | None:
    if row.get("plan") is not None:
        row.fail("plan", _("A founding belongs to no plan. Leave this empty."))
    entry = row.parse("code", "code", references.retained)
    if entry is None:
        return None
    if entry.values["platform"].values.get("origin") != Origin.FOUNDED:
        message = _("“%(code)s” stands in the ledger and is not founded by the programme.")
        row.fail("code", message % {"code": code})
    found: Record = entry
    return found


def _decision(row: Row, subject: str, code: str) -> Record | None:
    is_platform = subject == "platform"
    parse = references.platform if is_platform else references.body
    known = row.parse("code", "code", parse)
    if known is None:
        return None
    plan = row.get("plan") or plan_of_owner(row, known)
    if plan is None:
        return None
    model, sheet = _SUBJECTS[_FIELD_OF[subject]]
    found = row.load.table(model).find(plan, known)
    if found is None and not row.load.is_told(sheet, code):
        message = _(
            "“%(sheet)s” decides nothing for “%(code)s” in this plan. Add the decision there, "
            "or name another plan."
        )
        row.fail("code", message % {"sheet": sheet, "code": code})
    return found


def _finish(load: Load) -> None:
    """Leave the day of confirmation to the steps wherever there are any."""
    subjects = {
        (name, record.values[name])
        for record in load.table(ExecutionStep)
        for name in _SUBJECTS
        if record.values[name] is not None
    }
    for name, subject in subjects:
        model, sheet = _SUBJECTS[name]
        field = CONFIRMATION[model]
        is_new = subject.pk is None or field in (subject.before or {})
        if not subject.row or not is_new:
            continue
        if subject.values.get(field) is None:
            subject.revert(field)
        else:
            message = _("This follows from the row's steps in “steps”. Leave it empty here.")
            load.fail(sheet, subject.row, field, str(subject.values[field]), message)


STEPS = Sheet(
    name="steps",
    model=ExecutionStep,
    key=("disposition", "body_disposition", "retained", "title"),
    key_headings=("subject", "code", "plan", "title"),
    scope=in_programme(
        "disposition__plan__programme",
        "body_disposition__plan__programme",
        "retained__programme",
    ),
    columns=(
        Column("subject", required=True, parse=choice(_FIELD_OF)),
        Column("code", required=True, parse=text_up_to(40)),
        Column("plan", parse=references.plan),
        Column("title", required=True),
        Column("planned_on"),
        Column("carried_out_on"),
        Column("document_number"),
        Column("confirmed_on"),
    ),
    sourced=True,
    prepare=_prepare,
    finish=_finish,
)

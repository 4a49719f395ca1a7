"""The sheets of what the document fixes: the programme, quotas, deadlines, tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.loading.cells import choice, many, parser_of, text_up_to
from consolidation.loading.meta import fields_of
from consolidation.loading.references import department, division, owner
from consolidation.loading.specs import Column, Link, Sheet, in_programme
from consolidation.loading.tables import Record
from consolidation.models import (
    Deadline,
    Programme,
    Quota,
    QuotaException,
    RankGoal,
    StepTemplate,
    Task,
)
from consolidation.models.programmes import StaffCategory
from consolidation.sheets import words
from zones.models import Ledger

if TYPE_CHECKING:
    from consolidation.loading.loads import Load
    from consolidation.loading.rows import Row


def _prepare_programme(row: Row) -> None:
    held = row.load.table(Programme).find(row.get("code"))
    row.load.city = row.get("division")
    row.load.ledger = _ledger(row, held)
    row.values["ledger"] = row.load.ledger
    if held is not None and not row.load.update:
        message = _("This programme exists already. Change it with --update, or give another code.")
        row.fail("code", message)


def _ledger(row: Row, held: Record | None) -> Record | None:
    """Return the ledger that the programme counts in, a new one if there is none of its code."""
    name = row.values.pop("ledger_name", None)
    code = row.values.pop("ledger", None)
    if code is None and held is not None:
        ledger: Record | None = held.values["ledger"]
    else:
        ledger = row.load.table(Ledger).find(code or row.get("code"))
    if row.has_failed("ledger", "code", "division"):
        return ledger
    if ledger is None:
        fields = {
            "code": code or row.get("code"),
            "name": name or row.get("name"),
            "division": row.get("division"),
        }
        return row.load.table(Ledger).add(Record(fields))
    if ledger.values["division"] is not row.get("division"):
        message = _("The ledger “%(code)s” is another city's. Give a code of your own.") % {
            "code": ledger.values["code"]
        }
        row.fail("ledger", message)
    elif name and name != ledger.values["name"]:
        _rename(ledger, name, row)
    return ledger


def _rename(ledger: Record, name: str, row: Row) -> None:
    if row.load.update:
        ledger.change({"name": name})
    else:
        message = _("This ledger is called “%(name)s”. Write the same, or leave this empty.") % {
            "name": ledger.values["name"]
        }
        row.fail("ledger_name", message)


def _finish_programme(load: Load) -> None:
    load.programme = next(iter(load.given.get("programme", ())), None)


PROGRAMME = Sheet(
    name="programme",
    model=Programme,
    key=("code",),
    columns=(
        Column("code", required=True),
        Column("name", required=True),
        Column("name_en"),
        Column("division", required=True, parse=division),
        Column("ledger", parse=parser_of(fields_of(Ledger)["code"], {})),
        Column("ledger_name", parse=text_up_to(120)),
        Column("baseline_date", required=True),
        Column("as_of", "as_of_default"),
        Column("declared_platforms"),
        Column("declared_bodies"),
        Column("declared_staff"),
        Column("bodies_basis"),
        Column("staff_basis"),
        Column("counted_categories", parse=many(choice(StaffCategory.values, words.CATEGORIES))),
        Column("exempt_titles", parse=many(text_up_to(60))),
        Column("document"),
        Column("leader_approves"),
    ),
    sourced=True,
    required=True,
    as_pairs=True,
    prepare=_prepare_programme,
    finish=_finish_programme,
)

RANK_GOALS = Sheet(
    name="rank_goals",
    model=RankGoal,
    key=("zone_kind", "rank_max"),
    scope=in_programme(),
    columns=(
        Column("zone_kind", required=True, words=words.ZONE_KINDS),
        Column("rank_max", required=True),
        Column("zones_min", required=True),
        Column("clause"),
    ),
)

QUOTAS = Sheet(
    name="quotas",
    model=Quota,
    key=("division",),
    scope=in_programme(),
    columns=(
        Column("division", required=True, parse=owner),
        Column("base", required=True),
        Column("extra"),
        Column("reason"),
    ),
)

STEP_TEMPLATES = Sheet(
    name="step_templates",
    model=StepTemplate,
    key=("subject", "title"),
    scope=in_programme(),
    columns=(
        Column("subject", required=True, words=words.STEP_SUBJECTS),
        Column("title", required=True),
        Column("sequence"),
    ),
)

QUOTA_EXCEPTIONS = Sheet(
    name="quota_exceptions",
    model=QuotaException,
    key=("division", "places", "reason", "document", "granted_on"),
    scope=in_programme(),
    columns=(
        Column("division", required=True, parse=owner),
        Column("places", required=True),
        Column("reason", required=True),
        Column("document", required=True),
        Column("granted_on", required=True),
    ),
)

DEADLINES = Sheet(
    name="deadlines",
    model=Deadline,
    key=("kind", "due_on"),
    scope=in_programme(),
    columns=(
        Column("kind", required=True, words=words.DEADLINES),
        Column("due_on", required=True),
        Column("expected_platforms"),
        Column("clause"),
        Column("source"),
    ),
)


def _prepare_task(row: Row) -> None:
    row.values["order"] = len(row.load.given["tasks"]) + 1


TASKS = Sheet(
    name="tasks",
    model=Task,
    key=("clause", "title"),
    scope=in_programme(),
    columns=(
        Column("clause", required=True),
        Column("title", required=True),
        Column("also_responsible"),
        Column("due_on"),
        Column("state", words=words.TASK_STATES),
        Column("handed_out_on"),
        Column("closed_on"),
    ),
    sourced=True,
    links=(
        Link(
            heading="departments",
            model=Task.departments.through,
            owner="task",
            target="department",
            parse=many(department),
            scope=in_programme("task__programme"),
        ),
    ),
    prepare=_prepare_task,
)

"""The sheets of follow-up: its settings, and what departments reported on their tasks."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.loading.cells import text_up_to
from consolidation.loading.references import department
from consolidation.loading.specs import Column, Sheet, in_programme, register
from consolidation.models import Task, TaskNote
from followup.models import FollowUpSettings

if TYPE_CHECKING:
    from consolidation.loading.loads import Load
    from consolidation.loading.rows import Row


def _month(text: str, _load: Load) -> datetime.date:
    """Return the first day of the month written 2021-03; raises ``ValidationError``."""
    try:
        return datetime.date.fromisoformat(f"{text.strip()}-01")
    except ValueError as error:
        raise ValidationError(_("Write a month as 2021-03.")) from error


def _find_task(row: Row) -> None:
    """Find the task that the report is about, by clause and title."""
    clause, title = row.values.pop("clause", None), row.values.pop("title", None)
    row.values["task"] = None
    if row.has_failed("clause", "title"):
        row.failed.add("task")
        return
    found = row.load.table(Task).find(clause, title)
    if found is None and row.load.is_told("tasks", clause):
        # The task's own row is wrong, which was told where it stands.
        row.failed.add("task")
        return
    if found is None:
        row.fail(
            "title",
            _("“%(value)s” does not stand in “%(sheet)s”. Add it there, or correct it here.")
            % {"value": f"{clause} {title}", "sheet": "tasks"},
        )
        row.failed.add("task")
        return
    row.values["task"] = found


FOLLOW_UP = Sheet(
    name="follow_up",
    model=FollowUpSettings,
    # One row a programme: its key is the programme itself, which no column names.
    key=("programme",),
    key_headings=("amber_days",),
    scope=in_programme(),
    columns=(
        Column("amber_days"),
        Column("red_days"),
        Column("reminder_days"),
        Column("escalation_days"),
        Column("accept_days"),
        Column("report_day"),
    ),
)

TASK_NOTES = Sheet(
    name="task_notes",
    model=TaskNote,
    key=("task", "department", "period"),
    key_headings=("clause", "title", "department", "month"),
    scope=in_programme("task__programme"),
    columns=(
        Column("clause", required=True, parse=text_up_to(60)),
        Column("title", required=True, parse=text_up_to(200)),
        Column("department", required=True, parse=department),
        Column("month", "period", required=True, parse=_month),
        Column("written_on", required=True),
        Column("progress", "text", required=True),
        Column("problems"),
        Column("next_steps"),
    ),
    sourced=True,
    prepare=_find_task,
)

register(FOLLOW_UP, TASK_NOTES)

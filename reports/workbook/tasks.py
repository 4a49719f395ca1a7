"""The tasks of the responsible departments, and what changed between two days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.models import Task
from dashboards.selectors.between import confirmed_by
from dashboards.views.exports import change_headings, change_rows
from platforms_portal.access import Right
from reports.workbook.table import Column, flag, write_list
from reports.workbook.words import about, choice

if TYPE_CHECKING:
    from dashboards.selectors.between import Between
    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet
    from reports.workbook.table import Listed


def write_tasks(book: Book, sheet: Sheet, report: Report) -> Listed:
    """Write the sheet of tasks: a department's own, else all."""
    state = choice(Task.State)
    return write_list(
        book,
        sheet,
        "tasks",
        title=_("Tasks of the departments"),
        about=about(report),
        columns=[
            Column("clause", _("Clause"), 10, lambda task: task.clause, "centre"),
            Column("title", _("Task"), 44, lambda task: task.title, "wrapped"),
            Column("departments", _("Responsible departments"), 28, _departments, "wrapped"),
            Column(
                "also", _("Also responsible"), 24, lambda task: task.also_responsible, "wrapped"
            ),
            Column("due_on", _("Due"), 11, lambda task: task.due_on, "date"),
            Column("state", _("State"), 12, lambda task: state(task.state), "centre"),
            flag("late", _("Late"), lambda task: task.late),
            Column("progress", _("Latest progress"), 60, _progress, "wrapped"),
            flag("placeholder", _("Placeholder"), lambda task: task.is_placeholder),
        ],
        lines=report.tasks().order_by("order", "pk"),
    )


def _departments(task: Task) -> str:
    return "、".join(str(department) for department in task.departments.all())


def _progress(task: Task) -> str:
    for note in task.notes.all():
        return f"{note.written_on:%Y-%m-%d} {note.department}: {note.text}"
    return ""


def write_changes(book: Book, sheet: Sheet, report: Report, between: Between) -> Listed:
    """Write the sheet of what changed since the earlier day."""
    writers: dict[tuple[str, int], str] = {}
    if report.reader.may(Right.VIEW_HISTORY):
        bodies = between.bodies
        acts = [*between.dispositions.rows, *(bodies.rows if bodies is not None else [])]
        writers = confirmed_by(acts)
    widths = (12, 16, 44, 22, 26, 10, 16)
    looks = ("text", "text", "wrapped", "mixed", "mixed", "signed", "text")
    columns = [
        Column(f"c{at}", str(heading), width, _cell(at), look)
        for at, (heading, width, look) in enumerate(
            zip(change_headings(), widths, looks, strict=True)
        )
    ]
    span = f"{between.first.isoformat()} → {between.last.isoformat()}"
    return write_list(
        book,
        sheet,
        "changes",
        title=_("What changed"),
        about=[*about(report), span, *_cut_off(between)],
        columns=columns,
        lines=change_rows(between, writers),
    )


def _cut_off(between: Between) -> list[str]:
    """Return how many acts there were, where only the newest are listed."""
    said = []
    for label, acts in (
        (_("Platforms"), between.dispositions),
        (_("Management bodies"), between.bodies),
        (_("Corrections"), between.corrections),
    ):
        if acts is not None and acts.total > len(acts.rows):
            said.append(
                _("%(label)s: the newest %(shown)d of %(total)d acts")
                % {"label": label, "shown": len(acts.rows), "total": acts.total}
            )
    return said


def _cell(at: int) -> Any:
    if at == _DIFFERENCE:
        return lambda row: None if row[at] == "" else row[at]
    return lambda row: "" if row[at] is None else _plain(row[at])


_DIFFERENCE = 5


def _plain(value: Any) -> int | str:
    if isinstance(value, int):
        return value
    return str(value.isoformat() if hasattr(value, "isoformat") else value)

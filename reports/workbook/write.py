"""The whole workbook: every sheet in its order, the lists first, what is reckoned from them after."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.selectors.counts import COUNTERS
from platforms_portal.access import Right
from reports.workbook.bodies import write_bodies
from reports.workbook.book import Book, Sheet
from reports.workbook.charts import write_charts, write_course
from reports.workbook.check import Checks, write_check
from reports.workbook.city import write_city
from reports.workbook.cover import write_cover
from reports.workbook.divisions import write_divisions
from reports.workbook.findings import check_findings, write_breaches, write_findings
from reports.workbook.ledger import write_ledger, write_plates
from reports.workbook.retained import write_retained
from reports.workbook.staff import write_moves, write_staff
from reports.workbook.tasks import write_changes, write_tasks

if TYPE_CHECKING:
    from pathlib import Path

    from django_stubs_ext import StrOrPromise

    from reports.selectors.report import Report

SUMMARY, LIST, ANSWER = "#1D4E89", "#9AA5B1", "#7A4B00"
"""The colours of the sheets' tabs: sums, lists of records, answers."""


class Condition(Enum):
    """When a sheet is there: always, for the whole city, by the reader's rights, with a first day."""

    ALWAYS = "always"
    WHOLE_CITY = "whole city"
    LEDGER = "ledger"
    BODIES = "bodies"
    PEOPLE = "people"
    TASKS = "tasks"
    SINCE = "since"


class _Known(NamedTuple):
    """A sheet: its key, its name, what it holds, the colour of its tab, and when it is there."""

    key: str
    name: StrOrPromise
    about: StrOrPromise
    colour: str
    condition: Condition


SHEETS = (
    _Known("cover", pgettext_lazy("sheet", "Cover"), "", SUMMARY, Condition.ALWAYS),
    _Known(
        "city",
        pgettext_lazy("sheet", "City"),
        _("The four counts against their targets"),
        SUMMARY,
        Condition.ALWAYS,
    ),
    _Known(
        "divisions",
        pgettext_lazy("sheet", "Divisions"),
        _("The counts by owner, with sums"),
        SUMMARY,
        Condition.ALWAYS,
    ),
    _Known(
        "charts",
        pgettext_lazy("sheet", "Charts"),
        _("The counts by owner before and after"),
        SUMMARY,
        Condition.ALWAYS,
    ),
    _Known(
        "course",
        pgettext_lazy("sheet", "Burn-down"),
        _("How the counts fall towards the deadline"),
        SUMMARY,
        Condition.WHOLE_CITY,
    ),
    _Known(
        "ledger",
        pgettext_lazy("sheet", "Platforms"),
        _("Every platform with disposition, plan, bodies, plates"),
        LIST,
        Condition.LEDGER,
    ),
    _Known(
        "retained",
        pgettext_lazy("sheet", "Retained"),
        _("The retained platforms and what is merged into them"),
        LIST,
        Condition.LEDGER,
    ),
    _Known(
        "bodies",
        pgettext_lazy("sheet", "Bodies"),
        _("Every management body and its fate"),
        LIST,
        Condition.BODIES,
    ),
    _Known(
        "plates",
        pgettext_lazy("sheet", "Plates"),
        _("Every plate and who carries it"),
        LIST,
        Condition.LEDGER,
    ),
    _Known(
        "staff",
        pgettext_lazy("sheet", "Staff"),
        _("Staff by body and category, before and after"),
        LIST,
        Condition.PEOPLE,
    ),
    _Known(
        "moves",
        pgettext_lazy("sheet", "Redeployment"),
        _("Where people go"),
        LIST,
        Condition.PEOPLE,
    ),
    _Known(
        "findings",
        pgettext_lazy("sheet", "Findings"),
        _("What every rule says, and why"),
        ANSWER,
        Condition.ALWAYS,
    ),
    _Known(
        "breaches",
        pgettext_lazy("sheet", "Breaches"),
        _("The records that break a rule"),
        ANSWER,
        Condition.ALWAYS,
    ),
    _Known(
        "tasks",
        pgettext_lazy("sheet", "Tasks"),
        _("The tasks of the departments"),
        LIST,
        Condition.TASKS,
    ),
    _Known(
        "changes",
        pgettext_lazy("sheet", "Changes"),
        _("What changed since the earlier day"),
        ANSWER,
        Condition.SINCE,
    ),
    _Known(
        "check",
        pgettext_lazy("sheet", "Check"),
        _("Each figure of the portal beside its formula"),
        ANSWER,
        Condition.ALWAYS,
    ),
)
"""Every sheet in its order."""


def write_workbook(report: Report, path: Path) -> None:
    """Write the report to ``path``. Raises ``TooLongError`` where a list has too many lines."""
    footer = f"{report.programme.label} {report.state.label} {report.as_of.isoformat()}"
    # In a footer “&” begins an instruction.
    book = Book(path, footer=footer.replace("&", "&&"))
    sheets = _Sheets(book, report)
    checks = Checks()
    _write_lists(book, sheets, report)
    write_city(book, sheets["city"], report, checks)
    divisions = write_divisions(book, sheets["divisions"], report, checks)
    write_charts(book, sheets["charts"], report, divisions)
    if "course" in sheets:
        write_course(book, sheets["course"], report, report.burn_downs)
    check_findings(report, checks)
    write_check(book, sheets["check"], report, checks)
    write_cover(book, sheets["cover"], report, sheets.contents)
    book.close()


class _Sheets:
    """The sheets of a report in their order, with what each holds."""

    def __init__(self, book: Book, report: Report) -> None:
        self._sheets: dict[str, Sheet] = {}
        self.contents: list[tuple[Sheet, str]] = []
        for key, name, about, colour, _condition in _wanted(report):
            sheet = book.sheet(
                str(name), landscape=key != "cover", colour=colour, lined=colour == LIST
            )
            self._sheets[key] = sheet
            if key != "cover":
                self.contents.append((sheet, str(about)))

    def __getitem__(self, key: str) -> Sheet:
        return self._sheets[key]

    def __contains__(self, key: str) -> bool:
        return key in self._sheets


def _wanted(report: Report) -> list[_Known]:
    """Return the sheets that the reader may see and that the choice gives something for."""
    may = report.reader.may
    shown = {
        Condition.ALWAYS: True,
        Condition.WHOLE_CITY: report.is_whole,
        Condition.LEDGER: may(Right.VIEW_LEDGER),
        Condition.BODIES: may(Right.VIEW_BODIES),
        Condition.PEOPLE: report.shows(COUNTERS["people"]) and may(Right.VIEW_BODIES),
        Condition.TASKS: may(Right.VIEW_TASKS),
        Condition.SINCE: report.since is not None,
    }
    return [known for known in SHEETS if shown[known.condition]]


def _write_lists(book: Book, sheets: _Sheets, report: Report) -> None:
    if "ledger" in sheets:
        ledger = write_ledger(book, sheets["ledger"], report)
        write_retained(book, sheets["retained"], report, ledger)
    if "bodies" in sheets:
        write_bodies(book, sheets["bodies"], report)
    if "plates" in sheets:
        write_plates(book, sheets["plates"], report)
    if "staff" in sheets:
        write_staff(book, sheets["staff"], report)
        write_moves(book, sheets["moves"], report)
    write_findings(book, sheets["findings"], report)
    write_breaches(book, sheets["breaches"], report)
    if "tasks" in sheets:
        write_tasks(book, sheets["tasks"], report)
    if report.between is not None:
        write_changes(book, sheets["changes"], report, report.between)

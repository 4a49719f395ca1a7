"""The whole workbook: every sheet in its order, the lists first, what is reckoned from them after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

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

    from reports.selectors.report import Report

SUMMARY, LIST, ANSWER = "#1D4E89", "#9AA5B1", "#7A4B00"
"""The colours of the sheets' tabs: sums, lists of records, answers."""


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
        for key, name, about, colour in _wanted(report):
            sheet = book.sheet(name, landscape=key != "cover", colour=colour, lined=colour == LIST)
            self._sheets[key] = sheet
            if key != "cover":
                self.contents.append((sheet, about))

    def __getitem__(self, key: str) -> Sheet:
        return self._sheets[key]

    def __contains__(self, key: str) -> bool:
        return key in self._sheets


def _wanted(report: Report) -> list[tuple[str, str, str, str]]:
    """Return key, name, description and colour of each sheet that the reader may see."""
    may = report.reader.may
    people = report.shows(COUNTERS["people"]) and may(Right.VIEW_BODIES)
    known = [
        ("cover", pgettext("sheet", "Cover"), "", SUMMARY, True),
        (
            "city",
            pgettext("sheet", "City"),
            _("The four counts against their targets"),
            SUMMARY,
            True,
        ),
        (
            "divisions",
            pgettext("sheet", "Divisions"),
            _("The counts by owner, with sums"),
            SUMMARY,
            True,
        ),
        (
            "charts",
            pgettext("sheet", "Charts"),
            _("The counts by owner before and after"),
            SUMMARY,
            True,
        ),
        (
            *(
                "course",
                pgettext("sheet", "Burn-down"),
                _("How the counts fall towards the deadline"),
                SUMMARY,
            ),
            report.is_whole,
        ),
        (
            *(
                "ledger",
                pgettext("sheet", "Platforms"),
                _("Every platform with disposition, plan, bodies, plates"),
            ),
            *(LIST, may(Right.VIEW_LEDGER)),
        ),
        (
            *(
                "retained",
                pgettext("sheet", "Retained"),
                _("The retained platforms and what is merged into them"),
            ),
            *(LIST, may(Right.VIEW_LEDGER)),
        ),
        (
            *("bodies", pgettext("sheet", "Bodies"), _("Every management body and its fate"), LIST),
            may(Right.VIEW_BODIES),
        ),
        (
            "plates",
            pgettext("sheet", "Plates"),
            _("Every plate and who carries it"),
            LIST,
            may(Right.VIEW_LEDGER),
        ),
        (
            "staff",
            pgettext("sheet", "Staff"),
            _("Staff by body and category, before and after"),
            LIST,
            people,
        ),
        ("moves", pgettext("sheet", "Redeployment"), _("Where people go"), LIST, people),
        (
            "findings",
            pgettext("sheet", "Findings"),
            _("What every rule says, and why"),
            ANSWER,
            True,
        ),
        (
            "breaches",
            pgettext("sheet", "Breaches"),
            _("The records that break a rule"),
            ANSWER,
            True,
        ),
        (
            "tasks",
            pgettext("sheet", "Tasks"),
            _("The tasks of the departments"),
            LIST,
            may(Right.VIEW_TASKS),
        ),
        (
            *(
                "changes",
                pgettext("sheet", "Changes"),
                _("What changed since the earlier day"),
                ANSWER,
            ),
            report.since is not None,
        ),
        (
            "check",
            pgettext("sheet", "Check"),
            _("Each figure of the portal beside its formula"),
            ANSWER,
            True,
        ),
    ]
    return [(key, name, about, colour) for key, name, about, colour, wanted in known if wanted]


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

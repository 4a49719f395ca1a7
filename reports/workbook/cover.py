"""The cover: what the workbook is, for whom it was made, what it rests on, and whether it agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consolidation.checks.base import Status
from consolidation.selectors.counts import COUNTERS
from reports.workbook.book import POINTS, lines_needed
from reports.workbook.check import NOT_COMPARED, agrees, differs
from reports.workbook.formulas import filled, word
from reports.workbook.words import whose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet

WIDTHS = (20, 16, 16, 16, 16, 16)
LAST = len(WIDTHS) - 1


def write_cover(
    book: Book, sheet: Sheet, report: Report, contents: list[tuple[Sheet, str]]
) -> None:
    """Write the sheet. ``contents`` are the other sheets with what each holds."""
    sheet.widths(*WIDTHS)
    sheet.raw.set_row(0, 34)
    _across(sheet, 0, _("Report on the programme"), "title", font_size=20)
    _across(sheet, 1, report.programme.label, "subtitle", font_size=14)
    row = 3
    for label, value in _facts(report):
        sheet.put(row, 0, label, "label")
        _across(sheet, row, value, "wrapped", first=1)
        row += 1
    row = _agreement(sheet, row)
    row = _warnings(sheet, report, row + 1)
    row = _headline(sheet, report, row + 1)
    row = _contents(sheet, row + 1, contents)
    _how_to_read(sheet, row + 1)
    sheet.raw.set_first_sheet()
    sheet.raw.activate()
    book.describe(
        title=f"{report.programme.label} {report.state.label} {report.as_of.isoformat()}",
        author=report.reader.name,
        comments=report.mark,
    )


def _across(
    sheet: Sheet, row: int, value: object, look: str, *, first: int = 0, **more: object
) -> None:
    sheet.raw.merge_range(row, first, row, LAST, "", sheet.book.look(look, **more))
    sheet.put(row, first, str(value), look, **more)


def _high_enough(sheet: Sheet, row: int, text: str) -> None:
    """Give a row the height that a text across the sheet takes: merged cells do not find it."""
    sheet.raw.set_row(row, (POINTS + 2) * lines_needed(text, sum(WIDTHS)))


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    programme = report.programme
    now = timezone.localtime()
    yield _("Programme"), f"{programme.label} ({programme.code})"
    yield _("Document"), programme.document or "—"
    yield _("State"), str(report.state.label)
    yield _("As of"), report.as_of.isoformat()
    yield _("Baseline date"), programme.baseline_date.isoformat()
    yield _("Records of"), whose(report)
    if report.since is not None:
        yield _("Differences since"), report.since.isoformat()
    plans, due = len(report.overview.plans), report.overview.plans_due
    yield _("Plans in"), _("%(plans)d of %(due)d") % {"plans": plans, "due": due}
    yield _("Made by"), report.reader.name
    yield _("Made at"), now.strftime("%Y-%m-%d %H:%M")
    yield _("Mark of the data"), report.mark


def _agreement(sheet: Sheet, row: int) -> int:
    """Write how many figures of the check agree: reckoned by whoever opens the workbook."""
    numbers = {
        "differ": f"COUNTIF(check_result,{word(differs())})",
        "agree": f"COUNTIF(check_result,{word(agrees())})",
        "left": f"COUNTIF(check_result,{word(NOT_COMPARED)})",
    }
    sheet.put(row, 0, pgettext("sheet", "Check"), "label")
    said = filled(_("{differ} differ, {agree} agree, {left} cannot be reckoned here"), numbers)
    sheet.raw.merge_range(row, 1, row, LAST, "", sheet.book.look("wrapped", bold=True))
    sheet.reckon(row, 1, said, "wrapped", bold=True)
    sheet.put(row + 1, 0, _("Figures that differ"), "label")
    sheet.reckon(row + 1, 1, numbers["differ"], "number", bold=True, align="left")
    note = _("Empty: your program has not reckoned the formulas yet.")
    sheet.put(row + 1, 2, note, "plain_note")
    return row + 2


def _warnings(sheet: Sheet, report: Report, row: int) -> int:
    for text in _said(report):
        _high_enough(sheet, row, text)
        _across(sheet, row, text, "warning")
        row += 1
    return row


def _said(report: Report) -> Iterator[str]:
    if report.overview.rests_on_placeholders:
        parts = [
            f"{COUNTERS[name].title} {number:,}"
            for name, (number, _whole) in report.placeholders.items()
            if number
        ]
        yield _(
            "Rests on placeholder data, which a real ledger replaces. Placeholders counted: %(parts)s"
            " (of staff: figures)."
        ) % {"parts": "、".join(parts) or "—"}
    if not report.is_whole:
        yield _(
            "The city's figures are the published ones; the lists hold the records of %(whose)s only."
        ) % {"whose": whose(report)}
    hidden = [str(counter.title) for counter in COUNTERS.values() if not report.shows(counter)]
    if hidden:
        yield _(
            "Left out, because the reader's role does not show them: the records of %(hidden)s."
        ) % {"hidden": "、".join(hidden)}


def _headline(sheet: Sheet, report: Report, row: int) -> int:
    """Write the portal's figures as plain numbers, for a reader that does not reckon."""
    _across(sheet, row, _("At a glance (the portal's figures, written as numbers)"), "subtitle")
    row += 1
    for column, heading in enumerate(
        (_("Count"), _("Unit"), _("Baseline"), str(report.state.label), _("Cut (net)"))
    ):
        sheet.put(row, column, heading, "head")
    for name, counter in COUNTERS.items():
        row += 1
        tally = report.city[name]
        lacks = tally.missing_baseline + tally.missing_in_state
        sheet.put(row, 0, counter.title, "label", border=1)
        sheet.put(row, 1, counter.unit, "centre", border=1)
        before = None if tally.missing_baseline else tally.baseline
        after = None if tally.missing_in_state else tally.in_state
        sheet.put(row, 2, before, "number", border=1)
        sheet.put(row, 3, after, "number", border=1)
        sheet.put(row, 4, None if lacks else tally.cut, "number", border=1)
    findings = [f for f in report.overview.findings[report.state] if f.scope.is_city]
    numbers = {s: sum(finding.status == s for finding in findings) for s in Status}
    said = "、".join(f"{status.label} {number}" for status, number in numbers.items())
    sheet.put(row + 1, 0, _("Rules of the city"), "label", border=1)
    sheet.raw.merge_range(row + 1, 1, row + 1, 4, "", sheet.book.look("text", border=1))
    sheet.put(row + 1, 1, said, "text", border=1)
    return row + 2


def _contents(sheet: Sheet, row: int, contents: list[tuple[Sheet, str]]) -> int:
    _across(sheet, row, _("Contents"), "subtitle")
    for other, text in contents:
        row += 1
        sheet.link(row, 0, other.name, other.name)
        _across(sheet, row, text, "wrapped", first=1)
    return row + 1


def _how_to_read(sheet: Sheet, row: int) -> None:
    _across(sheet, row, _("How to read it"), "subtitle")
    for text in (
        _(
            "Sums, shares and findings on the sheets of the city and the divisions are formulas over the lists."
        ),
        _(
            "In a list 1 is yes and 0 is no; filter a column of 1 to see exactly the records of a number."
        ),
        _(
            "An empty cell is not known. It is never zero, and a sum that lacks a figure says how many lack."
        ),
        _(
            "The sheet “Check” lays each figure of the portal beside its formula. Nothing may differ."
        ),
        _("A change in a list changes what is reckoned here, not what the portal holds."),
    ):
        row += 1
        _high_enough(sheet, row, text)
        _across(sheet, row, f"· {text}", "note")

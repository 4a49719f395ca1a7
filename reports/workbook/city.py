"""The city: the four counts from the baseline to the state against their targets, reckoned live.

In a report of one division, and for a count whose records the reader may not see, the city's figures
are the published ones, written as numbers: this workbook does not hold what they are made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consolidation.checks.base import percent
from consolidation.selectors.counts import COUNTERS
from reports.workbook.check import Basis
from reports.workbook.counts import FIGURES, figure_formulas, rule_of
from reports.workbook.formulas import (
    least_for,
    shown_share,
    status_of_count,
    status_of_share,
)
from reports.workbook.words import about

if TYPE_CHECKING:
    from consolidation.checks.base import Finding
    from consolidation.selectors.counts import Counter
    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet
    from reports.workbook.check import Checks

MAIN, SUPPORT = 4, 13
"""The first lines of the two tables: what it comes to, and what that is reckoned from."""

PLACES = {
    "baseline": ("main", 2),
    "in_state": ("main", 3),
    "went": ("support", 6),
    "came": ("support", 7),
    "undecided": ("support", 8),
    "missing_baseline": ("support", 9),
    "missing_in_state": ("support", 10),
    "placeholders": ("support", 11),
}
"""Where each figure of a tally stands: its table and its column."""


def write_city(book: Book, sheet: Sheet, report: Report, checks: Checks) -> dict[str, str]:
    """Write the sheet; return the addresses of the figures as ``"bodies in_state"``."""
    sheet.widths(20, 9, 11, 11, 12, 12, 12, 14, 12, 12, 12, 14)
    sheet.raw.set_row(0, 24)
    sheet.put(0, 0, _("The city: four counts against their targets"), "title")
    sheet.put(1, 0, "　".join(about(report)), "plain_note")
    _heads(sheet)
    cells: dict[str, str] = {}
    # Cells are written downwards, so each table is written for all counts before the next.
    places = {name: at for at, name in enumerate(COUNTERS)}
    for name, counter in COUNTERS.items():
        row, support = MAIN + places[name], SUPPORT + places[name]
        _main(sheet, report, counter, row, support)
    _support_heads(sheet)
    for name, counter in COUNTERS.items():
        _support(sheet, report, counter, SUPPORT + places[name])
        for figure, (table, column) in PLACES.items():
            start = MAIN if table == "main" else SUPPORT
            cells[f"{name} {figure}"] = sheet.at(start + places[name], column)
        if _is_live(report, counter):
            _check(report, counter, checks, cells)
            _check_rule(report, counter, checks, sheet, MAIN + places[name])
    _notes(sheet, report, SUPPORT + len(COUNTERS) + 1)
    book.name_range("city_counts", sheet, (MAIN, 0, MAIN + len(COUNTERS) - 1, 11))
    sheet.raw.freeze_panes(MAIN, 1)
    return cells


def _is_live(report: Report, counter: Counter) -> bool:
    return report.is_whole and report.shows(counter)


def _heads(sheet: Sheet) -> None:
    sheet.put(2, 0, _("What it comes to"), "subtitle")
    sheet.heads(
        MAIN - 1,
        [
            _("Count"),
            _("Unit"),
            _("Baseline"),
            _("In the state"),
            _("Cut (net)"),
            _("Share cut (%)"),
            _("Target"),
            _("Cut demanded, or highest number"),
            _("Margin"),
            _("Finding"),
            _("Clause"),
            _("Where from"),
        ],
        height=36,
    )


def _support_heads(sheet: Sheet) -> None:
    sheet.put(SUPPORT - 2, 0, _("What that is reckoned from"), "subtitle")
    sheet.heads(
        SUPPORT - 1,
        [
            _("Count"),
            _("Unit"),
            _("Declared baseline"),
            _("Baseline judged on"),
            _("Target: numerator"),
            _("Target: denominator"),
            *(str(FIGURES[name]) for name, (table, _c) in PLACES.items() if table == "support"),
        ],
        height=36,
    )


def _main(sheet: Sheet, report: Report, counter: Counter, row: int, support: int) -> None:
    """Write the line of a count: what there was, what is left, and what that comes to."""
    finding = rule_of(report, counter)
    sheet.put(row, 0, counter.title, "label", border=1)
    sheet.put(row, 1, counter.unit, "centre", border=1)
    _figures(sheet, report, counter, row, "main")
    at = _Line(row, support)
    known = f"{at.base}<=0,{at.missing}>0"
    sheet.reckon(
        row, 4, f'IF(OR({known}),"",{at.cut})', "signed", border=1, num_format="#,##0;-#,##0;0"
    )
    is_share = finding is not None and finding.limit.is_share
    target = at.target if is_share else None
    shown = shown_share(at.cut, at.base, target)
    sheet.reckon(row, 5, f'IF(OR({known}),"",{shown})', "share", border=1)
    _judged(sheet, finding, row, at, known)
    where = _("Formulas over the lists") if _is_live(report, counter) else _("Published figure")
    sheet.put(row, 11, where, "wrapped", border=1)


def _judged(sheet: Sheet, finding: Finding | None, row: int, at: _Line, known: str) -> None:
    if finding is None or finding.limit.numerator is None:
        for column in range(6, 11):
            sheet.put(row, column, None, "text", border=1)
        return
    sheet.put(row, 6, target_text(finding), "centre", border=1)
    if finding.limit.is_share:
        least = least_for(at.base, at.target)
        sheet.reckon(row, 7, f'IF(OR({known}),"",{least})', border=1)
        sheet.reckon(row, 8, f'IF(OR({known}),"",{at.cut}-({least}))', "signed", border=1)
        status = status_of_share(
            cut=at.cut,
            base=at.base,
            undecided=at.undecided,
            unlisted=at.unlisted,
            missing=(at.missing_baseline, at.missing_in_state),
            target=at.target,
        )
    else:
        sheet.reckon(row, 7, at.target[0], border=1)
        sheet.reckon(row, 8, f"{at.target[0]}-{at.state}", "signed", border=1)
        status = status_of_count(f"I{row + 1}", at.undecided)
    sheet.reckon(row, 9, status, "centre", border=1, bold=True)
    sheet.put(row, 10, finding.clause, "centre", border=1)


class _Line:
    """The addresses of one count in both tables, for its formulas."""

    def __init__(self, row: int, support: int) -> None:
        main, own = row + 1, support + 1
        self.state = f"D{main}"
        self.base = f"D{own}"
        self.cut = f"(D{own}-D{main})"
        self.target = f"E{own}", f"F{own}"
        self.undecided = f"I{own}"
        self.missing_baseline, self.missing_in_state = f"J{own}", f"K{own}"
        self.missing = f"(J{own}+K{own})"
        # What is declared and lacks in the ledger: nothing where the ledger itself is judged.
        self.unlisted = f"IF(D{own}>C{main},D{own}-C{main},0)"


def _support(sheet: Sheet, report: Report, counter: Counter, row: int) -> None:
    """Write what the line of a count is reckoned from."""
    card = next(card for card in report.overview.cards if card.counter is counter)
    finding = rule_of(report, counter)
    sheet.put(row, 0, counter.title, "label", border=1)
    sheet.put(row, 1, counter.unit, "centre", border=1)
    sheet.put(row, 2, card.declared, "number", border=1)
    main = MAIN + row - SUPPORT + 1
    base = f"C{row + 1}" if card.judged_on_declared else f"C{main}"
    sheet.reckon(row, 3, base, border=1)
    limit = finding.limit if finding is not None else None
    sheet.put(row, 4, limit.numerator if limit else None, "number", border=1)
    sheet.put(row, 5, limit.denominator if limit and limit.is_share else None, "number", border=1)
    _figures(sheet, report, counter, row, "support")


def _figures(sheet: Sheet, report: Report, counter: Counter, row: int, table: str) -> None:
    """Write the figures of a tally that stand in ``table``: as formulas, or as published."""
    formulas = figure_formulas(report, counter.name) if _is_live(report, counter) else {}
    tally = report.city[counter.name]
    for figure, (place, column) in PLACES.items():
        if place != table:
            continue
        if figure in formulas:
            sheet.reckon(row, column, formulas[figure], border=1)
        elif figure in _without(counter):
            sheet.put(row, column, None, "number", border=1)
        else:
            sheet.put(row, column, getattr(tally, figure), "number", border=1)


def _without(counter: Counter) -> set[str]:
    """Return the figures that a count does not have: people are not followed one by one."""
    if counter.name == "people":
        return {"went", "came"}
    return {"missing_baseline", "missing_in_state"}


def target_text(finding: Finding) -> str:
    """Return the target of a rule: ``≥ 60.00%`` or ``≤ 17``."""
    limit = finding.limit
    if limit.is_share:
        return f"≥ {percent(limit.numerator or 0, limit.denominator or 1)}"
    return f"≤ {limit.numerator:,}"


def _check(report: Report, counter: Counter, checks: Checks, cells: dict[str, str]) -> None:
    tally = report.city[counter.name]
    for figure in figure_formulas(report, counter.name):
        address = cells[f"{counter.name} {figure}"]
        label = f"{counter.title}{_(', ')}{FIGURES[figure]}"
        checks.add(
            pgettext("sheet", "City"), _("The whole city"), label, getattr(tally, figure), address
        )


def _check_rule(report: Report, counter: Counter, checks: Checks, sheet: Sheet, row: int) -> None:
    """Compare the answer of the rule that sets the target, its cut and its margin."""
    finding = rule_of(report, counter)
    if finding is None or finding.limit.numerator is None:
        return
    scope = finding.scope.label
    part = f"{finding.rule} {finding.title}"
    actual, column = finding.actual, 4 if finding.limit.is_share else 3
    if actual.numerator is not None:
        checks.add(part, scope, _("Actual"), actual.numerator, sheet.at(row, column))
    checks.add(part, scope, _("Margin"), finding.margin, sheet.at(row, 8))
    checks.add(
        part, scope, _("Finding"), str(finding.status.label), sheet.at(row, 9), Basis.RECKONED
    )


def _notes(sheet: Sheet, report: Report, row: int) -> None:
    notes = [
        _(
            "A share is compared as whole numbers (cut × denominator ≥ numerator × baseline) and shown"
            " with two decimals, never rounded over its target."
        ),
        _(
            "Where figures are missing, the sum is of those that are known; cut, share and margin stay"
            " empty, and the finding says so."
        ),
        _(
            "Cut is net: what is gone less what came. The margin is in units: what may still be lost."
        ),
    ]
    if not report.is_whole:
        notes.append(
            _(
                "This workbook holds one division's records: the city's figures are the published ones,"
                " and are not reckoned here."
            )
        )
    for at, note in enumerate(notes):
        sheet.put(row + at, 0, note, "plain_note")

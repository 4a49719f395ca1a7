"""The divisions: each count by owner, the dispositions by owner, and sums that are the sum of the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consolidation.checks.base import Scope as Owner
from consolidation.checks.base import Severity
from consolidation.selectors.counts import COUNTERS
from consolidation.selectors.outcome import Outcome
from reports.workbook.book import SOFT
from reports.workbook.city import target_text
from reports.workbook.counts import FIGURES, figure_formulas, rule_of
from reports.workbook.formulas import (
    least_for,
    shown_share,
    status_of_count,
    status_of_share,
    word,
)
from reports.workbook.words import about

if TYPE_CHECKING:
    from consolidation.checks.base import Finding
    from consolidation.selectors.counts import Counter
    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet
    from reports.workbook.check import Checks
    from zones.models import Division

COLUMNS = {
    "baseline": 2,
    "in_state": 3,
    "went": 4,
    "came": 5,
    "undecided": 8,
    "missing_baseline": 9,
    "missing_in_state": 10,
    "placeholders": 11,
}
"""Where each figure of a tally stands; cut and share stand between."""

CUT, SHARE, TARGET, NEEDED, MARGIN, ANSWER = 6, 7, 12, 13, 14, 15
LAST = ANSWER

SCALE = 66
"""The percentage at which the tables are as wide as a page of A4."""


_SUM: dict[str, Any] = {"border": 1, "bold": True, "bg_color": SOFT}
"""The look of a line of sums."""


@dataclass
class Block:
    """The table of one count: its first line of owners, and its line of the sum."""

    first: int
    total: int


@dataclass
class Divisions:
    """Where the tables stand, for charts and the check."""

    sheet: Sheet
    blocks: dict[str, Block] = field(default_factory=dict)
    outcomes: Block | None = None
    outcome_names: list[str] = field(default_factory=list)


def write_divisions(book: Book, sheet: Sheet, report: Report, checks: Checks) -> Divisions:
    """Write the sheet, from its first row to its last."""
    sheet.widths(9, 15, *[10] * 10, 11, 11, 10, 11)
    sheet.raw.set_row(0, 24)
    sheet.put(0, 0, _("The counts by division"), "title")
    sheet.put(1, 0, "　".join(about(report)), "plain_note")
    written = Divisions(sheet)
    row, breaks = 3, []
    for counter in COUNTERS.values():
        if report.shows(counter):
            breaks.append(row)
            row = _Count(sheet, report, counter, row).write(written, checks)
    breaks.append(row)
    row = _outcomes(sheet, report, written, row)
    # Two tables a page; where there are many owners, pages end where they must.
    sheet.raw.set_print_scale(SCALE)
    sheet.raw.set_h_pagebreaks(breaks[2::2])
    sheet.put(row, 0, _("The last line of each table is the sum of its rows."), "plain_note")
    if report.is_whole:
        note = _("The check compares it with the sum over the lists.")
        sheet.put(row + 1, 0, note, "plain_note")
    if any(_only_advised(report, counter) for counter in COUNTERS.values()):
        note = _("The share demanded of the city only advises a division: it breaks no rule.")
        sheet.put(row + 2, 0, note, "plain_note")
    sheet.raw.freeze_panes(3, 2)
    first = next(iter(written.blocks.values()), None)
    if first is not None:
        cells = (first.first, 0, first.total - 1, 1)
        book.name_range("division_names", sheet, cells)
    platforms = written.blocks.get("platforms")
    if platforms is not None:
        cells = (platforms.first, MARGIN, platforms.total - 1, MARGIN)
        book.name_range("division_places_left", sheet, cells)
    return written


def _only_advised(report: Report, counter: Counter) -> bool:
    """Whether the count's target binds the city and merely advises its divisions."""
    if not report.shows(counter):
        return False
    found = (rule_of(report, counter, owner) for owner in report.owners)
    return any(one.severity == Severity.ADVICE for one in found if one and one.limit.is_share)


class _Count:
    """The table of one count."""

    def __init__(self, sheet: Sheet, report: Report, counter: Counter, top: int) -> None:
        self.sheet = sheet
        self.report = report
        self.counter = counter
        self.top = top
        self.formulas = figure_formulas(report, counter.name, "$A{row}")
        city = rule_of(report, counter)
        self.shares = city is not None and city.limit.is_share

    def write(self, written: Divisions, checks: Checks) -> int:
        """Write the table; return the row after it."""
        sheet, counter, report = self.sheet, self.counter, self.report
        title = f"{counter.title} ({counter.unit})"
        sheet.put(self.top, 0, title, "subtitle")
        sheet.heads(self.top + 1, self._headings(), height=44)
        first = self.top + 2
        for at, owner in enumerate(report.owners):
            self._owner(first + at, owner)
            self._check(first + at, owner, checks)
        total = first + len(report.owners)
        self._total(first, total)
        if report.is_whole:
            for figure in self.formulas:
                what = f"{counter.title}{_(', ')}{FIGURES[figure]}"
                part = _("Sum of the divisions")
                value = getattr(report.city[counter.name], figure)
                checks.add(part, _("The whole city"), what, value, sheet.at(total, COLUMNS[figure]))
        written.blocks[counter.name] = Block(first, total)
        return total + 3

    def _headings(self) -> list[str]:
        headings = {column: str(FIGURES[figure]) for figure, column in COLUMNS.items()}
        headings |= {0: _("Code"), 1: _("Owner"), CUT: _("Cut (net)"), SHARE: _("Share cut (%)")}
        if self.counter.name == "platforms":
            headings |= {
                TARGET: _("Quota"),
                NEEDED: _("Counts in the quota"),
                MARGIN: _("Places left"),
                ANSWER: _("Finding (R04)"),
            }
        elif self.shares:
            headings |= {
                TARGET: _("Target"),
                NEEDED: _("Cut demanded"),
                MARGIN: _("Margin"),
                ANSWER: _("Finding"),
            }
        return [headings[column] for column in sorted(headings)]

    def _owner(self, row: int, owner: Division) -> None:
        sheet = self.sheet
        sheet.put(row, 0, owner.code, "centre", border=1)
        sheet.put(row, 1, str(Owner(owner).label), "text", border=1)
        cells = {
            COLUMNS[figure]: formula.format(row=row + 1)
            for figure, formula in self.formulas.items()
        }
        for column in range(2, LAST + 1 if self._is_judged else COLUMNS["placeholders"] + 1):
            if column in cells:
                sheet.reckon(row, column, cells[column], border=1)
            elif column == COLUMNS["placeholders"]:
                # Of people they are figures, which the list has not: written as counted.
                number = self.report.tally(self.counter.name, owner).placeholders
                sheet.put(row, column, number, "number", border=1)
            elif column not in (CUT, SHARE):
                sheet.put(row, column, None, "number", border=1)
        self._cut(row)
        finding = self._finding(owner)
        if finding is None or finding.limit.numerator is None:
            return
        if self.counter.name == "platforms":
            self._quota(row, finding)
        else:
            self._share_rule(row, finding)

    @property
    def _is_judged(self) -> bool:
        return self.shares or self.counter.name == "platforms"

    def _finding(self, owner: Division) -> Finding | None:
        if self.counter.name == "platforms":
            return self.report.overview.finding_of(self.report.state, "R04", "", owner.pk)
        return rule_of(self.report, self.counter, owner) if self.shares else None

    def _target(self) -> tuple[str, str] | None:
        finding = rule_of(self.report, self.counter)
        if finding is None or not finding.limit.is_share:
            return None
        return str(finding.limit.numerator), str(finding.limit.denominator)

    def _cut(self, row: int, **more: Any) -> None:
        line = row + 1
        cut, base = f"(C{line}-D{line})", f"C{line}"
        unknown = f"OR({base}<=0,J{line}+K{line}>0)"
        shown = shown_share(cut, base, self._target())
        plain = "#,##0;-#,##0;0"
        self.sheet.reckon(
            row,
            CUT,
            f'IF(J{line}+K{line}>0,"",{cut})',
            "signed",
            border=1,
            num_format=plain,
            **more,
        )
        self.sheet.reckon(row, SHARE, f'IF({unknown},"",{shown})', "share", border=1, **more)

    def _quota(self, row: int, finding: Finding) -> None:
        line, sheet = row + 1, self.sheet
        sheet.put(row, TARGET, finding.limit.numerator, "number", border=1)
        sheet.reckon(row, NEEDED, f"SUMIFS(ledger_in_quota,ledger_owner,$A{line})", border=1)
        sheet.reckon(row, MARGIN, f"M{line}-N{line}", "signed", border=1)
        sheet.reckon(row, ANSWER, status_of_count(f"O{line}", f"I{line}"), "centre", border=1)

    def _share_rule(self, row: int, finding: Finding) -> None:
        line, sheet = row + 1, self.sheet
        target = str(finding.limit.numerator), str(finding.limit.denominator)
        cut, base = f"(C{line}-D{line})", f"C{line}"
        unknown = f"OR({base}<=0,J{line}+K{line}>0)"
        least = least_for(base, target)
        sheet.put(row, TARGET, target_text(finding), "centre", border=1)
        sheet.reckon(row, NEEDED, f'IF({unknown},"",{least})', border=1)
        sheet.reckon(row, MARGIN, f'IF({unknown},"",{cut}-({least}))', "signed", border=1)
        status = status_of_share(
            cut=cut,
            base=base,
            undecided=f"I{line}",
            unlisted="0",
            missing=(f"J{line}", f"K{line}"),
            target=target,
        )
        sheet.reckon(row, ANSWER, status, "centre", border=1)

    def _total(self, first: int, row: int) -> None:
        sheet = self.sheet
        look = _SUM
        sheet.put(row, 0, None, "text", **look)
        sheet.put(row, 1, _("Sum"), "text", **look)
        column_of = {column: figure for figure, column in COLUMNS.items()}
        last = LAST if self._is_judged else COLUMNS["placeholders"]
        for column in range(2, last + 1):
            letter = chr(ord("A") + column)
            is_quota = self.counter.name == "platforms" and column in (TARGET, NEEDED)
            figure = column_of.get(column, "")
            if figure in self.formulas or figure == "placeholders" or is_quota:
                sheet.reckon(row, column, f"SUM({letter}{first + 1}:{letter}{row})", **look)
            elif column not in (CUT, SHARE):
                sheet.put(row, column, None, "number", **look)
        self._cut(row, bold=True, bg_color=SOFT)

    def _check(self, row: int, owner: Division, checks: Checks) -> None:
        sheet, counter, scope = self.sheet, self.counter, Owner(owner).label
        tally = self.report.tally(counter.name, owner)
        for figure in self.formulas:
            what = f"{counter.title}{_(', ')}{FIGURES[figure]}"
            cell = sheet.at(row, COLUMNS[figure])
            checks.add(pgettext("sheet", "Divisions"), scope, what, getattr(tally, figure), cell)
        finding = self._finding(owner)
        if finding is None or finding.limit.numerator is None:
            return
        part = f"{finding.rule} {finding.title}"
        column = NEEDED if counter.name == "platforms" else CUT
        checks.add(part, scope, _("Actual"), finding.actual.numerator, sheet.at(row, column))
        checks.add(part, scope, _("Margin"), finding.margin, sheet.at(row, MARGIN))
        checks.add(part, scope, _("Finding"), str(finding.status.label), sheet.at(row, ANSWER))


def _outcomes(sheet: Sheet, report: Report, written: Divisions, top: int) -> int:
    """Write what becomes of the baseline platforms of each owner; return the row after it."""
    names = [str(outcome.label) for outcome in Outcome]
    sheet.put(top, 0, _("What becomes of the platforms of the baseline (platforms)"), "subtitle")
    sheet.heads(top + 1, [_("Code"), _("Owner"), *names, _("Sum")], height=44)
    first = top + 2
    total = first + len(report.owners)
    look: dict[str, Any] = {"border": 1}
    for row in range(first, total + 1):
        is_sum = row == total
        owner = None if is_sum else report.owners[row - first]
        if is_sum:
            look = _SUM
        sheet.put(row, 0, owner.code if owner else None, "centre", **look)
        sheet.put(row, 1, str(Owner(owner).label) if owner else _("Sum"), "text", **look)
        for at, name in enumerate(names):
            letter = chr(ord("C") + at)
            formula = (
                f"SUM({letter}{first + 1}:{letter}{total})"
                if is_sum
                else f"COUNTIFS(ledger_owner,$A{row + 1},ledger_outcome,{word(name)})"
            )
            sheet.reckon(row, 2 + at, formula, **look)
        end = chr(ord("C") + len(names) - 1)
        sheet.reckon(row, 2 + len(names), f"SUM(C{row + 1}:{end}{row + 1})", **look)
    written.outcomes = Block(first, total)
    written.outcome_names = names
    return total + 2

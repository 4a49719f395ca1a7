"""The check: each figure of the portal as a plain number beside the formula over the lists.

The word behind them is a formula too, so that whoever opens the workbook proves it anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from reports.workbook.formulas import word
from reports.workbook.table import make_room
from reports.workbook.words import about

if TYPE_CHECKING:
    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet

FIRST = 4

WIDTHS = (6, 30, 14, 26, 12, 12, 10, 10, 46, 34)
WRAPPED = tuple((column, WIDTHS[column]) for column in (1, 2, 3, 8, 9))
"""The columns whose texts run on in the next line."""

NOT_COMPARED = "—"
"""Stands where a figure cannot be reckoned from the workbook."""


class Basis(models.TextChoices):
    """What a formula of the check reckons from."""

    RECKONED = "reckoned", gettext_lazy("Reckoned from the lists")
    LISTED = "listed", gettext_lazy("Counted from the list of breaches; judged by the portal")
    NOT = "not", gettext_lazy("Cannot be reckoned from this workbook")


@dataclass(frozen=True)
class Entry:
    """One figure: what it is, of whom, what the portal says, and the formula beside it."""

    part: str
    scope: str
    what: str
    portal: int | str
    formula: str
    basis: Basis
    why: str = ""


@dataclass
class Checks:
    """Everything that is checked, in the order of the sheet."""

    entries: list[Entry] = field(default_factory=list)

    def add(
        self,
        part: object,
        scope: object,
        what: object,
        portal: int | str | None,
        formula: str,
        basis: Basis = Basis.RECKONED,
        why: object = "",
    ) -> None:
        """Add a figure; one that the portal does not know is not compared."""
        if portal is not None:
            entry = Entry(str(part), str(scope), str(what), portal, formula, basis, str(why))
            self.entries.append(entry)


def write_check(book: Book, sheet: Sheet, report: Report, checks: Checks) -> None:
    """Write the sheet, and name the column of its answers for the cover."""
    sheet.widths(*WIDTHS)
    sheet.raw.set_row(0, 24)
    sheet.put(0, 0, _("Check of the formulas against the portal"), "title")
    sheet.put(1, 0, "　".join(about(report)), "plain_note")
    sheet.put(
        2,
        0,
        _("“Portal” is what the portal judged, written as a number. “Formula” is reckoned here."),
        "plain_note",
    )
    sheet.heads(
        FIRST - 1,
        [
            _("No."),
            pgettext("check", "Part"),
            _("Scope"),
            _("Figure"),
            _("Portal"),
            pgettext("check", "Formula"),
            pgettext("check", "Difference"),
            pgettext("check", "Result"),
            pgettext("check", "Basis"),
            _("Remark"),
        ],
    )
    for number, entry in enumerate(checks.entries):
        _write(sheet, FIRST + number, number + 1, entry)
    last = FIRST + max(0, len(checks.entries) - 1)
    book.name_range("check_result", sheet, (FIRST, 7, last, 7))
    sheet.raw.autofilter(FIRST - 1, 0, last, 9)
    sheet.raw.freeze_panes(FIRST, 4)
    sheet.raw.repeat_rows(FIRST - 1)
    _colour(book, sheet, last)


def _write(sheet: Sheet, row: int, number: int, entry: Entry) -> None:
    basis = str(entry.basis.label)
    texts = ("", entry.part, entry.scope, entry.what, "", "", "", "", basis, entry.why)
    make_room(sheet, row, texts, WRAPPED)
    sheet.put(row, 0, number, "centre")
    for column, value in enumerate((entry.part, entry.scope, entry.what), 1):
        sheet.put(row, column, value, "wrapped")
    look = "number" if isinstance(entry.portal, int) else "centre"
    sheet.put(row, 4, entry.portal, look)
    sheet.put(row, 8, basis, "wrapped")
    sheet.put(row, 9, entry.why, "wrapped")
    if entry.basis == Basis.NOT:
        sheet.put(row, 7, NOT_COMPARED, "centre")
        return
    sheet.reckon(row, 5, entry.formula, look)
    cells = f"E{row + 1}", f"F{row + 1}"
    if isinstance(entry.portal, int):
        sheet.reckon(row, 6, f"{cells[1]}-{cells[0]}", "signed")
    sheet.reckon(row, 7, f"IF({cells[0]}={cells[1]},{word(agrees())},{word(differs())})", "centre")


def agrees() -> str:
    """Return the word for figures that are equal."""
    return pgettext("check", "Agrees")


def differs() -> str:
    """Return the word for figures that are not."""
    return pgettext("check", "Differs")


def _colour(book: Book, sheet: Sheet, last: int) -> None:
    cells: tuple[Any, ...] = (FIRST, 7, last, 7)
    for text, colours in (
        (differs(), {"font_color": "#A61B1B", "bg_color": "#FDECEC", "bold": True}),
        (agrees(), {"font_color": "#1E6B3A"}),
    ):
        sheet.raw.conditional_format(
            *cells,
            {
                "type": "cell",
                "criteria": "==",
                "value": word(text),
                "format": book.raw.add_format(colours),
            },
        )

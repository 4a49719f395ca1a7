"""The retained platforms, each with what is merged into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from consolidation.checks.base import Scope as Owner
from consolidation.models import Disposition
from consolidation.models.programmes import HighLevelClass
from consolidation.tables import name_of_retained
from reports.selectors.lines import retained_lines
from reports.workbook.formulas import word
from reports.workbook.table import Column, flag, write_list
from reports.workbook.words import about, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet
    from reports.workbook.table import Listed

LOOK_UPS_MOST = 5_000_000
"""So many cells the formulas of this sheet may look at; beyond, numbers are written."""

_COUNTED = gettext_lazy("Platforms of this report merged into it")


def write_retained(book: Book, sheet: Sheet, report: Report, ledger: Listed) -> Listed:
    """Write the sheet of retained platforms. ``ledger`` is the list whose merges are counted."""
    number = report.city["platforms"].baseline
    retained = ledger.lines and _retained_in(report)
    live = retained * ledger.lines <= LOOK_UPS_MOST or number == 0
    return write_list(
        book,
        sheet,
        "retained",
        title=_("Retained platforms"),
        about=about(report),
        columns=_columns(report, live=live),
        lines=retained_lines(report),
    )


def _retained_in(report: Report) -> int:
    return report.programme.retained.filter(report.scope.q("platform__division_id")).count()


def _columns(report: Report, *, live: bool) -> list[Column]:
    return [
        Column("sequence", _("No."), 6, lambda line: line["record"].sequence, "number"),
        Column("code", _("Code"), 11, lambda line: line["record"].platform.code, named=True),
        Column("name", _("Retained platform"), 28, lambda line: name_of_retained(line["record"])),
        Column("owner", _("Owner's code"), 9, lambda line: line["record"].platform.division.code),
        Column(
            "owner_name",
            _("Owner"),
            12,
            lambda line: str(Owner(line["record"].platform.division).label),
        ),
        Column("level", _("Level"), 8, lambda line: line["record"].platform.get_level_display()),
        flag("in_state", pgettext("report", "In the state"), lambda line: line["record"].in_state),
        flag("sub_area", _("Sub-area"), lambda line: line["record"].sub_area),
        flag("provisional", _("Provisional"), lambda line: line["record"].is_provisional),
        flag("placeholder", _("Rests on placeholder"), _placeholder),
        _merged(live=live),
        *([] if report.is_whole else [_elsewhere()]),
        Column(
            "names", _("What is merged into it"), 70, lambda line: joined(line["merged"]), "wrapped"
        ),
        Column("class", _("High-level class"), 14, _high_level()),
        Column(
            "department",
            _("Lead department"),
            14,
            lambda line: _text(line["record"].lead_department),
        ),
        Column(
            "operator", _("Development operator"), 24, lambda line: line["record"].operator_company
        ),
        Column("parcels", _("Separate parcels"), 8, lambda line: line["record"].parcels, "number"),
    ]


def _placeholder(line: Any) -> bool:
    return bool(line["record"].rests_on_placeholder)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _high_level() -> Callable[[Any], str]:
    labels = {value: str(label) for value, label in HighLevelClass.choices}
    return lambda line: labels.get(line["record"].high_level_class, "")


def _merged(*, live: bool) -> Column:
    heading = str(_COUNTED)
    if not live:
        return Column(
            "merged", heading, 11, lambda line: len(line["merged"]), "number", summed=True
        )
    # The dispositions of a platform decided twice are not both on its line.
    kind = word(Disposition.Kind.MERGE.label)
    formula = f"COUNTIFS(ledger_target_code,B{{row}},ledger_disposition,{kind})"
    return Column("merged", heading, 11, lambda _line: formula, "number", formula=True, summed=True)


def _elsewhere() -> Column:
    heading = _("Merged into it by other owners")
    return Column(
        "elsewhere",
        heading,
        11,
        lambda line: line["record"].incoming - len(line["merged"]),
        "number",
        summed=True,
    )

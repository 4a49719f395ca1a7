"""Staff on post by body and category, before and after, and where the others go.

What nobody has given stays empty: a sum that lacks a figure is not shown as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from xlsxwriter.utility import xl_col_to_name

from consolidation.models import BodyDisposition
from consolidation.models.programmes import StaffCategory
from consolidation.selectors.state import State
from reports.selectors.lines import move_lines, named, staff_lines
from reports.workbook.table import Column, flag, write_list
from reports.workbook.words import about, choice, owners
from staffing.models import Redeployment

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet
    from reports.workbook.table import Listed


def write_staff(book: Book, sheet: Sheet, report: Report) -> Listed:
    """Write the sheet of staff."""
    return write_list(
        book,
        sheet,
        "staff",
        title=_("Staff before and after, by body and category (people)"),
        about=[*about(report), _("An empty figure is not known, and never zero.")],
        columns=_columns(report),
        lines=staff_lines(report),
    )


def _columns(report: Report) -> list[Column]:
    fate = choice(BodyDisposition.Fate)
    columns = [
        Column("code", _("Code"), 11, lambda line: line["code"]),
        Column("name", _("Management body"), 30, named),
        *owners(report),
        flag("in_baseline", _("In the baseline"), lambda line: line["in_baseline"]),
        flag("in_state", pgettext("report", "In the state"), lambda line: line["any_in_state"]),
        flag("undecided", _("Not decided"), lambda line: line["any_undecided"]),
        flag("stale", _("Not counted since people came"), lambda line: line["stale"]),
        Column("fate", _("Fate"), 9, lambda line: fate(line["decided_fate"])),
    ]
    for when, label in (("before", _("%(category)s, before")), ("after", _("%(category)s, after"))):
        first = len(columns)
        for category in report.programme.counted_categories:
            heading = label % {"category": StaffCategory(category).label}
            columns.append(_figure(when, category, heading))
        columns.append(_total(when, first, len(columns) - 1))
    if report.state == State.PLANNED:
        columns += _moved(columns)
    return columns


def _figure(when: str, category: str, heading: str) -> Column:
    return Column(
        f"{when}_{category}",
        heading,
        13,
        lambda line: line[when].get(category),
        "number",
        named=True,
        summed=True,
    )


def _total(when: str, first: int, last: int) -> Column:
    """Return the sum of a row, which stays empty where a figure of a body that is there lacks."""
    cells = f"{xl_col_to_name(first)}{{row}}:{xl_col_to_name(last)}{{row}}"
    formula = f'IF(COUNT({cells})<{last - first + 1},"",SUM({cells}))'
    heading = _("All, before") if when == "before" else _("All, after")
    return Column(when, heading, 13, _constant(formula), "number", formula=True)


def _constant(text: str) -> Callable[[Any], str]:
    return lambda _line: text


def _moved(columns: list[Column]) -> list[Column]:
    """Return who comes and goes by the plans, and whether before and after then add up."""
    at = {column.name: xl_col_to_name(place) for place, column in enumerate(columns)}
    arriving, leaving = (xl_col_to_name(len(columns) + more) for more in (0, 1))
    before, after = f"{at['before']}{{row}}", f"{at['after']}{{row}}"
    # A body that is abolished leaves nobody: its empty figures after are none, not unknown.
    left = f"IF({at['in_state']}{{row}}=0,0,{after})"
    had = f"IF({at['in_baseline']}{{row}}=0,0,{before})"
    balance = f"{had}+{arriving}{{row}}-{leaving}{{row}}-{left}"
    unknown = (
        f'OR(AND({at["in_baseline"]}{{row}}=1,{before}=""),'
        f'AND({at["in_state"]}{{row}}=1,{after}=""),{at["undecided"]}{{row}}=1)'
    )
    return [
        Column(
            "arriving",
            _("Come from others"),
            9,
            lambda line: line["arriving"],
            "number",
            summed=True,
        ),
        Column(
            "leaving", _("Leave or move"), 9, lambda line: line["leaving"], "number", summed=True
        ),
        Column(
            "balance",
            _("Not accounted for"),
            10,
            _constant(f'IF({unknown},"",{balance})'),
            "signed",
            formula=True,
        ),
    ]


def write_moves(book: Book, sheet: Sheet, report: Report) -> Listed:
    """Write the sheet of redeployment."""
    category, destination = choice(StaffCategory), choice(Redeployment.Destination)
    leaving = [str(place) for place in Redeployment.LEAVING]
    return write_list(
        book,
        sheet,
        "moves",
        title=_("Redeployment (people)"),
        about=about(report),
        columns=[
            Column("code", _("Code of the body"), 11, lambda line: line["body__code"]),
            Column("name", pgettext("report", "From"), 30, lambda line: named(line, "body__")),
            *owners(report),
            Column("category", _("Category"), 14, lambda line: category(line["category"])),
            Column(
                "destination", _("Destination"), 18, lambda line: destination(line["destination"])
            ),
            Column("to", _("To"), 30, lambda line: named(line, "to_body__")),
            Column(
                "people",
                pgettext("report", "People"),
                9,
                lambda line: line["people"],
                "number",
                summed=True,
            ),
            flag("leaves", _("Leaves the service"), lambda line: line["destination"] in leaving),
            flag("placeholder", _("Rests on placeholder"), lambda line: line["is_placeholder"]),
        ],
        lines=move_lines(report),
    )

"""Charts over the sheet of divisions, and how the counts fall towards the deadline.

Each series has a pattern or a line of its own, so that a printout without colours can be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.selectors.counts import COUNTERS
from reports.workbook.book import HEAD
from reports.workbook.divisions import COLUMNS
from reports.workbook.words import about

if TYPE_CHECKING:
    from consolidation.selectors.counts import Counter
    from dashboards.selectors.burndown import BurnDown
    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet
    from reports.workbook.divisions import Block, Divisions

_FILLS: tuple[tuple[str, str, str], ...] = (
    ("", "#1D4E89", ""),
    ("wide_upward_diagonal", "#1D4E89", "#FFFFFF"),
    ("", "#8FB3D9", ""),
    ("dotted_diamond", "#5B7083", "#FFFFFF"),
    ("wide_downward_diagonal", "#7A4B00", "#FFFFFF"),
    ("percent_20", "#3E4C59", "#FFFFFF"),
    ("horizontal_brick", "#A61B1B", "#FFFFFF"),
    ("", "#CBD2D9", ""),
    ("small_grid", "#000000", "#FFFFFF"),
)
"""A pattern (none: filled), its colour and its ground, for each series in turn."""

_LINES = (
    {"color": "#7B8794", "dash_type": "dash", "width": 1.75},
    {"color": "#1D4E89", "width": 2.25},
    {"color": "#A61B1B", "dash_type": "round_dot", "width": 1.5},
)
WIDTH, HEIGHT, COURSE_WIDTH = 700, 330, 325
"""The size of a chart in pixels; of those in a row of three, the width."""

SCALE = 60
"""The percentage at which two charts are as wide as a page of A4."""


def write_charts(book: Book, sheet: Sheet, report: Report, divisions: Divisions) -> None:
    """Draw the counts by division before and after, and what becomes of the platforms."""
    sheet.raw.set_row(0, 24)
    sheet.put(0, 0, _("Charts"), "title")
    sheet.put(1, 0, "　".join(about(report)), "plain_note")
    places = [(row, column) for row in (2, 21) for column in (0, 11)]
    for name, block in divisions.blocks.items():
        chart = _columns(book, report, COUNTERS[name], divisions, block)
        sheet.raw.insert_chart(*places.pop(0), chart, _sized(COUNTERS[name].title))
    if divisions.outcomes is not None and divisions.outcomes.first < divisions.outcomes.total:
        chart = _stacked(book, divisions, divisions.outcomes)
        alt = _("What becomes of the platforms of the baseline (platforms)")
        sheet.raw.insert_chart(40, 0, chart, _sized(alt))
    sheet.raw.set_print_scale(SCALE)
    sheet.raw.set_h_pagebreaks([40])


def _sized(alt: object) -> dict[str, Any]:
    return {"x_offset": 4, "y_offset": 4, "description": str(alt), "object_position": 2}


def _chart(book: Book, options: dict[str, str], *, title: str, unit: str, across: str) -> Any:
    chart = book.raw.add_chart(options)
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_x_axis({"name": across, "num_font": {"size": 9}, "name_font": {"size": 9}})
    chart.set_y_axis(
        {
            "name": unit,
            "name_font": {"size": 9},
            "num_font": {"size": 9},
            "num_format": "#,##0",
            "min": 0,
            "major_gridlines": {"visible": True, "line": {"color": HEAD}},
        }
    )
    chart.set_legend({"position": "bottom", "font": {"size": 9}})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    chart.show_blanks_as("gap")
    return chart


def _fill(at: int) -> dict[str, Any]:
    pattern, front, ground = _FILLS[at % len(_FILLS)]
    border = {"color": front, "width": 0.75}
    if not pattern:
        return {"fill": {"color": front}, "border": border}
    return {
        "pattern": {"pattern": pattern, "fg_color": front, "bg_color": ground},
        "border": border,
    }


def _columns(
    book: Book, report: Report, counter: Counter, divisions: Divisions, block: Block
) -> Any:
    title = _("%(count)s by division") % {"count": counter.title}
    chart = _chart(
        book, {"type": "column"}, title=title, unit=str(counter.unit), across=_("Division")
    )
    name = divisions.sheet.name
    labels = list(dict.fromkeys([_("Baseline"), str(report.state.label)]))
    for at, (figure, label) in enumerate(zip(("baseline", "in_state"), labels, strict=False)):
        column = COLUMNS[figure]
        chart.add_series(
            {
                "name": label,
                "categories": [name, block.first, 1, block.total - 1, 1],
                "values": [name, block.first, column, block.total - 1, column],
                "gap": 60,
                **_fill(at),
            }
        )
    return chart


def _stacked(book: Book, divisions: Divisions, block: Block) -> Any:
    chart = _chart(
        book,
        {"type": "bar", "subtype": "stacked"},
        title=_("What becomes of the platforms of the baseline"),
        unit=_("Division"),
        across=_("Platforms"),
    )
    name = divisions.sheet.name
    for at, outcome in enumerate(divisions.outcome_names):
        chart.add_series(
            {
                "name": outcome,
                "categories": [name, block.first, 1, block.total - 1, 1],
                "values": [name, block.first, 2 + at, block.total - 1, 2 + at],
                "gap": 40,
                **_fill(at),
            }
        )
    small = {"num_font": {"size": 9}, "name_font": {"size": 9}}
    # Bars begin at the foot of a chart; the table begins at its head.
    down = {"reverse": True, "crossing": "max", "interval_unit": 1}
    chart.set_y_axis({"name": _("Division"), **down, **small})
    grid = {"visible": True, "line": {"color": HEAD}}
    chart.set_x_axis(
        {"name": _("Platforms"), "num_format": "#,##0", "major_gridlines": grid, **small}
    )
    chart.set_size({"width": 2 * WIDTH, "height": 2 * HEIGHT})
    return chart


def write_course(book: Book, sheet: Sheet, report: Report, burns: list[BurnDown]) -> None:
    """Write how the city's counts fall, with a chart of each above the table of its days."""
    sheet.widths(13, *[15] * (3 * len(burns)))
    sheet.raw.set_row(0, 24)
    sheet.put(0, 0, _("Burn-down of the city"), "title")
    sheet.put(1, 0, "　".join(about(report)), "plain_note")
    note = _("Ends of months, the day of the report and the deadline. Empty: later, or not known.")
    sheet.put(2, 0, note, "plain_note")
    days = sorted({point.day for burn in burns for point in burn.lines})
    last = DAYS + max(0, len(days) - 1)
    for number, burn in enumerate(burns):
        chart = _course(book, sheet, burn, 1 + 3 * number, last)
        sheet.raw.insert_chart(3, 3 * number, chart, _sized(burn.counter.title))
    labels = (_("Planned"), _("Actual"), _("Target"))
    titles = [
        f"{burn.counter.title} ({burn.counter.unit}) {label}" for burn in burns for label in labels
    ]
    sheet.heads(DAYS - 1, [_("Day"), *titles], height=32)
    points = [{point.day: point for point in burn.lines} for burn in burns]
    for row, day in enumerate(days, DAYS):
        sheet.put(row, 0, day, "date", border=1)
        for number, burn in enumerate(burns):
            point = points[number].get(day)
            values = (point.planned, point.actual, burn.target) if point else (None, None, None)
            for at, value in enumerate(values):
                sheet.put(row, 1 + 3 * number + at, value, "number", border=1)
    sheet.raw.repeat_rows(DAYS - 1)


DAYS = 24
"""The first row of the days, below the charts."""


def _course(book: Book, sheet: Sheet, burn: BurnDown, column: int, last: int) -> Any:
    title = _("%(count)s towards the deadline") % {"count": burn.counter.title}
    chart = _chart(
        book, {"type": "line"}, title=title, unit=str(burn.counter.unit), across=_("Day")
    )
    for at, label in enumerate((_("Planned"), _("Actual"), _("Target"))):
        chart.add_series(
            {
                "name": label,
                "categories": [sheet.name, DAYS, 0, last, 0],
                "values": [sheet.name, DAYS, column + at, last, column + at],
                "line": _LINES[at],
            }
        )
    chart.set_x_axis(
        {
            "name": _("Day"),
            "date_axis": True,
            "num_format": "yyyy-mm",
            "major_unit": 6,
            "major_unit_type": "months",
            "num_font": {"size": 9},
            "name_font": {"size": 9},
        }
    )
    chart.set_size({"width": COURSE_WIDTH, "height": HEIGHT})
    return chart

"""What is said of a month's figures that cannot be right, or may be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from platforms_portal.words import in_words
from staffing.reporting import JUMP_PERCENT, field_name, last_day

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterator

    from consolidation.models import Programme
    from staffing.reporting import CountRow


def of_a_closed_day(programme: Programme, day: datetime.date) -> tuple[str, str, str]:
    """Return why heads are not counted on ``day``, what to do, and the kind of it."""
    if day <= programme.baseline_date:
        return (
            _("The counts up to the baseline date, %(day)s, are not reported by month.")
            % {"day": programme.baseline_date.isoformat()},
            _("Use the template “Staff”: what is wrong in it goes to the commission to confirm."),
            "month_closed",
        )
    if day > programme.opens_as_of:
        return (
            _("This day is after %(day)s, the day of the programme.")
            % {"day": programme.opens_as_of.isoformat()},
            _("Report a month once it is over."),
            "month_to_come",
        )
    meant = last_day(day.year, day.month)
    return (
        _("Heads are counted on the last day of a month."),
        _("Write %(day)s if that month is meant.") % {"day": meant.isoformat()},
        "not_month_end",
    )


def doubt_about(
    row: CountRow, category: str, asked: Collection[str]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield what looks wrong in the figures that a row gives: column, words, remedy, kind.

    They are the doubts of the monthly report's own page, at the cells that they are about.
    """
    for figure in asked:
        name = field_name(row.body.pk, category, figure)
        cell = next((cell for cell in row.cells if cell.name == name), None)
        if cell is not None and cell.is_jump:
            message = _("From %(before)s to %(now)s, more than %(share)d%%.") % {
                "before": in_words(cell.before),
                "now": in_words(cell.value),
                "share": JUMP_PERCENT,
            }
            yield figure, message, _("Nothing needs to be done if this is meant."), "jump"
    first = next((cell for cell in row.cells if cell.name.split("-")[1] == category), None)
    if row.is_identical and first is not None and first is row.cells[0]:
        message = _("All figures of this body are exactly as counted before.")
        yield "", message, _("Nothing needs to be done if this is meant."), "identical"

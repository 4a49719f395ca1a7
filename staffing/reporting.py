"""The monthly report of head counts: a division's bodies in being, beside the count before."""

from __future__ import annotations

import calendar
import datetime
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.models.programmes import StaffCategory
from consolidation.selectors.state import State, body_rows, state_view
from platforms_portal.words import in_words
from staffing.models import HeadCount
from zones.models import ManagementBody

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django_stubs_ext import StrOrPromise

    from consolidation.models import Programme

FIGURES: dict[str, StrOrPromise] = {
    "on_post": gettext_lazy("staff on post"),
    "authorised": gettext_lazy("authorised posts"),
}
"""The figures of a category that are counted, and what they are called."""

JUMP_PERCENT = 20
"""A figure that moves by more than this share is asked about."""


def last_day(year: int, month: int) -> datetime.date:
    """Return the last day of a month."""
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def months_to_report(programme: Programme) -> list[datetime.date]:
    """Return the days that heads are counted on, the newest first.

    They are the last days of the months after the baseline date, up to the programme's day. The
    baseline's own counts are changed by a correction of the ledger alone.
    """
    days = []
    baseline = programme.baseline_date
    day = last_day(baseline.year, baseline.month)
    while day <= programme.opens_as_of:
        if day > baseline:
            days.append(day)
        after = day + datetime.timedelta(days=1)
        day = last_day(after.year, after.month)
    return days[::-1]


@dataclass(frozen=True)
class CountCell:
    """One figure of a body: the name of its field, its value, and the one before with its day."""

    name: str
    label: str
    value: int | None
    before: int | None
    counted_before: datetime.date | None

    @property
    def text(self) -> str:
        """The value as a form sends it; what is not reported is empty."""
        return "" if self.value is None else str(self.value)

    @property
    def is_jump(self) -> bool:
        """Whether the value moved by more than the share that is asked about."""
        if self.value is None or self.before is None or self.value == self.before:
            return False
        return abs(self.value - self.before) * 100 > JUMP_PERCENT * self.before


@dataclass(frozen=True)
class CountRow:
    """One body with a cell for each figure of each category that counts."""

    body: ManagementBody
    cells: list[CountCell]
    is_placeholder: bool

    @property
    def values(self) -> dict[str, str]:
        """The values of the row's fields, as a form sends them."""
        return {cell.name: cell.text for cell in self.cells}

    @property
    def seen(self) -> str:
        """The digest of the values: the same as long as nobody changes one."""
        text = json.dumps(self.values, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def is_reported(self) -> bool:
        """Whether any figure of the month is given."""
        return any(cell.value is not None for cell in self.cells)

    @property
    def is_identical(self) -> bool:
        """Whether the month is reported exactly as the count before."""
        return self.is_reported and all(cell.value == cell.before for cell in self.cells)


def field_name(body_id: int, category: str, figure: str) -> str:
    """Return the name of the field of one figure."""
    return f"{body_id}-{category}-{figure}"


def count_rows(programme: Programme, division_id: int, day: datetime.date) -> list[CountRow]:
    """Return the division's bodies in being on ``day``, with their counts, in a few queries."""
    view = state_view(programme, State.ACTUAL, day)
    keys = body_rows(view).filter(in_state=True, division_id=division_id).values("pk")
    bodies = list(ManagementBody.objects.filter(pk__in=keys).order_by("code"))
    now: dict[tuple[int, str], HeadCount] = {}
    before: dict[tuple[int, str], HeadCount] = {}
    counts = HeadCount.objects.filter(
        body__in=bodies,
        category__in=programme.counted_categories,
        counted_on__gte=programme.baseline_date,
        counted_on__lte=day,
    )
    for count in counts.order_by("counted_on"):
        kept = now if count.counted_on == day else before
        kept[count.body_id, count.category] = count
    return [_row(programme, body, now, before) for body in bodies]


def _row(
    programme: Programme,
    body: ManagementBody,
    now: dict[tuple[int, str], HeadCount],
    before: dict[tuple[int, str], HeadCount],
) -> CountRow:
    cells = []
    for category in programme.counted_categories:
        was, current = before.get((body.pk, category)), now.get((body.pk, category))
        cells += [
            CountCell(
                field_name(body.pk, category, figure),
                f"{StaffCategory(category).label} · {FIGURES[figure]}",
                getattr(current, figure, None),
                getattr(was, figure, None),
                was.counted_on if was else None,
            )
            for figure in FIGURES
        ]
    shown = (kept.get((body.pk, c)) for kept in (now, before) for c in programme.counted_categories)
    return CountRow(body, cells, any(row is not None and row.is_placeholder for row in shown))


def doubts_about(rows: Iterable[CountRow]) -> list[str]:
    """Return a sentence for each figure that looks wrong and yet may be right."""
    doubts = []
    for row in rows:
        if row.is_identical:
            doubts.append(_("%(body)s: exactly as counted before.") % {"body": row.body.label})
        doubts += [
            _("%(body)s, %(figure)s: from %(before)s to %(now)s, more than %(share)d%%.")
            % {
                "body": row.body.label,
                "figure": cell.label,
                "before": in_words(cell.before),
                "now": in_words(cell.value),
                "share": JUMP_PERCENT,
            }
            for cell in row.cells
            if cell.is_jump
        ]
    return doubts


def month_headings(programme: Programme) -> list[str]:
    """Return the headings of ``month_rows``: each figure, and the one counted before."""
    figures = [
        f"{StaffCategory(category).label} · {figure}"
        for category in programme.counted_categories
        for figure in FIGURES.values()
    ]
    told = [[figure, f"{figure} ({_('counted before')})", _("Counted on")] for figure in figures]
    named = [_("Code"), _("Management body")]
    return [*named, *(heading for three in told for heading in three), _("Placeholder")]


def month_rows(rows: Iterable[CountRow]) -> Iterator[list[object]]:
    """Yield a month's report, a line a body; what is not reported is empty."""
    for row in rows:
        cells = [(cell.value, cell.before, cell.counted_before) for cell in row.cells]
        flagged = _("Yes") if row.is_placeholder else _("No")
        body = [row.body.code, row.body.label]
        yield [*body, *(value for three in cells for value in three), flagged]

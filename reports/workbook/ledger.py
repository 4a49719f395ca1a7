"""The ledger: every platform of the baseline and of the retained list, and every plate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.models import Disposition, MergePlan, PlateDisposition
from consolidation.selectors.outcome import Outcome
from consolidation.selectors.state import State
from platforms_portal.access import Right
from reports.selectors.lines import named, plate_lines, platform_lines
from reports.workbook.table import Column, flag, flag_columns, write_list
from reports.workbook.words import about, choice, joined, owners
from zones.models import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet
    from reports.workbook.table import Listed


def write_ledger(book: Book, sheet: Sheet, report: Report) -> Listed:
    """Write the sheet of platforms."""
    return write_list(
        book,
        sheet,
        "ledger",
        title=_("Ledger of platforms"),
        about=about(report),
        columns=[
            *_who(report),
            *_flags(),
            *_decision(report),
            *_hanging(report),
            *_ground(),
        ],
        lines=platform_lines(report),
    )


def _who(report: Report) -> list[Column]:
    level = choice(Level)
    return [
        Column("code", _("Code"), 11, lambda line: line["code"]),
        Column("name", _("Platform"), 28, named),
        *owners(report),
        Column("level", _("Level"), 8, lambda line: level(line["level"])),
        Column("kind", _("Kind"), 14, lambda line: line["kind"]),
    ]


def _flags() -> list[Column]:
    return [
        *flag_columns(),
        flag("retained", _("On the retained list"), lambda line: line["is_retained"]),
        flag("sub_area", _("Sub-area"), lambda line: line["sub_area"]),
        flag(
            "in_quota",
            _("Counts in the quota"),
            lambda line: line["any_in_state"] and not line["sub_area"],
        ),
    ]


def _decision(report: Report) -> list[Column]:
    kind, outcome = choice(Disposition.Kind), choice(Outcome)
    return [
        Column(
            "disposition", _("Disposition"), 10, lambda line: kind(line["decided_kind"]), named=True
        ),
        Column(
            "outcome",
            _("Outcome in this state"),
            14,
            lambda line: outcome(line["outcome"]) if line["in_baseline"] else "",
            named=True,
        ),
        Column("target_code", _("Merged into: code"), 11, lambda line: line[_TARGET], named=True),
        Column(
            "becomes",
            _("Merged or transformed into"),
            24,
            lambda line: line["target_name"] or line["transform_into"],
        ),
        Column("planned_on", _("Planned for"), 11, lambda line: line["planned_on"], "date"),
        Column("confirmed_on", _("Carried out"), 11, lambda line: line["confirmed_on"], "date"),
        Column(
            "decisions",
            _("Number of dispositions"),
            8,
            lambda line: line["decisions"] if line["in_baseline"] else None,
            "flag",
        ),
        Column("plan", _("Plan"), 16, _plan_of(report)),
    ]


_TARGET = "disposition__target__code"


def _plan_of(report: Report) -> Callable[[Any], str]:
    if report.state == State.BASELINE:
        return lambda _line: ""
    state = choice(MergePlan.State)
    words = {
        owner: _("Version %(version)d (%(state)s)")
        % {"version": plan.version, "state": state(plan.state)}
        for owner, plan in report.plans.items()
    }
    return lambda line: words.get(line["owner_id"], "")


def _hanging(report: Report) -> list[Column]:
    columns = [Column("plates", _("Plates"), 24, lambda line: joined(line["plates"]))]
    if report.reader.may(Right.VIEW_BODIES):
        columns.append(
            Column("bodies", _("Management bodies"), 24, lambda line: joined(line["bodies"]))
        )
    if report.reader.may(Right.VIEW_PEOPLE) and report.reader.may(Right.VIEW_BODIES):
        # A body that manages several platforms stands at each: these must not be added up.
        heading = _("Staff of these bodies at the baseline (people; not to be added up)")
        columns.append(Column("people", heading, 13, lambda line: line["people"], "number"))
    return columns


def _ground() -> list[Column]:
    return [
        Column("established_on", _("Established"), 11, lambda line: line["established_on"], "date"),
        Column(
            "approved", _("Approved area (km²)"), 10, lambda line: line["approved_area"], "area"
        ),
        Column("managed", _("Managed area (km²)"), 10, lambda line: line["managed_area"], "area"),
        Column(
            "built_up", _("Built-up area (km²)"), 10, lambda line: line["built_up_area"], "area"
        ),
    ]


def write_plates(book: Book, sheet: Sheet, report: Report) -> Listed:
    """Write the sheet of plates."""
    level, fate = choice(Level), choice(PlateDisposition.Fate)
    return write_list(
        book,
        sheet,
        "plates",
        title=_("Plates"),
        about=about(report),
        columns=[
            Column("code", _("Code"), 11, lambda line: line["code"]),
            Column("title", _("Plate"), 30, lambda line: line["title"]),
            *owners(report),
            Column("level", _("Level"), 8, lambda line: level(line["level"])),
            Column("kind", _("Kind"), 14, lambda line: line["kind"]),
            Column(
                "platform",
                _("Platform at the baseline"),
                28,
                lambda line: named(line, "platform__"),
            ),
            *flag_columns(),
            Column("fate", _("Fate"), 9, lambda line: fate(line["decided_fate"])),
            Column("carrier", _("Moves to"), 28, lambda line: line["carrier_name"]),
        ],
        lines=plate_lines(report),
    )

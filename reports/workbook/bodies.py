"""Management bodies: what each is, what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.models import BodyDisposition
from reports.selectors.lines import body_lines, named
from reports.workbook.table import Column, flag_columns, write_list
from reports.workbook.words import about, choice, joined, owners
from zones.models import ManagementBody

if TYPE_CHECKING:
    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet
    from reports.workbook.table import Listed


def write_bodies(book: Book, sheet: Sheet, report: Report) -> Listed:
    """Write the sheet of management bodies."""
    return write_list(
        book,
        sheet,
        "bodies",
        title=_("Management bodies"),
        about=about(report),
        columns=_columns(report),
        lines=body_lines(report),
    )


def _columns(report: Report) -> list[Column]:
    nature, rank = choice(ManagementBody.Nature), choice(ManagementBody.Rank)
    fate = choice(BodyDisposition.Fate)
    return [
        Column("code", _("Code"), 11, lambda line: line["code"]),
        Column("name", _("Management body"), 32, named),
        *owners(report),
        Column("nature", _("Nature"), 14, lambda line: nature(line["nature"])),
        Column("rank", _("Rank"), 11, lambda line: rank(line["rank"])),
        *flag_columns(),
        Column("fate", _("Fate"), 9, lambda line: fate(line["decided_fate"])),
        Column("serves", _("Serves then"), 24, lambda line: line["serves_name"]),
        Column("confirmed_on", _("Carried out"), 11, lambda line: line["confirmed_on"], "date"),
        Column("platforms", _("Platforms managed"), 30, lambda line: joined(line["platforms"])),
        Column("teams", _("Leadership teams"), 8, lambda line: line["leadership_teams"], "number"),
        Column(
            "departments",
            _("Internal departments"),
            9,
            lambda line: line["internal_departments"],
            "number",
        ),
        Column("uscc", _("Unified social credit code"), 21, lambda line: line["uscc"]),
        Column("document", _("Approval document"), 22, lambda line: line["approval_document"]),
        Column("funding", _("Funding"), 12, lambda line: line["funding"]),
    ]

"""Writes one template as a workbook: filled, explained, protected, marked."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from consolidation.checks.base import Scope as Owner
from exchange.selectors.filled import filled
from exchange.subjects.spec import TEMPLATE_VERSION
from exchange.templates_out.guide import write_guide
from exchange.templates_out.lists import Lists
from exchange.templates_out.sheets import SheetTexts, SubjectSheet
from exchange.templates_out.styles import Styles

if TYPE_CHECKING:
    from consolidation.models import Programme
    from exchange.subjects import Template
    from zones.models import Division

MARK_SHEET = "_portal"
"""The hidden sheet by which reading knows our own template (``exchange.reading.book``)."""

_OPTIONS = {
    # Rows go to the file as they come, so that a city's ledger takes no more memory than a page.
    "constant_memory": True,
    **dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False),
}


def write_template(
    target: BinaryIO,
    template: Template,
    *,
    programme: Programme,
    division: Division | None,
    day: datetime.date,
) -> None:
    """Write ``template`` into ``target``, in the language that is active.

    ``division`` is ``None`` for the whole city; ``day`` the day of the ledger as it is shown, or
    the last day of the month whose heads are counted. Raises ``ValueError`` where the template is
    filled for one division alone.
    """
    content = filled(template, programme, division, day)
    lists = Lists(template, content.choices)
    owner = place_of(programme, division)
    with Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": f"{owner} {template.label}", "subject": programme.label})
        styles = Styles(book)
        about = _about(programme, owner, day)
        write_guide(book, styles, template, about, content.choices)
        for subject in template.subjects:
            texts = SheetTexts(f"{owner} {subject.label}", f"{programme.label} {day.isoformat()}")
            sheet = SubjectSheet(book, styles, subject, lists.sources_of(subject.key))
            sheet.write(content.rows[subject.key](), texts)
        lists.write(book)
        _write_mark(book, template, programme, division, day)


def place_of(programme: Programme, division: Division | None) -> str:
    """Return whose template it is, in words: a division as an owner, or the city."""
    return str(Owner(division).label if division else programme.division.label)


def _about(programme: Programme, owner: str, day: datetime.date) -> list[tuple[str, str]]:
    return [
        (_("Programme"), programme.label),
        (_("Division"), owner),
        (_("As of"), day.isoformat()),
        (_("Version of the template"), str(TEMPLATE_VERSION)),
    ]


def _write_mark(
    book: Workbook,
    template: Template,
    programme: Programme,
    division: Division | None,
    day: datetime.date,
) -> None:
    sheet = book.add_worksheet(MARK_SHEET)
    marks = {
        "template": template.key,
        "version": str(TEMPLATE_VERSION),
        "programme": programme.code,
        "division": division.code if division else "",
        "as_of": day.isoformat(),
        "language": get_language() or "",
    }
    for at, (key, value) in enumerate(marks.items()):
        sheet.write_string(at, 0, key)
        sheet.write_string(at, 1, value)
    sheet.hide()

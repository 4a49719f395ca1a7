"""The first sheet of a template: what it is, how to fill it in, and what each column means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from exchange.templates_out.styles import printed, wide
from exchange.templates_out.words import allowed_in, heading_of, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from exchange.selectors.filled_lists import Choice
    from exchange.subjects import Column, Subject, Template
    from exchange.templates_out.styles import Styles

_WIDTHS = (20, 26, 8, 22, 12, 44, 60)
_ONE_PAGE = 1
_LINE_HEIGHT = 17


def write_guide(
    book: Workbook,
    styles: Styles,
    template: Template,
    about: Sequence[tuple[str, str]],
    choices: Mapping[tuple[str, str], Sequence[Choice]],
) -> None:
    """Write the sheet; ``about`` are lines that say whose template it is and of when."""
    sheet: Worksheet = book.add_worksheet(_("How to fill in"))
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, str(template.label), styles.title)
    at = 1
    for label, value in about:
        sheet.write_string(at, 0, label, styles.plain)
        sheet.write_string(at, 1, value, styles.plain)
        at += 1
    for n, step in enumerate(_steps(template), start=1):
        sheet.write_string(at, 0, f"{n}. {step}", styles.plain)
        at += 1
    sheet.write_string(at, 0, _("placeholder data"), styles.placeholder_line)
    sheet.write_string(
        at, 1, _("Rows with this colour and word stand in for real ones: mend them."), styles.plain
    )
    at += 2
    _write_columns(sheet, styles, template, choices, at)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.hide_gridlines(2)
    printed(sheet, title=f"{about[1][1]} {template.label}", right=about[0][1], width=_ONE_PAGE)
    sheet.activate()


def _steps(template: Template) -> list[str]:
    return [
        str(template.note),
        _("Type into the rows below the headings, and add rows below the last one."),
        _(
            "Headings with * are required. Columns in grey are there to be read and are not taken over."
        ),
        _("An empty cell means “not known” and empties what the portal has; 0 means none."),
        _("A row that is deleted here stays in the portal: nothing is deleted by an upload."),
        _(
            "Save as .xlsx and upload it on “Import workbooks”: the portal first shows what would change."
        ),
    ]


def _write_columns(
    sheet: Worksheet,
    styles: Styles,
    template: Template,
    choices: Mapping[tuple[str, str], Sequence[Choice]],
    at: int,
) -> None:
    headings = (
        *(_("Sheet"), _("Column"), _("Required"), _("Kind of entry")),
        *(_("Unit"), _("Allowed"), _("Note")),
    )
    for place, heading in enumerate(headings):
        sheet.write_string(at, place, heading, styles.heading)
    for subject in template.subjects:
        for column in subject.columns:
            at += 1
            listed = [choice.text for choice in choices.get((subject.key, column.name), ())]
            _write_line(sheet, styles, at, _line(subject, column, listed))


def _line(subject: Subject, column: Column, listed: Sequence[str]) -> tuple[str, ...]:
    return (
        str(subject.label),
        heading_of(column),
        _("yes") if column.required else "",
        kind_of(column),
        str(column.unit),
        allowed_in(column, listed),
        str(column.note),
    )


def _write_line(sheet: Worksheet, styles: Styles, at: int, texts: Sequence[str]) -> None:
    # Rows are written one by one and keep the height that they are given.
    lines = max(-(-wide(text) // width) for text, width in zip(texts, _WIDTHS, strict=True))
    sheet.set_row(at, _LINE_HEIGHT * max(1, lines))
    for place, text in enumerate(texts):
        format_ = styles.strong if place == 1 else styles.line
        if text:
            sheet.write_string(at, place, text, format_)
        else:
            sheet.write_blank(at, place, None, format_)

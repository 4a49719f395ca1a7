"""Why a whole file is refused: a code that never changes, what is wrong, and what to do.

Everything that can be refused stands here, so that the tests can show a file for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from exchange.problems import RefusedError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_SAVE_AS_XLSX = _(
    "Open it in Excel or WPS, choose “Save as”, and take “Excel workbook (.xlsx)” as its type."
)
_SAVE_ANEW = _("Open it in Excel or WPS, save it anew as .xlsx, and send that file.")
_SPLIT = _("Split the file and send the parts one after the other.")

REFUSALS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "empty": (_("The file is empty."), _("Send the file that holds your rows.")),
    "size": (_("The file is larger than %(limit)s MiB."), _SPLIT),
    "old_xls": (_("This is a workbook of the old kind (.xls)."), _SAVE_AS_XLSX),
    "binary_workbook": (_("This is a binary workbook (.xlsb)."), _SAVE_AS_XLSX),
    "other_spreadsheet": (_("This is a workbook of another program (.ods)."), _SAVE_AS_XLSX),
    "web_page": (
        _("This is a web page or an XML file under the name of a workbook."),
        _SAVE_AS_XLSX,
    ),
    "not_a_table": (
        _("This is neither an Excel workbook (.xlsx) nor a CSV file."),
        _("Send the table itself: as .xlsx or as .csv."),
    ),
    "renamed": (
        _("The name says workbook, but the content is plain text."),
        _("Give a text file its name with .csv, or save it as .xlsx in Excel or WPS."),
    ),
    "password": (
        _("The file is protected by a password."),
        _("Take the password off (File, Info, Protect workbook), save it, and send it again."),
    ),
    "macros": (
        _("The file holds macros, which are not accepted."),
        _SAVE_AS_XLSX,
    ),
    "embedded": (
        _("Other files or controls are embedded in the workbook: %(part)s."),
        _("Delete the embedded objects, or copy the rows into an empty workbook."),
    ),
    "connections": (
        _("The workbook fetches data from elsewhere (a data connection or a query)."),
        _("Delete the connections (Data, Queries and connections), save it, and send it again."),
    ),
    "dde": (
        _("The workbook holds a formula or a link that starts another program: %(part)s."),
        _("Copy the rows as values into an empty workbook and send that."),
    ),
    "bomb": (
        _("The file unpacks to far more than a workbook of its size holds."),
        _SAVE_ANEW,
    ),
    "entities": (
        _("The workbook declares XML entities, which no spreadsheet program writes."),
        _SAVE_ANEW,
    ),
    "damaged": (_("The file is damaged and cannot be read."), _SAVE_ANEW),
    "no_sheets": (
        _("The workbook holds no sheet with cells."),
        _("Send the workbook that holds your rows."),
    ),
    "sheets": (
        _("The workbook has %(found)s sheets; at most %(limit)s are read."),
        _("Delete the sheets that are not needed here."),
    ),
    "rows": (
        _("The sheet “%(sheet)s” reaches down to row %(found)s; at most %(limit)s rows are read."),
        _("Split the sheet; if what stands far below is left over, delete those rows."),
    ),
    "columns": (
        _("The sheet “%(sheet)s” has %(found)s columns; at most %(limit)s are read."),
        _("Delete the columns that are not needed; also those far to the right."),
    ),
    "cells": (
        _("The sheet “%(sheet)s” spans %(found)s cells; at most %(limit)s are read."),
        _("Split the sheet, and delete what stands far from the table."),
    ),
    "text_length": (
        _("The texts in the sheet “%(sheet)s” are longer than a sheet of this size may hold."),
        _("Shorten the cells with long texts, or split the sheet."),
    ),
    "encoding": (
        _("The text is neither UTF-8 nor GB18030: row %(row)s cannot be read."),
        _("Save it in Excel as “CSV UTF-8”, or as .xlsx."),
    ),
    "open_quote": (
        _("In row %(row)s a quotation mark is opened and never closed."),
        _("Close the quotation mark there, or write it twice where it is part of the text."),
    ),
    "bad_quote": (
        _("In row %(row)s a quotation mark stands in the middle of a cell."),
        _("Write a quotation mark that is part of the text twice."),
    ),
}


def refused(code: str, **words: object) -> RefusedError:
    """Return the refusal of a file for the reason ``code``, in the reader's language."""
    message, remedy = REFUSALS[code]
    return RefusedError(code, str(message) % words if words else str(message), str(remedy))

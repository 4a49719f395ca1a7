"""What can be wrong in one cell, and what is worth a note: a stable code, a message, a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_WRITE_DATE = _("Write the day in full, such as 2018-12-31.")
_WRITE_COUNT = _("Write a whole number in digits, 0 or more.")
_PASTE_VALUE = _("Write the value itself: copy the cell and paste it as a value.")

ERRORS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    # Counts and areas.
    "not_a_number": (_("“%(value)s” is no number."), _("Write a number in digits alone.")),
    "not_a_count": (_("“%(value)s” is no whole number."), _WRITE_COUNT),
    "negative": (_("“%(value)s” is less than zero."), _("Write 0 or more; empty if not known.")),
    "fraction": (_("“%(value)s” is no whole number."), _WRITE_COUNT),
    "approximate": (
        _("“%(value)s” is only about a number."),
        _("Write the exact number; leave the cell empty if it is not known."),
    ),
    "ten_thousands": (
        _("“%(value)s” counts in ten thousands (万)."),
        _("Write the number out, without 万."),
    ),
    "range": (_("“%(value)s” is a range, not one number."), _("Write one number.")),
    "share": (
        _("“%(value)s” is a percentage, and a number is due."),
        _("Write the number itself, not its share."),
    ),
    "other_unit": (
        _("“%(value)s” has another unit than this column."),
        _("Write the number in the unit of the column: %(unit)s."),
    ),
    "too_large": (_("“%(value)s” is too large."), _("Check the digits and the unit.")),
    "decimals": (
        _("“%(value)s” has more than four decimals."),
        _("Round it to four decimals of a square kilometre."),
    ),
    "area_not_exact": (
        _("“%(value)s” cannot be converted to square kilometres exactly to four decimals."),
        _("Write the area in square kilometres, rounded as it is to count."),
    ),
    # Dates.
    "not_a_date": (_("“%(value)s” is no date."), _WRITE_DATE),
    "no_such_day": (_("There is no day “%(value)s”."), _WRITE_DATE),
    "day_missing": (_("“%(value)s” does not say the day."), _WRITE_DATE),
    "date_ambiguous": (
        _("“%(value)s” can be read as more than one day."),
        _("Write year, month and day in this order, such as 2018-12-31."),
    ),
    "date_for_number": (
        _("“%(value)s” is a date, and a number is due."),
        _("Give the cell the format of a number and write the number again."),
    ),
    # Words.
    "not_a_choice": (_("“%(value)s” is not one of the words of this column."), "%(hint)s"),
    "not_yes_no": (_("“%(value)s” is neither yes nor no."), _("Write 是 or 否 (yes or no).")),
    # Codes.
    "digits_lost": (
        _("“%(value)s” was stored as a number: digits are lost."),
        _("Give the column the format “Text” and write the code again in full."),
    ),
    "formula_in_code": (
        _("A formula stands where a code is due: “%(value)s”."),
        _PASTE_VALUE,
    ),
    # Where the value comes from.
    "formula_failed": (_("The formula failed: “%(value)s”."), _PASTE_VALUE),
    "formula_not_computed": (
        _("The formula was never computed and has no value: “%(value)s”."),
        _PASTE_VALUE,
    ),
    "formula_outside": (
        _("The value “%(value)s” is taken from another file, which cannot be seen here."),
        _PASTE_VALUE,
    ),
    "merged_number": (
        _("This cell is merged with the one above, and a number may not count twice."),
        _("Take the merge apart and write each row's own number."),
    ),
    "merged_across": (
        _("This cell is merged with the one to its left."),
        _("Take the merge apart and write into each column what belongs there."),
    ),
    "more_cells": (
        _("“%(value)s” stands beyond the headings: the row has more cells than there are columns."),
        _('Put a value that holds a separator into quotation marks, such as "1,234".'),
    ),
}
"""Every error of a single cell."""

NOTES: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "formula_value": (
        _("The cells of this column from here on are formulas; their last values are taken."),
        _("Check that the workbook was computed when it was saved."),
    ),
    "taken_as_empty": (
        _("“%(value)s” is taken as not known, here and further down this column."),
        _("Write 0 where there is none; otherwise nothing is to be done."),
    ),
    "area_converted": (
        _("This column is in %(unit)s and is converted: “%(value)s” is %(result)s km²."),
        _("1 km² = 100 hectares = 1,500 mu. Check that the unit is right."),
    ),
    "serial_date": (
        _("“%(value)s” is taken as a day's number and read as %(result)s."),
        _("Give the column the format of a date."),
    ),
    "month_end": (
        _("A month is taken as its last day: “%(value)s” is %(result)s."),
        _("Write the day in full if another is meant."),
    ),
    "list_separated": (
        _("“%(value)s” is read as a list; “;” is what separates its items."),
        _("Check the items in the preview."),
    ),
    "unit_taken_off": (
        _("“%(value)s” is read without its unit."),
        _("Write the number alone next time."),
    ),
    "merged_value": (
        _("Merged cells: “%(value)s” of the first one is taken for each row."),
        _("Check the rows in the preview."),
    ),
    "no_heading": (
        _("“%(value)s” and what stands below it has no heading and is not read."),
        _("Give the column a heading if it is to be read; otherwise nothing is to be done."),
    ),
}
"""What is understood, but is no plain value: told once a column."""


class Note(NamedTuple):
    """A remark on a cell that was understood; its words are made only where it is told."""

    code: str
    value: str
    words: Mapping[str, str]

    @property
    def message(self) -> str:
        """What was understood, in the reader's language."""
        return str(NOTES[self.code][0]) % {"value": self.value, **self.words}

    @property
    def remedy(self) -> str:
        """What to do if it was meant otherwise."""
        return str(NOTES[self.code][1])


class WrongCellError(Exception):
    """A cell cannot be understood. ``code`` is stable."""

    def __init__(self, code: str, value: str, **words: str) -> None:
        message, remedy = ERRORS[code]
        words = {"value": value, **words}
        super().__init__(code)
        self.code = code
        self.message = str(message) % words
        self.remedy = str(remedy) % words


def note(code: str, value: str, **words: str) -> Note:
    """Return the remark ``code`` on a cell with ``value``."""
    return Note(code, value, words)

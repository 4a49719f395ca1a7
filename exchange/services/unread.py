"""What a file holds that is not read: told with the rest, so that nothing is lost unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from exchange.matching import How, normalised
from exchange.problems import Problem, RefusedError, Severity
from exchange.subjects import subject_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exchange.matching import Match
    from exchange.reading import Book

_NUMBERS_OF_ROWS = {"序号", "行号", "no", "no."}


def unread(book: Book, matches: Sequence[Match]) -> Iterator[Problem]:
    """Yield a warning for each sheet and each column with values that nobody chose to leave out."""
    read = {match.sheet for match in matches}
    if book.mark is None:  # Our own template has sheets that only explain.
        for sheet in book.sheets:
            if sheet.rows and not sheet.hidden and sheet.name not in read:
                yield _warning(
                    sheet.name,
                    _("The sheet “%(sheet)s” is not read.") % {"sheet": sheet.name},
                    _("If its rows are to be loaded, upload the file once more for what they are."),
                    "unread_sheet",
                )
    for match in matches:
        label = subject_with(match.subject).label
        for found in match.found:
            if found.name or found.how is not How.NONE or not found.samples:
                continue
            if normalised(found.heading) not in _NUMBERS_OF_ROWS:
                yield _warning(
                    match.sheet,
                    _("The column “%(heading)s” is not read: it is none of “%(subject)s”.")
                    % {"heading": found.heading, "subject": label},
                    _("Nothing is to be done, or give it the heading of the column that it is."),
                    "unread_column",
                    row=match.heading_rows[1],
                    place=found.place,
                    heading=found.heading,
                )


def refuse_without_rows(book: Book, rows: int) -> None:
    """Raise ``RefusedError`` for an office's file without any rows: it says nothing at all.

    Our own template is empty where there is nothing to be filled in.
    """
    if not rows and book.mark is None:
        raise RefusedError(
            "no_rows",
            _("The file holds no rows below its headings."),
            _("Fill in at least one row, and send the file again."),
        )


def _warning(
    sheet: str,
    message: str,
    remedy: str,
    code: str,
    *,
    row: int | None = None,
    place: int | None = None,
    heading: str = "",
) -> Problem:
    return Problem(Severity.WARNING, sheet, row, place, "", heading, heading, message, remedy, code)

"""What can keep a workbook from being written."""

from __future__ import annotations

from django.utils.translation import gettext as _


class ReportError(Exception):
    """The workbook cannot be written; the message says why, in the reader's language."""


class TooLongError(ReportError):
    """A list has more lines than a sheet takes."""

    def __init__(self, title: str) -> None:
        """Name the list."""
        super().__init__(
            _("“%(title)s” has more lines than a sheet takes. Ask for one division.")
            % {"title": title}
        )

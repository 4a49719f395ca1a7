"""A workbook on its way to the reader: written whole to a temporary file, then sent as it is read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import FileResponse
from django.utils.translation import gettext as _

from consolidation.checks.base import Scope as Owner
from platforms_portal.listings import as_attachment, file_name

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from consolidation.models import Programme
    from consolidation.selectors.state import State
    from zones.models import Division

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Download(FileResponse):
    """A file that the API too can answer with: it is rendered already, and is no error."""

    exception = False

    def render(self) -> Download:
        """Return itself."""
        return self


class Names(NamedTuple):
    """What a file is called, in the reader's language and in ASCII, without its ending."""

    name: str
    plain_name: str


def download(names: Names, write: Callable[[Path], Any]) -> Download:
    """Return the workbook that ``write`` writes to a path as a file; nothing of it stays behind.

    What ``write`` raises is raised before anything is sent.
    """
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        path = Path(folder) / "file"
        write(path)
        # Open, it can be read to its end though its name is gone.
        handle = path.open("rb")
    response = Download(handle, content_type=XLSX)
    response["Content-Disposition"] = as_attachment(*names, ".xlsx")
    return response


def report_name(
    programme: Programme, state: State, as_of: datetime.date, division: Division | None
) -> Names:
    """Return what the report's file is called."""
    day = as_of.isoformat()
    words = [programme.label, _("report"), state.label, day]
    plain = [programme.code, "report", state.value, day]
    if division is not None:
        words.append(Owner(division).label)
        plain.append(division.code)
    return Names(file_name(*words), "-".join(plain))

"""A workbook on its way to the reader: written whole to a temporary file, then sent as it is read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import FileResponse
from django.utils.translation import gettext as _

from consolidation.checks.base import Scope as Owner

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


def download(name: str, write: Callable[[Path], Any], content_type: str = XLSX) -> Download:
    """Return what ``write`` writes to a path, as the file ``name``; nothing of it stays behind.

    What ``write`` raises is raised before anything is sent.
    """
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        path = Path(folder) / "file"
        write(path)
        # Open, it can be read to its end though its name is gone.
        handle = path.open("rb")
    return Download(handle, as_attachment=True, filename=name, content_type=content_type)


def report_name(
    programme: Programme, state: State, as_of: datetime.date, division: Division | None
) -> str:
    """Return the name of the report's file, in the reader's language."""
    parts = [programme.label, _("report"), str(state.label), as_of.isoformat()]
    if division is not None:
        parts.append(str(Owner(division).label))
    return "-".join(parts) + ".xlsx"

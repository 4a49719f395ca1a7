"""Writing a report as a file: whole, and never beside data that moved while it was written."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.selectors.findings import data_version
from reports.selectors.report import Report
from reports.workbook.errors import ReportError
from reports.workbook.write import write_workbook

if TYPE_CHECKING:
    import datetime

    from consolidation.models import Programme
    from consolidation.selectors.state import State
    from reports.selectors.report import Reader
    from zones.models import Division

TRIES = 3
"""So often the workbook is begun anew where somebody saved something while it was written."""


def save_report(
    path: Path,
    *,
    programme: Programme,
    state: State,
    as_of: datetime.date,
    reader: Reader,
    division: Division | None = None,
    since: datetime.date | None = None,
) -> None:
    """Write the report to ``path``, which then holds all of it; on failure it is as it was.

    Raises ``ReportError`` where a list is too long for a sheet, or the data do not keep still.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".report-") as folder:
        written = Path(folder) / path.name
        for _attempt in range(TRIES):
            report = Report(programme, state, as_of, reader, division=division, since=since)
            before = data_version()
            write_workbook(report, written)
            if data_version() == before:
                written.replace(path)
                return
    raise ReportError(_("The data changed while the report was written. Try again."))

"""Writing a report as a file: whole, and never beside data that moved while it was written."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext as _

from consolidation.selectors.findings import data_version
from reports.selectors.report import Report
from reports.workbook.errors import ReportError
from reports.workbook.write import write_workbook

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from consolidation.models import Programme
    from consolidation.selectors.state import State
    from reports.selectors.report import Reader
    from zones.models import Division

TRIES = 3
"""So often the workbook is begun anew where somebody saved something while it was made ready."""


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
            if _write_still(report, written):
                written.replace(path)
                return
    raise ReportError(_("The data changed while the report was written. Try again."))


def _write_still(report: Report, path: Path) -> bool:
    """Write the report; return whether judgement and records were those of one moment.

    PostgreSQL shows one moment for as long as it takes. SQLite would keep everybody else from
    saving meanwhile, so there the data are looked at once more at the end.
    """
    before = data_version()
    report.make_ready()
    with _one_moment() as is_kept:
        if data_version() != before:
            return False
        write_workbook(report, path)
        return is_kept or data_version() == before


@contextmanager
def _one_moment() -> Iterator[bool]:
    """Let all reads within see the data of one moment, where the database can; say whether it does."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield False
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield True

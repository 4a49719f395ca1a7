"""The report workbook of a made-up city: time and memory, as ratios to a CSV of the same records.

Each is measured in a process of its own, so that neither inherits the other's memory.
"""

from __future__ import annotations

import csv
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from consolidation.models import Programme
    from reports.selectors.report import Report


class Measured(NamedTuple):
    """What writing took: seconds, the process's largest memory in MiB, the file's MiB."""

    seconds: float
    memory: float
    size: float


def measure_reports(code: str, say: Callable[[str], None]) -> None:
    """Print a line for the CSV of all lists of the programme, and one for the workbook."""
    dump, book = _in_process("csv", code), _in_process("xlsx", code)
    for name, found in (("records as CSV", dump), ("report workbook", book)):
        ratio = found.seconds / dump.seconds if dump.seconds else 0
        more = found.memory / dump.memory if dump.memory else 0
        say(
            f"           {name:<20} {found.seconds:>9.3f} s, {ratio:>5.1f} × CSV;"
            f" {found.memory:,.0f} MiB in memory, {more:.1f} ×; file {found.size:.1f} MiB"
        )


def _in_process(kind: str, code: str) -> Measured:
    done = subprocess.run(  # noqa: S603 - this module, with arguments written here
        [sys.executable, "-m", "benchmarks.reports", kind, code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    return Measured(*(float(number) for number in done.stdout.split()))


def _write(kind: str, programme: Programme, path: Path) -> None:
    from consolidation.selectors.state import State  # noqa: PLC0415 - needs Django set up
    from reports.selectors.report import Reader, Report  # noqa: PLC0415
    from reports.services.workbooks import save_report  # noqa: PLC0415

    state, day, reader = State.PLANNED, programme.opens_as_of, Reader.system("bench")
    if kind == "xlsx":
        save_report(path, programme=programme, state=state, as_of=day, reader=reader)
    else:
        _dump(Report(programme, state, day, reader), path)


def _dump(report: Report, path: Path) -> None:
    """Write every line of every list as plain CSV: the least that anybody has to do."""
    from reports.selectors import lines  # noqa: PLC0415

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for line in itertools.chain(
            lines.platform_lines(report),
            lines.body_lines(report),
            lines.plate_lines(report),
            lines.staff_lines(report),
            lines.move_lines(report),
        ):
            writer.writerow(line.values())


def main(kind: str, code: str) -> None:
    """Write one file and print what it took."""
    import django  # noqa: PLC0415

    django.setup()
    from consolidation.models import Programme  # noqa: PLC0415

    programme = Programme.objects.get(code=code)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{kind}"
        started = time.perf_counter()
        _write(kind, programme, path)
        seconds = time.perf_counter() - started
        size = path.stat().st_size / 2**20
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{seconds} {memory} {size}\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])

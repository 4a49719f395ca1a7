"""What it costs to check and load a long workbook: seconds, peak memory, and ratios.

``python -m benchmarks.importing [ROWS]`` makes a ledger of ROWS platforms (100,000) with twenty
columns as a workbook and as CSV, and measures on the database that ``DATABASE_URL`` names (without
it a throwaway SQLite file). Each step is a process of its own, so that its peak is its own. They
are compared with reading the same rows from the CSV file and writing them out again, and with
openpyxl reading the workbook.
"""

from __future__ import annotations

import csv
import datetime
import logging
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 100_000
COLUMNS = (
    *("code", "name", "division", "level", "kind", "gbt37028_code", "established_on"),
    *("approval_document", "approved_on", "approved_area", "managed_area", "built_up_area"),
    *("boundary_north", "boundary_east", "boundary_south", "boundary_west", "industries"),
    *("placeholder", "source", "note"),
)
CODE = "bench-import"
STEPS = ("csv", "openpyxl", "check", "commit", "check again")


def main(rows: int) -> None:
    """Print a line a step."""
    folder = Path(tempfile.mkdtemp(prefix="bench-import-"))
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'bench.sqlite3'}")
    os.environ.setdefault("MEDIA_ROOT", str(folder / "media"))
    # With DEBUG on, Django would keep every statement in memory.
    os.environ["DEBUG"] = "0"
    os.environ.setdefault("SECRET_KEY", "for measuring alone, on a database that is thrown away")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platforms_portal.settings")
    try:
        _prepare(folder, rows)
        sys.stdout.write(f"{rows} rows of {len(COLUMNS)} columns\n")
        sys.stdout.write("what           seconds  to csv  to openpyxl  peak MiB\n")
        measured: dict[str, float] = {}
        for step in STEPS:
            told = subprocess.run(  # noqa: S603 - ourselves
                [sys.executable, "-m", "benchmarks.importing", "--step", step, str(folder)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()
            measured[step] = float(told[-2])
            beside = [
                f"{measured[step] / measured[other]:.1f}" if other in measured else ""
                for other in ("csv", "openpyxl")
            ]
            sys.stdout.write(
                f"{step:<14} {measured[step]:7.1f}  {beside[0]:>6}  {beside[1]:>11}  {told[-1]:>8}\n"
            )
            sys.stdout.flush()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path, rows: int) -> None:
    """Make a programme, and its ledger as a workbook and as CSV."""
    _set_up()
    from django.core.management import call_command  # noqa: PLC0415 - needs the set-up above

    from benchmarks.generate import write_programme  # noqa: PLC0415
    from consolidation.models import Programme  # noqa: PLC0415
    from consolidation.selectors.plans import owners_of  # noqa: PLC0415
    from exchange.subjects import subject_with  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    write_programme(folder / "programme", 142, CODE)
    with Path(os.devnull).open("w") as nowhere:
        call_command("load_programme", str(folder / "programme"), stdout=nowhere)
    owners = [owner.code for owner in owners_of(Programme.objects.get(code=CODE))]
    subject = subject_with("platforms")
    headings = [str(subject.column(name).label) for name in COLUMNS]
    _write(folder, headings, [_row(number, owners) for number in range(rows)])


def _write(folder: Path, headings: list[str], rows: list[list[object]]) -> None:
    import xlsxwriter  # noqa: PLC0415 - only where the files are made

    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headings)
        writer.writerows(rows)
    book = xlsxwriter.Workbook(
        folder / "rows.xlsx", {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    )
    sheet = book.add_worksheet("platforms")
    for at, row in enumerate([headings, *rows]):
        sheet.write_row(at, 0, row)
    book.close()


def _row(number: int, owners: list[str]) -> list[object]:
    day = datetime.date(1990, 1, 1) + datetime.timedelta(days=number % 9000)
    area = round((number % 5000) / 100 + 0.5, 2)
    return [
        *(f"X{number:06}", f"第{number}工业功能区块", owners[number % len(owners)]),
        *(("省级", "市级", "区县级")[number % 3], "工业园区", "", day),
        *(f"政函〔{1990 + number % 28}〕{number % 300}号", day, area, area + 1, area / 2),
        *("北至大道", "东至运河", "南至铁路", "西至山脚", ("机械;电子", "医药")[number % 2]),
        *("否", "区县台账", ""),
    ]


def _set_up() -> None:
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    logging.disable(logging.WARNING)


def _step(name: str, folder: Path) -> None:
    """Do one step; print its seconds and the peak of this process."""
    if name in {"csv", "openpyxl"}:
        do = {"csv": _csv, "openpyxl": _openpyxl}[name]
    else:
        _set_up()
        do = {"check": _check, "commit": _commit, "check again": _check_again}[name]
    started = time.perf_counter()
    do(folder)
    seconds = time.perf_counter() - started
    sys.stdout.write(f"\n{seconds:.3f} {_peak() // 1024}\n")


def _peak() -> int:
    """Return the most memory that this process has held, in KiB."""
    # What ``getrusage`` tells begins with the process that started this one.
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _csv(folder: Path) -> None:
    with (
        (folder / "rows.csv").open(encoding="utf-8", newline="") as source,
        (folder / "copy.csv").open("w", encoding="utf-8", newline="") as target,
    ):
        csv.writer(target).writerows(csv.reader(source))


def _openpyxl(folder: Path) -> None:
    import openpyxl  # noqa: PLC0415 - measured with its import

    book = openpyxl.load_workbook(folder / "rows.xlsx", read_only=True)
    for _row in book.active.iter_rows(values_only=True):  # type: ignore[union-attr]
        pass


def _check(folder: Path) -> None:
    from django.core.files import File  # noqa: PLC0415 - needs the set-up

    from consolidation.models import Programme  # noqa: PLC0415
    from exchange.matching import Match  # noqa: PLC0415
    from exchange.services.importing import confirm, receive  # noqa: PLC0415

    with (folder / "rows.xlsx").open("rb") as stream:
        run = receive(
            programme=Programme.objects.get(code=CODE),
            division=None,
            template="ledger",
            upload=File(stream, name="rows.xlsx"),
            user=None,
            direct=True,
            at_once=True,
        )
    matches = [Match.from_json(data) for data in run.matches]
    run = confirm(run=run, matches=matches, user=None, at_once=True)
    if run.state != "checked" or run.errors:
        problem = run.problems.first()
        raise SystemExit(f"{run.state} {run.refusal} {problem}")


def _commit(folder: Path) -> None:
    from exchange.models import ImportRun  # noqa: PLC0415 - needs the set-up
    from exchange.services.importing import commit  # noqa: PLC0415

    del folder
    run = ImportRun.objects.latest("pk")
    run = commit(run=run, digest=run.data_digest, reason="", user=None, at_once=True)
    if run.state != "committed":
        raise SystemExit(f"{run.state} {run.refusal}")


def _check_again(folder: Path) -> None:
    from exchange.models import ImportRun  # noqa: PLC0415 - needs the set-up

    _check(folder)
    if ImportRun.objects.latest("pk").to_write:
        raise SystemExit("The same file twice must change nothing.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        _step(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)

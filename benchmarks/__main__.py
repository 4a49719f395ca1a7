"""Load made-up cities of growing size and judge them: seconds, queries, and ratios to one scan.

``python -m benchmarks [PLATFORMS …]`` measures on the database that ``DATABASE_URL`` names, which
must be empty and is filled. Without it a throwaway SQLite file is used.
"""

from __future__ import annotations

import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from consolidation.models import Programme

SIZES = (142, 1_420, 14_200, 142_000)
SOLVED_UP_TO = 1_420
"""The largest city that the solver is measured on: it is to answer for one in under a minute."""

RUNS = 3
PAGES = {
    "overview": "",
    "R14": "rules/R14/",
    "city view": "city/",
    "what changed": "changes/",
    "follow-up": "follow-up/",
    "figures to verify": "signals/",
    "platforms": "platforms/",
    "platforms, searched": "platforms/?q=9",
    "platforms, CSV": "platforms/?export=csv",
    "platforms, XLSX": "platforms/?export=xlsx",
    "people": "people/",
}


def main(sizes: list[int]) -> None:
    """Print a line per size, state and page."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'bench.sqlite3'}")
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platforms_portal.settings")
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    logging.disable(logging.INFO)
    try:
        _measure(folder, sizes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(folder: Path, sizes: list[int]) -> None:
    from django.core.management import call_command  # noqa: PLC0415 - needs the set-up above
    from django.db import connection  # noqa: PLC0415

    from benchmarks.exports import measure_exports  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    _say(f"{connection.vendor}; median of {RUNS} runs; a scan reads every platform's name once")
    _say("platforms  what                  seconds  scans  queries")
    for size in sizes:
        _measure_size(folder / str(size), size)
    measure_exports()


def _measure_size(folder: Path, size: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from benchmarks.generate import write_programme  # noqa: PLC0415
    from benchmarks.reports import measure_reports  # noqa: PLC0415
    from consolidation.checks.run import run_checks  # noqa: PLC0415
    from consolidation.models import Programme  # noqa: PLC0415
    from consolidation.selectors.state import State, state_view  # noqa: PLC0415
    from zones.models import Platform  # noqa: PLC0415

    code = f"bench-{size}"
    write_programme(folder, size, code)
    started = time.perf_counter()
    with Path(os.devnull).open("w") as nowhere:
        call_command("load_programme", str(folder), stdout=nowhere)
    loading = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    programme = Programme.objects.get(code=code)

    def scan() -> None:
        list(Platform.objects.filter(ledger=programme.ledger_id).values_list("pk", "name"))

    one_scan = _median(scan)
    _line(size, "load", loading, one_scan, None)
    for state in State.values:
        view = state_view(programme, state)
        seconds = _median(lambda view=view: run_checks(view))  # type: ignore[misc]
        _line(size, state, seconds, one_scan, _queries(lambda view=view: run_checks(view)))  # type: ignore[misc]
    _measure_pages(size, code, one_scan)
    measure_reports(code, _say)
    if size <= SOLVED_UP_TO:
        _measure_solver(size, programme, one_scan)


def _measure_solver(size: int, programme: Programme, one_scan: float) -> None:
    """Time the solver on the city as it is, and on one with tight quotas and decisions missing."""
    from benchmarks.tight import tight  # noqa: PLC0415
    from solver.engine.search import Search  # noqa: PLC0415
    from solver.selectors.reading import Asked, read_situation  # noqa: PLC0415

    read = read_situation(Asked(programme, programme.opens_as_of))
    for name, case in (("solver", read.situation), ("solver, tight", tight(read.situation))):
        started = time.perf_counter()
        answer = Search(case, seconds=60).run()
        _line(size, name, time.perf_counter() - started, one_scan, None)
        _say(f"    {answer.status}: {answer.reached}; proven: {answer.proven}")


def _measure_pages(size: int, code: str, one_scan: float) -> None:
    """Time the pages that look at everything, as a reviewer opens them and with nothing kept."""
    from django.conf import settings  # noqa: PLC0415
    from django.core.cache import cache  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from platforms_portal.access import Role  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["testserver"]
    reviewer, _ = User.objects.get_or_create(username="bench", role=Role.COMMISSION_REVIEWER)
    client = Client(raise_request_exception=True)
    client.force_login(reviewer)
    for name, path in PAGES.items():

        def open_page(path: str = path) -> None:
            cache.clear()
            response = client.get(f"/programmes/{code}/{path}")
            # A download is a stream: its time is that of its last line.
            body = b"".join(response) if response.streaming else response.content
            if response.status_code != HTTPStatus.OK or not body:
                raise RuntimeError(f"{path} answered {response.status_code}")

        _line(size, name, _median(open_page), one_scan, _queries(open_page))


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _queries(work: Callable[[], object]) -> int:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        work()
    if os.environ.get("BENCH_SLOWEST"):
        slowest = sorted(captured.captured_queries, key=lambda q: -float(q["time"]))[:3]
        for query in slowest:
            _say(f"    {query['time']}s {query['sql'][: int(os.environ['BENCH_SLOWEST'])]}")
    return len(captured)


def _line(size: int, what: str, seconds: float, one_scan: float, queries: int | None) -> None:
    ratio = seconds / one_scan if one_scan else 0
    _say(f"{size:>9,}  {what:<20} {seconds:>9.3f} {ratio:>6.1f}  {queries or '':>7}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or list(SIZES))

"""What a list costs as a file: time and memory, as ratios to a plain CSV dump of the same rows.

``python -m benchmarks.exports [ROWS]``. Each way runs in a process of its own, so that its peak of
memory is its own too.
"""

from __future__ import annotations

import csv
import datetime
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from platforms_portal.listings import Listing

ROWS = 100_000
COLUMNS = 20
_CHUNK = 2000


def rows(number: int) -> Iterator[list[Any]]:
    """Yield rows as a ledger has them: codes, names in Chinese, numbers, areas, days, gaps."""
    day = datetime.date(2018, 12, 31)
    for n in range(number):
        yield [
            f"P{n:06}",
            f"示例经济开发区第{n}分区",
            "萧山区",
            "省级",
            "经济开发区",
            f"91330{n:013}",
            n % 97,
            n % 13 or None,
            Decimal(n % 5000) / 100,
            Decimal(n % 700) / 10,
            day,
            day if n % 3 else None,
            "整合优化",
            f"萧山经开区{n % 17}",
            "规划",
            n,
            n % 7,
            "是" if n % 2 else "否",
            "",
            f"东至{n}路，南至河，西至山，北至镇界",
        ]


def listing(number: int) -> Listing:
    """Return the rows as a list on its way into a file."""
    from platforms_portal.listings import Listing  # noqa: PLC0415 - needs the set-up below

    return Listing("bench", "bench", "bench", [["bench"]], list(range(COLUMNS)), _chunks(number))


def _chunks(number: int) -> Iterator[list[list[Any]]]:
    coming = rows(number)
    while chunk := list(islice(coming, _CHUNK)):
        yield chunk


def plain(number: int) -> None:
    """Dump the rows with the standard library's writer."""
    with tempfile.TemporaryFile("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows(number))


def our_csv(number: int) -> None:
    """Send the rows as the portal sends a CSV file."""
    from platforms_portal.csv_files import csv_file  # noqa: PLC0415

    _drain(csv_file(listing(number)))


def our_xlsx(number: int) -> None:
    """Send the rows as the portal sends a workbook."""
    from platforms_portal.xlsx_files import xlsx_file  # noqa: PLC0415

    _drain(xlsx_file(listing(number)))


def _drain(answer: Any) -> None:
    for _part in answer.streaming_content:
        pass
    answer.close()


def openpyxl_write_only(number: int) -> None:
    """Write the rows with openpyxl's writer that keeps no row."""
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows(number):
        sheet.append(row)
    with tempfile.TemporaryFile() as file:
        book.save(file)


WAYS: dict[str, Callable[[int], None]] = {
    "plain csv": plain,
    "list as csv": our_csv,
    "list as xlsx": our_xlsx,
    "openpyxl, write-only": openpyxl_write_only,
}


def measure_exports(number: int = ROWS) -> None:
    """Print a line a way: seconds, ratio to the plain dump, peak of memory and what it adds."""
    sys.stdout.write(f"{number:,} rows × {COLUMNS}   seconds  ratio     MiB  over 1,000 rows\n")
    plain_seconds = 0.0
    for name in WAYS:
        seconds, peak = _alone(name, number)
        _short, little = _alone(name, 1_000)
        plain_seconds = plain_seconds or seconds
        ratio = seconds / plain_seconds
        sys.stdout.write(
            f"{name:<22} {seconds:>8.2f} {ratio:>6.1f} {peak:>7.0f} {peak - little:>+7.0f}\n"
        )


def _alone(name: str, number: int) -> tuple[float, float]:
    """Return seconds and MiB of one way, measured in a process of its own."""
    done = subprocess.run(  # noqa: S603 - this very module
        [sys.executable, "-m", "benchmarks.exports", "--one", name, str(number)],
        check=True,
        capture_output=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "platforms_portal.settings", "DEBUG": "1"},
    )
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def _one(name: str, number: int) -> None:
    import django  # noqa: PLC0415 - every way bears the same load

    django.setup()
    started = time.process_time()
    WAYS[name](number)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps([seconds, peak]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], int(sys.argv[3]))
    else:
        measure_exports(int(sys.argv[1]) if sys.argv[1:] else ROWS)

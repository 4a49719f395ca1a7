"""What reading a workbook of 100,000 rows and 20 columns costs, beside the plainest ways of reading one.

``python -m benchmarks.workbooks [ROWS]`` prints a line a way: seconds, the ratio to reading the
same rows as plain CSV and to openpyxl's own reader, and the most memory that the process took.
Each way runs in a process of its own.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROWS, COLUMNS = 100_000, 20
HEADINGS = (
    *("编号", "平台名称", "英文名称", "所属区县", "现属区县", "级别", "类型", "国标代码"),
    *("来源类型", "设立日期", "撤销日期", "批准文号", "批准日期", "批准面积(公顷)", "管理面积"),
    *("建成区面积", "北至", "东至", "主导产业", "占位"),
)
_KIB = 1024


class Cost(NamedTuple):
    """What one way of reading took."""

    seconds: float
    mebibytes: int


def row(at: int) -> tuple[str | int | float, ...]:
    """Return one made-up row of an office's ledger."""
    return (
        *(f"P330102-{at:06d}", f"第{at}产业园", "", "上城区", "", "省级", "产业园", "33-101-004"),
        *("台账", "2010年5月3日", "", f"浙政发〔2010〕{at}号", "2010-05-03", at, at / 4),
        *(at / 5 if at % 5 == 0 else 3, "运河", "之江路", "电子信息;生物医药", "否"),
    )


def write_files(folder: Path, rows: int) -> None:
    """Write the same rows as a workbook and as CSV."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this process needs it

    with Workbook(str(folder / "a.xlsx"), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("平台")
        sheet.write_row(0, 0, HEADINGS)
        for at in range(1, rows + 1):
            sheet.write_row(at, 0, row(at))
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(row(at) for at in range(1, rows + 1))


def _plain_csv(folder: Path) -> int:
    with (folder / "a.csv").open(encoding="utf-8", newline="") as file:
        return sum(len(cells) for cells in csv.reader(file))


def _openpyxl(folder: Path) -> int:
    from openpyxl import load_workbook  # noqa: PLC0415 - each process pays for its own library

    sheet = load_workbook(folder / "a.xlsx", read_only=True)["平台"]
    return sum(len(cells) for cells in sheet.iter_rows(values_only=True))


def _calamine(folder: Path) -> int:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    sheet = CalamineWorkbook.from_path(folder / "a.xlsx").get_sheet_by_name("平台")
    return sum(len(cells) for cells in sheet.iter_rows())


def _read(folder: Path, name: str) -> int:
    from exchange.reading import open_book  # noqa: PLC0415

    book = open_book(folder / name, name)
    return sum(len(cells) for _number, cells in book.rows(book.sheets[0].name))


def _lines(folder: Path, name: str) -> int:
    from exchange.matching import lines, match_book  # noqa: PLC0415
    from exchange.reading import open_book  # noqa: PLC0415
    from exchange.subjects import TEMPLATES, subject_with  # noqa: PLC0415

    book = open_book(folder / name, name)
    (match,) = match_book(book, TEMPLATES["ledger"], {})
    return sum(len(line.cells) for line in lines(book, match, subject_with(match.subject)))


WAYS: dict[str, Callable[[Path], int]] = {
    "plain CSV, csv.reader": _plain_csv,
    "openpyxl, read only": _openpyxl,
    "calamine alone": _calamine,
    "workbook, safely read": lambda folder: _read(folder, "a.xlsx"),
    "CSV, safely read": lambda folder: _read(folder, "a.csv"),
    "workbook, read and understood": lambda folder: _lines(folder, "a.xlsx"),
    "CSV, read and understood": lambda folder: _lines(folder, "a.csv"),
}


def measure_reading(rows: int = ROWS, say: Callable[[str], None] = print) -> dict[str, Cost]:
    """Measure every way and say a line about each; return what it cost."""
    costs: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        write_files(Path(name), rows)
        say(f"reading {rows:,} rows of {COLUMNS} columns")
        say("way                              seconds  of CSV  of openpyxl      MiB")
        for way in WAYS:
            costs[way] = _in_own_process(way, Path(name))
        for way, cost in costs.items():
            of_csv = cost.seconds / costs["plain CSV, csv.reader"].seconds
            of_openpyxl = cost.seconds / costs["openpyxl, read only"].seconds
            say(
                f"{way:<32} {cost.seconds:7.2f} {of_csv:7.1f} {of_openpyxl:12.2f}"
                f" {cost.mebibytes:8d}"
            )
    return costs


def _in_own_process(way: str, folder: Path) -> Cost:
    process = subprocess.Popen(  # noqa: S603 - this very module
        [sys.executable, "-m", "benchmarks.workbooks", way, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    told = process.stdout.read() if process.stdout else ""
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{way}: exit status {process.returncode}")
    return Cost(float(told), usage.ru_maxrss // _KIB)


def _one(way: str, folder: Path) -> None:
    """Read once in this process and print the seconds; importing Django is not counted."""
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platforms_portal.settings")
    if "safely" in way or "understood" in way:
        import django  # noqa: PLC0415 - the environment comes first

        django.setup()
    start = time.perf_counter()
    WAYS[way](folder)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    if len(sys.argv) > 2:  # noqa: PLR2004 - a way and its folder
        _one(sys.argv[1], Path(sys.argv[2]))
    else:
        measure_reading(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)

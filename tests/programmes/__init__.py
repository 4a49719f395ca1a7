"""Small programmes that must load, or must be refused, and a way to change them for a test."""

from __future__ import annotations

import csv
import datetime
import re
import shutil
from pathlib import Path

from openpyxl import Workbook

HERE = Path(__file__).parent
SAMPLE = HERE / "should_pass" / "sample_city"


class Edited:
    """A copy of the sample programme in which a test changes cells."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "edited"
        shutil.copytree(SAMPLE, self.path)

    def _rows(self, sheet: str) -> list[list[str]]:
        with (self.path / f"{sheet}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def _save(self, sheet: str, rows: list[list[str]]) -> None:
        with (self.path / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    def write(self, sheet: str, text: str) -> None:
        """Replace a whole file."""
        (self.path / f"{sheet}.csv").write_text(text, encoding="utf-8")

    def remove(self, sheet: str) -> None:
        """Remove a file."""
        (self.path / f"{sheet}.csv").unlink()

    def set(self, sheet: str, row: int, heading: str, value: str) -> None:
        """Change one cell, named as a spreadsheet numbers it; a new heading adds a column."""
        rows = self._rows(sheet)
        if heading not in rows[0]:
            for line in rows:
                line.append("")
            rows[0][-1] = heading
        rows[row - 1][rows[0].index(heading)] = value
        self._save(sheet, rows)

    def append(self, sheet: str, cells: dict[str, str]) -> int:
        """Add a row and return its number."""
        rows = self._rows(sheet)
        rows.append([cells.get(heading, "") for heading in rows[0]])
        self._save(sheet, rows)
        return len(rows)

    def drop_column(self, sheet: str, heading: str) -> None:
        """Remove a column."""
        rows = self._rows(sheet)
        at = rows[0].index(heading)
        self._save(sheet, [line[:at] + line[at + 1 :] for line in rows])


def typed(text: str) -> object:
    """Return a cell as Excel keeps what people type: numbers, dates and percentages."""
    if re.fullmatch(r"\d+(\.\d+)?%", text):
        return float(text[:-1]) / 100
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.datetime.fromisoformat(text)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    return text or None


def as_workbook(folder: Path, path: Path) -> Path:
    """Write the files of ``folder`` as the sheets of a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for file in sorted(folder.glob("*.csv")):
        sheet = book.create_sheet(file.stem)
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                sheet.append([typed(cell) for cell in row])
    book.save(path)
    return path

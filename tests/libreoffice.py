"""What another program makes of a file: LibreOffice opens it, reckons it afresh, saves it anew.

Formulas are written without their values, so a reader that does not reckon shows none. Each call
has a profile of its own: two calls that share one wait for each other, or one fails.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 300
"""How long a conversion may take: some seconds where nothing else runs."""

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""0 is “always”: whatever values the file holds, LibreOffice reckons them itself."""

Cells = dict[str, dict[str, Any]]
"""The values of a workbook: by the sheet's name, then by the cell (“B7”); empty ones are absent."""


class ConversionError(Exception):
    """LibreOffice did not open or save the file, or not in time."""


def convert(path: Path, kind: str, folder: Path, *, seconds: int = SECONDS) -> Path:
    """Return ``path`` as LibreOffice saves it as ``kind`` (pdf, xlsx, docx) in ``folder``.

    ``folder`` is another than that of ``path`` where the kind is the same. Raises
    ``ConversionError`` where LibreOffice refuses the file or is not done in time.
    """
    with tempfile.TemporaryDirectory(prefix="soffice-") as profile:
        user = Path(profile) / "user"
        user.mkdir()
        (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        command = [
            *("soffice", f"-env:UserInstallation={Path(profile).as_uri()}"),
            *("--headless", "--norestore", "--nologo", "--convert-to", kind),
            *("--outdir", str(folder), str(path)),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - arguments written here
                command, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise ConversionError(f"{path.name}: not done in {seconds} s") from late
    target = folder / f"{path.stem}.{kind.partition(':')[0]}"
    if done.returncode or not target.exists():
        raise ConversionError(f"{path.name}: {done.stdout}{done.stderr}")
    return target


def recalculated(path: Path) -> Cells:
    """Return the values of the workbook ``path`` after LibreOffice has reckoned every formula."""
    with tempfile.TemporaryDirectory(prefix="reckoned-") as folder:
        return values_of(convert(path, "xlsx", Path(folder)))


def values_of(path: Path) -> Cells:
    """Return the values that stand in the workbook ``path``, formulas by their kept value."""
    book = load_workbook(path, data_only=True, read_only=True)
    return {
        sheet.title: {
            cell.coordinate: cell.value
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in book.worksheets
    }


def errors_in(cells: Cells) -> Iterator[str]:
    """Yield each cell whose value is an error (#REF!, #NAME?, #DIV/0!, Err:508) with its place."""
    for sheet, values in cells.items():
        for place, value in values.items():
            if isinstance(value, str) and value.startswith(
                ("#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#N/A", "#NUM!", "#NULL!", "Err:")
            ):
                yield f"{sheet}!{place}: {value}"

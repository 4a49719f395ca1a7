"""An Excel workbook: values by calamine, which is quick, and beside them what it does not tell."""

from __future__ import annotations

import datetime
import math
import re
from array import array
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from consolidation.loading.lost_values import is_lost
from exchange.problems import Problem, Severity
from exchange.reading.cells import (
    EMPTY,
    ERROR_SHEETS,
    MARK_SHEET,
    Cell,
    CellState,
    SheetInfo,
    TemplateMark,
)
from exchange.reading.limits import limits
from exchange.reading.merged import MergedCells
from exchange.reading.package import Package, SheetPart
from exchange.reading.refusals import refused
from exchange.reading.scan import Scan, Scanner, lengths_of
from exchange.reading.styles import percent_styles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django_stubs_ext import StrOrPromise
    from python_calamine import CalamineSheet

_TEXT_BYTES_MAX = 256 * 1024 * 1024
"""Bytes of all texts of a sheet, each counted as often as it stands there."""

_SHEETS_LISTED_MAX = 1000
_TEXTS = "xl/sharedstrings.xml"
_STYLES = "xl/styles.xml"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SUSPECT = frozenset("=#")
_DIGITS = 15
"""Excel computes with binary numbers and shows fifteen digits of them: the rest is noise."""

FILE_WARNINGS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "hidden_sheet": (
        _("The sheet “%(sheet)s” is hidden and is not read."),
        _("Unhide it if its rows are to be loaded."),
    ),
    "external_links": (
        _("The workbook has links to other files. They are not followed."),
        _("Where a cell takes its value from another file, paste the value instead."),
    ),
}
"""What is told of a workbook as a whole."""


class XlsxBook:
    """A workbook that was found safe; see ``Book``. Only one sheet at a time is held in memory."""

    kind: Final = "xlsx"

    def __init__(self, path: Path, name: str) -> None:
        """Unpack everything under watch, then load each sheet once; raises ``RefusedError``."""
        self.path = path
        self.name = name
        self.warnings: list[Problem] = []
        self.sheets: list[SheetInfo] = []
        self.mark: TemplateMark | None = None
        self._scans: dict[str, Scan] = {}
        self._loaded: tuple[str, CalamineSheet] | None = None
        package = Package(path)
        package.read_list()
        self.dates_from_1904 = package.dates_from_1904
        if len(package.sheets) > min(limits().sheets + len(ERROR_SHEETS) + 1, _SHEETS_LISTED_MAX):
            raise refused("sheets", found=len(package.sheets), limit=limits().sheets)
        self._scan(package)
        self._open(package)

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:
        """Yield each row that holds anything with its number, as a spreadsheet counts them."""
        loaded, scan = self._sheet(sheet), self._scans[sheet]
        merged = MergedCells(loaded.merged_cell_ranges or [], scan.columns)
        # Rows above the first cell are given, columns left of it are not.
        left = [EMPTY] * (loaded.start[1] if loaded.start else 0)
        for index, values in enumerate(loaded.iter_rows()):
            cells = left + [_cell(value) for value in values]
            if index in scan.formulas or index in scan.percent or scan.lost:
                _annotate(cells, index, scan)
            # What is merged from above is no content of the row itself.
            has_content = any(cell.text and not cell.text.isspace() for cell in cells)
            merged.fill(index, cells)
            if has_content:
                yield index + 1, cells

    # --- Opening --------------------------------------------------------------------------------

    def _scan(self, package: Package) -> None:
        lengths: array[int] = array("I")
        percents: frozenset[bytes] = frozenset()
        listed = {sheet.part for sheet in package.sheets}
        unlisted = []
        for name in package.entries:
            if name.lower() == _TEXTS:
                lengths = lengths_of(package.pieces(name))
            elif name.lower() == _STYLES:
                percents = percent_styles(package.pieces(name))
            elif name not in listed and package.verify(name):
                unlisted.append(SheetPart("", name, hidden=True))
        if sum(lengths) > _TEXT_BYTES_MAX:
            raise refused("bomb")
        # One that the list does not name is measured as well: readers may follow it otherwise.
        for sheet in (*package.sheets, *unlisted):
            self._scans[sheet.name] = _scanned(package, sheet, percents, lengths)

    def _open(self, package: Package) -> None:
        try:
            self._book = self._by_content()
            kinds = {sheet.name: sheet.typ for sheet in self._book.sheets_metadata}
        except BaseException as error:
            raise _broken(error) from error
        for part in package.sheets:
            if kinds.get(part.name) == SheetTypeEnum.WorkSheet:
                self._take(part)
        if len(self.sheets) > limits().sheets:
            raise refused("sheets", found=len(self.sheets), limit=limits().sheets)
        if not any(sheet.rows for sheet in self.sheets):
            raise refused("no_sheets")
        self._warn(package)

    def _by_content(self) -> CalamineWorkbook:
        """Open the workbook; by its path, it would be taken for what its name says."""
        if self.path.suffix == ".xlsx":
            return CalamineWorkbook.from_path(self.path)
        with self.path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)

    def _take(self, part: SheetPart) -> None:
        scan = self._scans[part.name]
        if part.name == MARK_SHEET and part.hidden:
            self._sheet(part.name)
            self.mark = _mark(row for _number, row in self.rows(part.name))
        elif part.name not in ERROR_SHEETS:
            self._sheet(part.name)
            self.sheets.append(SheetInfo(part.name, scan.rows, scan.columns, part.hidden))

    def _sheet(self, name: str) -> CalamineSheet:
        if self._loaded is None or self._loaded[0] != name:
            self._loaded = None
            try:
                self._loaded = name, self._book.get_sheet_by_name(name)
            except BaseException as error:
                raise _broken(error) from error
        return self._loaded[1]

    def _warn(self, package: Package) -> None:
        if self.mark is None:
            for sheet in self.sheets:
                if sheet.hidden and sheet.rows:
                    self._say(sheet.name, "hidden_sheet")
        if package.links:
            self._say("", "external_links")

    def _say(self, sheet: str, code: str) -> None:
        message, remedy = FILE_WARNINGS[code]
        words = str(message) % {"sheet": sheet}
        self.warnings.append(
            Problem(Severity.WARNING, sheet, None, None, "", "", "", words, str(remedy), code)
        )


def _scanned(
    package: Package, sheet: SheetPart, percents: frozenset[bytes], lengths: array[int]
) -> Scan:
    scan = Scanner(percents, lengths).scan(package.pieces(sheet.part))
    if _excess(sheet.name, scan, max(lengths, default=0)):
        closely = Scanner(percents, lengths, closely=True)
        scan = closely.scan(package.pieces(sheet.part))
        if refusal := _excess(sheet.name, scan, None):
            raise refusal
    return scan


def _excess(sheet: str, scan: Scan, longest: int | None) -> Exception | None:
    """Return the refusal of a sheet that is too large; ``longest`` stands for texts not weighed."""
    most = limits()
    weight = scan.text_bytes if longest is None else scan.texts * longest
    words: dict[str, object] = {"sheet": sheet}
    if scan.rows > most.rows:
        return refused("rows", found=scan.rows, limit=most.rows, **words)
    if scan.columns > most.columns:
        return refused("columns", found=scan.columns, limit=most.columns, **words)
    if scan.rows * scan.columns > most.cells:
        return refused("cells", found=scan.rows * scan.columns, limit=most.cells, **words)
    return refused("text_length", **words) if weight > _TEXT_BYTES_MAX else None


def _broken(error: BaseException) -> BaseException:
    """Return the refusal of a file that calamine failed over; what it raises has many names.

    A panic of its own is no ``Exception``.
    """
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        locked = isinstance(error, CalamineError) and "password" in str(error).lower()
        return refused("password" if locked else "damaged")
    return error


# --- Cells ------------------------------------------------------------------------------------------


def _cell(value: Any) -> Cell:
    # A sheet has millions of these: the kinds that are most frequent come first.
    kind = type(value)
    if kind is str:
        return _text(value) if value else EMPTY
    if kind is float:
        return number_cell(value)
    if kind is bool:
        return Cell(value, "TRUE" if value else "FALSE")
    if kind is datetime.datetime:
        day = value.date()
        return Cell(day, day.isoformat() if value.time() == datetime.time.min else str(value))
    if kind is datetime.date:
        return Cell(value, value.isoformat())
    return Cell(str(value), str(value))


def _text(value: str) -> Cell:
    if "_x" in value:
        value = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    if value[:1] in _SUSPECT and is_lost(value):
        # A formula or an error's word that was pasted as text holds no value either.
        return Cell(None, value, CellState.LOST)
    return Cell(value, value)


def number_cell(value: float) -> Cell:
    """Return the cell of a number: whole where it is, else exact in the digits that Excel shows."""
    if value.is_integer():
        whole = int(value)
        return Cell(whole, str(whole))
    if not math.isfinite(value):
        return Cell(None, "#NUM!", CellState.LOST)
    exact = Decimal(format(value, f".{_DIGITS}g"))
    if exact == exact.to_integral_value():
        return Cell(int(exact), str(int(exact)))
    return Cell(exact, format(exact, "f"))


def _annotate(cells: list[Cell], row: int, scan: Scan) -> None:
    formulas, outside = scan.formulas.get(row, 0), scan.outside.get(row, 0)
    percent = scan.percent.get(row, 0)
    for place, cell in enumerate(cells):
        bit = 1 << place
        if (row, place) in scan.lost:
            cells[place] = Cell(None, scan.lost[row, place], CellState.LOST)
            continue
        if percent & bit and type(cell.value) in {int, Decimal}:
            cell = cell._replace(text=f"{(Decimal(cell.text) * 100).normalize():f}%")  # noqa: PLW2901
        if formulas & bit and cell.value is not None:
            state = CellState.EXTERNAL if outside & bit else CellState.FORMULA
            cell = cell._replace(state=state)  # noqa: PLW2901
        cells[place] = cell


def _mark(rows: Iterator[list[Cell]]) -> TemplateMark | None:
    """Return what our template says of itself; ``None`` if it is not said in our way."""
    told = {cells[0].text.strip(): cells[1].text.strip() for cells in rows if len(cells) > 1}
    version = told.get("version", "")
    if not told.get("template") or not version.isdigit():
        return None
    return TemplateMark(
        template=told["template"],
        version=int(version[:9]),
        programme=told.get("programme", ""),
        division=told.get("division", ""),
        as_of=told.get("as_of", ""),
        language=told.get("language", ""),
    )

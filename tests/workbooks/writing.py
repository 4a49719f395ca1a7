"""How the sample workbooks are written: ordinary ones by XlsxWriter, hostile ones part by part."""

from __future__ import annotations

import datetime
import io
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter import Workbook

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_CREATED = datetime.datetime(2021, 1, 4, 9, 0, 0)  # noqa: DTZ001 - a spreadsheet knows no zones


@dataclass(frozen=True)
class Formula:
    """A formula and the value that the spreadsheet stored for it; ``None``: never computed."""

    text: str
    value: Any = None


@dataclass(frozen=True)
class Shown:
    """A value with a number format: a date, a percentage."""

    value: Any
    form: str


@dataclass(frozen=True)
class Sheet:
    """A sheet. ``merges`` are ranges such as ``A1:F1``; ``blank_rows`` are formatted and empty."""

    name: str
    rows: list[list[Any]]
    merges: tuple[str, ...] = ()
    hidden: bool = False
    blank_rows: int = 0
    first_row: int = 0


@dataclass(frozen=True)
class Case:
    """A sample file and what is expected of it."""

    name: str
    content: bytes
    expected: dict[str, Any] = field(default_factory=dict)


def workbook(*sheets: Sheet, from_1904: bool = False) -> bytes:
    """Return an ordinary workbook."""
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True, "date_1904": from_1904})
    book.set_properties({"created": _CREATED})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        if sheet.hidden:
            page.hide()
        plain = book.add_format()
        for text in sheet.merges:
            page.merge_range(text, "", plain)
        width = max((len(row) for row in sheet.rows), default=0)
        for at, row in enumerate(sheet.rows, start=sheet.first_row):
            for place, value in enumerate(row):
                _write(book, page, at, place, value)
        shaded = book.add_format({"bg_color": "#EEEEEE", "border": 1})
        for at in range(sheet.blank_rows):
            for place in range(width):
                page.write_blank(sheet.first_row + len(sheet.rows) + at, place, None, shaded)
    book.close()
    return target.getvalue()


def _write(book: Any, page: Any, row: int, place: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Formula):
        page.write_formula(row, place, value.text, None, "" if value.value is None else value.value)
    elif isinstance(value, Shown):
        form = book.add_format({"num_format": value.form})
        page.write_number(row, place, value.value, form)
    elif isinstance(value, datetime.date):
        page.write_datetime(row, place, value, book.add_format({"num_format": "yyyy-mm-dd"}))
    elif isinstance(value, str):
        page.write_string(row, place, value)
    elif isinstance(value, bool):
        page.write_boolean(row, place, value)
    else:
        page.write_number(row, place, value)


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the entries of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes], *more: tuple[str, bytes]) -> bytes:
    """Return a zip of ``parts``, and of ``more``, which may repeat a name."""
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w") as archive:
        warnings.simplefilter("ignore")  # That a name comes twice is meant.
        for name, content in (*parts.items(), *more):
            archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def changed(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook with one part changed."""
    parts = parts_of(content)
    assert old in parts[name], (name, old)
    return zipped({**parts, name: parts[name].replace(old, new)})


def with_sheet(xml: bytes, **more: bytes) -> bytes:
    """Return a small workbook whose one sheet is the XML ``xml``; ``more`` are parts, __ for /."""
    parts = parts_of(workbook(Sheet("平台", [["编号"]])))
    parts["xl/worksheets/sheet1.xml"] = xml
    return zipped(parts | {name.replace("__", "/"): part for name, part in more.items()})


def sheet_xml(rows: str) -> bytes:
    """Return the XML of a sheet with these rows."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{space}">'
    return f"{text}<sheetData>{rows}</sheetData></worksheet>".encode()


def lying(content: bytes, name: str, unpacked: bytes, told: int) -> bytes:
    """Return a workbook whose list says that ``name`` has ``told`` bytes, and the sum of those."""
    parts = zipped({**parts_of(content), name: unpacked})
    crc = zlib.crc32(unpacked[:told])
    data = bytearray(parts)
    at = 0
    key = name.encode()
    while (at := data.find(key, at)) >= 0:
        if data[at - 30 : at - 26] == b"PK\x03\x04":
            struct.pack_into("<I", data, at - 16, crc)
            struct.pack_into("<I", data, at - 8, told)
        elif data[at - 46 : at - 42] == b"PK\x01\x02":
            struct.pack_into("<I", data, at - 30, crc)
            struct.pack_into("<I", data, at - 22, told)
        at += len(key)
    return bytes(data)


def compound(*names: str) -> bytes:
    """Return a compound file (the old Office formats) with empty streams called ``names``."""
    entries = [(5, "Root Entry"), *((2, name) for name in names)]
    directory = b""
    for number, (kind, name) in enumerate(entries):
        child = 1 if kind == 5 and names else 0xFFFFFFFF
        right = number + 1 if kind == 2 and number + 1 < len(entries) else 0xFFFFFFFF
        text = name.encode("utf-16-le")
        entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
        entry += struct.pack("<III", 0xFFFFFFFF, right, child) + b"\0" * 36
        directory += (entry + struct.pack("<IQ", 0xFFFFFFFE, 0)).ljust(128, b"\0")
    sectors = -(-len(directory) // 512)
    fat = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0).ljust(436, b"\xff")
    return head + table + directory.ljust(512 * sectors, b"\0")

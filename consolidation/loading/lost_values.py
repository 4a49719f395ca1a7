"""Cells of a workbook that hold no value though they are not empty: formulas that failed or were never run.

The reader of workbooks gives them as empty, and an empty cell means *not known*: a ``#REF!`` in a
head count would pass for a figure that nobody gave. So they are looked for in the file itself.
"""

from __future__ import annotations

import html
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ERROR_WORDS = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!"}
)
"""What spreadsheets show where a formula failed; a CSV file saved from one holds it as text."""

_PIECE = 1 << 20
_SUSPECT = re.compile(rb't="e"|<(?:\w+:)?f\b')
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</)")
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')

Lost = dict[tuple[int, int], str]
"""By row and column, both from 0: the error's word, or the formula with its ``=``."""


def lost_values(path: Path, sheet: str) -> Lost:
    """Return the cells of ``sheet`` that hold no value; nothing if the file is built otherwise."""
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part not in archive.namelist() or not _is_suspect(archive, part):
            return {}
        return dict(_lost(archive.read(part)))


def is_lost(text: str) -> bool:
    """Whether the text of a cell is an error's word or a formula."""
    return text in ERROR_WORDS or text.startswith("=")


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    names = archive.namelist()
    book, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if book not in names or relations not in names:
        return ""
    targets = {
        found["Id"]: found["Target"]
        for found in _tags(_RELATION, archive.read(relations))
        if {"Id", "Target"} <= found.keys()
    }
    for found in _tags(_SHEET, archive.read(book)):
        if found.get("name") == sheet:
            target = targets.get(found.get("r:id", ""), "")
            return target[1:] if target.startswith("/") else f"xl/{target}"
    return ""


def _tags(pattern: re.Pattern[str], xml: bytes) -> Iterator[dict[str, str]]:
    for tag in pattern.findall(xml.decode("utf-8", "replace")):
        yield {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def _is_suspect(archive: zipfile.ZipFile, part: str) -> bool:
    """Look through a sheet piece by piece: most have neither errors nor formulas."""
    with archive.open(part) as stream:
        before = b""
        while piece := stream.read(_PIECE):
            if _SUSPECT.search(before + piece):
                return True
            before = piece[-16:]
    return False


def _lost(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for cell in _CELL.finditer(xml):
        attributes, content = cell.group(1), cell.group(2) or b""
        place, value = _PLACE.search(attributes), _VALUE.search(content)
        if place is None:
            continue
        formula = _FORMULA.search(content)
        if b't="e"' in attributes:
            shown = value.group(1).decode("utf-8", "replace") if value else "#VALUE!"
        elif formula and b't="str"' not in attributes and not (value and value.group(1)):
            shown = "=" + html.unescape((formula.group(1) or b"").decode("utf-8", "replace"))
        else:
            continue
        yield (int(place.group(2)) - 1, _column(place.group(1))), shown


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1

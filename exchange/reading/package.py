"""A workbook as the zip of XML parts that it is, unpacked once under watch before anything else reads it.

The list of a zip can lie about the size of what it lists; some readers believe it and others do
not. So every entry is unpacked here first, piece by piece, and must be exactly what the list says.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from defusedxml import ElementTree

from exchange.reading.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

_PIECE = 1 << 20
_OVERLAP = 16
_SMALL = 4 * _PIECE
"""The most that is read at once of parts that a workbook has one of: its list of sheets, its relations."""

_LOCAL_HEADER = 30
_XML = (".xml", ".rels", ".vml")
_NOT_UTF8 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_FORBIDDEN = (
    ("xl/vbaproject", "macros"),
    ("xl/macrosheets/", "macros"),
    ("xl/dialogsheets/", "macros"),
    ("xl/embeddings/", "embedded"),
    ("xl/activex/", "embedded"),
    ("xl/webextensions/", "embedded"),
    ("xl/connections.xml", "connections"),
    ("xl/querytables/", "connections"),
    ("xl/model/", "connections"),
)
_LINKS = "xl/externallinks/"
_STARTS_PROGRAMS = (b"ddeLink", b"oleLink")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the workbook lists it, and the entry of the zip that holds it."""

    name: str
    part: str
    hidden: bool


class Package:
    """The parts of a workbook that was found safe to unpack.

    ``links`` tells whether it has links to other files, which are never followed.
    """

    def __init__(self, path: Path) -> None:
        """Open the zip and look at what it lists; raises ``RefusedError``."""
        self.path = path
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
        self.entries = {entry.filename: entry for entry in entries}
        if len({name.lower() for name in self.entries}) != len(entries):
            # Which of two entries of one name counts, each reader decides for itself.
            raise refused("damaged")
        for name in self.entries:
            for start, code in _FORBIDDEN:
                if name.lower().startswith(start):
                    raise refused(code, part=posixpath.basename(name))
        self.links = any(name.lower().startswith(_LINKS) for name in self.entries)
        self.sheets: list[SheetPart] = []
        self.dates_from_1904 = False

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the entry ``name`` unpacked, in pieces of at most a mebibyte.

        Raises ``RefusedError`` where it is more, less or other than the list says, or where XML
        declares entities or is in no encoding that every reader knows.
        """
        is_xml = name.lower().endswith(_XML)
        with self.path.open("rb") as file:
            before = b""
            for piece in _unpacked(file, self.entries[name]):
                if is_xml:
                    _verify_xml(before, piece)
                    before = piece[-_OVERLAP:]
                yield piece

    def verify(self, name: str) -> bool:
        """Unpack an entry to see that it can be; raises ``RefusedError``.

        Return whether it looks like a sheet, though the list of sheets may not name it.
        """
        is_link = name.lower().startswith(_LINKS)
        is_sheet, before = False, b""
        for piece in self.pieces(name):
            joined = before + piece
            if is_link and any(word in joined for word in _STARTS_PROGRAMS):
                raise refused("dde", part=posixpath.basename(name))
            is_sheet = is_sheet or b"sheetData" in joined
            before = piece[-_OVERLAP:]
        return is_sheet

    def small(self, name: str) -> bytes:
        """Return a part that is small in every honest workbook; empty if there is none."""
        if name not in self.entries:
            return b""
        if self.entries[name].file_size > _SMALL:
            raise refused("bomb")
        return b"".join(self.pieces(name))

    def read_list(self) -> None:
        """Read which sheets there are, and from which year days are counted."""
        book = _parsed(self.small("xl/workbook.xml"))
        relations = list(_parsed(self.small("xl/_rels/workbook.xml.rels")))
        targets = {
            relation.get("Id", ""): relation.get("Target", "")
            for relation in relations
            if relation.get("TargetMode") != "External"
        }
        for element in book.iter():
            tag = element.tag.rpartition("}")[2]
            if tag == "workbookPr":
                self.dates_from_1904 = element.get("date1904") in {"1", "true", "on"}
            elif tag == "sheet":
                self.sheets.append(self._sheet(element, targets))

    def _sheet(self, element: Element, targets: dict[str, str]) -> SheetPart:
        link = next(
            (value for key, value in element.items() if key.endswith("}id")), element.get("id", "")
        )
        target = targets.get(link, "")
        part = target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if part not in self.entries:
            raise refused("damaged")
        hidden = element.get("state", "visible") != "visible"
        return SheetPart(element.get("name", ""), part, hidden)


def _parsed(xml: bytes) -> Element:
    try:
        root: Element = ElementTree.fromstring(xml, forbid_dtd=True)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise refused("damaged") from error
    return root


def _verify_xml(before: bytes, piece: bytes) -> None:
    if not before and piece.startswith(_NOT_UTF8):
        raise refused("damaged")
    if b"<!" in piece or before.endswith((b"<", b"<!")):
        joined = before + piece
        if b"<!DOCTYPE" in joined or b"<!ENTITY" in joined:
            raise refused("entities")


def _unpacked(file: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise refused("damaged")
    names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    file.seek(names, 1)
    total, crc = 0, 0
    for piece in _inflated(file, entry):
        total += len(piece)
        crc = zlib.crc32(piece, crc)
        if total > entry.file_size:
            raise refused("bomb")
        yield piece
    if total != entry.file_size or crc != entry.CRC:
        raise refused("damaged")


def _inflated(file: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from _packed(file, entry.compress_size)
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise refused("damaged")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _packed(file, entry.compress_size):
            piece = inflate.decompress(packed, _PIECE)
            while piece:
                yield piece
                piece = inflate.decompress(inflate.unconsumed_tail, _PIECE)
    except zlib.error as error:
        raise refused("damaged") from error
    if not inflate.eof or inflate.unused_data:
        raise refused("damaged")


def _packed(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size:
        packed = file.read(min(size, _PIECE // 8))
        if not packed:
            raise refused("damaged")
        size -= len(packed)
        yield packed

"""What a file really is, judged by its first bytes; its name decides only what text is."""

from __future__ import annotations

import zipfile
from enum import Enum
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

import olefile
from django.core.exceptions import ValidationError

from exchange.reading.refusals import refused
from platforms_portal.file_formats import recognise

if TYPE_CHECKING:
    from pathlib import Path

    from exchange.problems import RefusedError

TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
_WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xls", ".xlsm", ".xlsb", ".et", ".ods"})
_HEAD = 4096
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta", b"mime-version:")
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"MZ")
_TYPES_MAX = 1024 * 1024
_CODES = {"encrypted": "password", "macros": "macros", "bomb": "bomb", "damaged": "damaged"}
"""How the check of attachments names what it refuses, and how it is called here."""


class Content(Enum):
    """What is read."""

    XLSX = "xlsx"
    CSV = "csv"


def content_of(path: Path, name: str) -> Content:
    """Return what the file at ``path`` is; raises ``RefusedError`` if it is no table."""
    suffix = PurePosixPath(name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith(_ZIP):
            _verify_workbook(file)
            return Content.XLSX
        if head.startswith(_OLE):
            raise _of_ole(file)
    if head.startswith(_OTHERS):
        raise refused("not_a_table")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        raise refused("web_page")
    if b"\0" in head and not head.startswith(_UTF16):
        # Text in UTF-16 without its mark cannot be told from anything else.
        raise refused("encoding", row=1) if suffix in TEXT_SUFFIXES else refused("not_a_table")
    if suffix in _WORKBOOK_SUFFIXES:
        raise refused("renamed")
    if suffix not in TEXT_SUFFIXES:
        raise refused("not_a_table")
    return Content.CSV


def _of_ole(file: IO[bytes]) -> RefusedError:
    """Return the refusal of a compound file: an old workbook, or a new one with a password."""
    file.seek(0)
    try:
        with olefile.OleFileIO(file) as document:
            parts = {path[-1].lower() for path in document.listdir()}
    except (OSError, ValueError, IndexError, TypeError, AttributeError):
        return refused("damaged")
    if "encryptedpackage" in parts:
        return refused("password")
    return refused("old_xls") if parts & {"workbook", "book"} else refused("not_a_table")


def _verify_workbook(file: IO[bytes]) -> None:
    try:
        recognise(file, "workbook.xlsx")
    except ValidationError as error:
        if error.code in _CODES:
            raise refused(_CODES[error.code]) from error
        raise refused(_kind_of_zip(file)) from error


def _kind_of_zip(file: IO[bytes]) -> str:
    """Return the code of refusal of a zip whose list was found safe, but that is no .xlsx."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            types = b""
            if "[Content_Types].xml" in names:
                with archive.open("[Content_Types].xml") as part:
                    types = part.read(_TYPES_MAX)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return "damaged"
    if b"macroEnabled" in types:
        return "macros"
    if "xl/workbook.bin" in names:
        return "binary_workbook"
    return "other_spreadsheet" if "content.xml" in names else "not_a_table"

"""What a file that was sent really is: judged by its content, never by what the browser says.

Knows no app. A file is accepted where its content is one of the formats below and its name
agrees with it. Whatever could run (macros), hide (passwords, a second file behind the first) or
burst (zip bombs) is refused.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, NamedTuple

import olefile
import puremagic
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrOrPromise

ZIP_ENTRIES_MAX = 5_000
"""A workbook with a thousand sheets has a few thousand entries."""

ZIP_DIRECTORY_MAX = 1024 * 1024
"""Bytes of the list of entries, which is read as a whole before anything else is known."""

ZIP_BYTES_MAX = 300 * 1024 * 1024
"""Bytes of all entries unpacked."""

ZIP_RATIO_MAX = 200
"""How much smaller than its content a zip may be; sheets of equal cells reach a hundred."""

_HEAD = 4096
_TAIL = 2048
_CONTENT_TYPES_MAX = 1024 * 1024
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_OF_DIRECTORY_SPAN = 22 + 65_535
_FILEPASS = 0x002F
# What the library raises over damaged files is more than its own errors.
_BROKEN_OLE = (OSError, ValueError, IndexError, TypeError, AttributeError)
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
    zlib.error,
)


class Format(NamedTuple):
    """A format that is accepted.

    ``known_as`` are the extensions under which the magic numbers know it; ``verify`` looks
    further, and raises ``ValidationError`` where the content is not what the numbers promise.
    """

    content_type: str
    known_as: frozenset[str]
    verify: Callable[[IO[bytes]], None]


def recognise(file: IO[bytes], name: str) -> Format:
    """Return the format of ``file``, whose extension in ``name`` must agree with its content.

    Raises ``ValidationError`` with a sentence for the one who sent it.
    """
    extension = PurePosixPath(name).suffix.lower()
    accepted = FORMATS.get(extension)
    if accepted is None:
        raise _refusal(
            _("Files of this kind are not accepted. Send one of: %(kinds)s."),
            "kind",
            kinds=", ".join(suffix[1:] for suffix in FORMATS),
        )
    if not accepted.known_as & _known_as(file):
        if ".zip" in accepted.known_as and "encryptedpackage" in _parts_of_ole(file):
            # With a password, Office puts the document into a compound file of the old kind.
            raise _locked()
        raise _refusal(
            _("The content is no %(kind)s, though the name says so."), "content", kind=extension[1:]
        )
    accepted.verify(file)
    if ".zip" not in accepted.known_as and zipfile.is_zipfile(file):
        raise _refusal(_("Another file is hidden behind the content."), "polyglot")
    file.seek(0)
    return accepted


def _locked() -> ValidationError:
    return _refusal(_("The file is protected by a password. Send it without one."), "encrypted")


def _refusal(message: StrOrPromise, code: str, **words: str) -> ValidationError:
    return ValidationError(message, code=code, params=words)


def _known_as(file: IO[bytes]) -> set[str]:
    file.seek(0)
    try:
        return {match.extension for match in puremagic.magic_string(file.read(_HEAD))}
    except (puremagic.PureError, ValueError):
        return set()


def _tail(file: IO[bytes], span: int) -> bytes:
    size = file.seek(0, 2)
    file.seek(max(0, size - span))
    return file.read(span)


# --- One check a format ---------------------------------------------------------------------------


def _verify_pdf(file: IO[bytes]) -> None:
    file.seek(0)
    if not file.read(1024).lstrip().startswith(b"%PDF-") or b"%%EOF" not in _tail(file, _TAIL):
        raise _refusal(_("The PDF is damaged: its beginning or its end is missing."), "damaged")


def _verify_png(file: IO[bytes]) -> None:
    file.seek(0)
    if file.read(16)[12:] != b"IHDR":
        raise _refusal(_("The picture is damaged."), "damaged")


def _verify_jpeg(file: IO[bytes]) -> None:
    file.seek(0)
    if file.read(3) != b"\xff\xd8\xff":
        raise _refusal(_("The picture is damaged."), "damaged")


def _verify_word_zip(file: IO[bytes]) -> None:
    _verify_zip(file, "word/", b"wordprocessingml.document.main+xml")


def _verify_excel_zip(file: IO[bytes]) -> None:
    _verify_zip(file, "xl/", b"spreadsheetml.sheet.main+xml")


def _verify_zip(file: IO[bytes], folder: str, main_type: bytes) -> None:
    _verify_zip_directory(file)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _verify_zip_entries(entries)
            _verify_zip_sizes(entries)
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" in names:
                with archive.open("[Content_Types].xml") as part:
                    types = part.read(_CONTENT_TYPES_MAX)
            else:
                types = b""
    except _BROKEN_ZIP as error:
        raise _refusal(_("The file is damaged and cannot be unpacked."), "damaged") from error
    if main_type not in types or not any(name.startswith(folder) for name in names):
        raise _refusal(_("The file is no Office document of this kind."), "content")


def _verify_zip_directory(file: IO[bytes]) -> None:
    end = _tail(file, _END_OF_DIRECTORY_SPAN)
    at = end.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(end) < at + 22:
        raise _refusal(_("The file is damaged and cannot be unpacked."), "damaged")
    if int.from_bytes(end[at + 12 : at + 16], "little") > ZIP_DIRECTORY_MAX:
        raise _refusal(_("The file unpacks to far more than an Office document holds."), "bomb")


def _verify_zip_entries(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _locked()
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise _refusal(_("The file holds macros. Send it without them."), "macros")


def _verify_zip_sizes(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        len(entries) > ZIP_ENTRIES_MAX
        or unpacked > ZIP_BYTES_MAX
        or unpacked > ZIP_RATIO_MAX * max(packed, 1)
    ):
        raise _refusal(_("The file unpacks to far more than an Office document holds."), "bomb")


def _verify_word_ole(file: IO[bytes]) -> None:
    _verify_ole(file, {"worddocument"})


def _verify_excel_ole(file: IO[bytes]) -> None:
    _verify_ole(file, {"workbook", "book"})


def _parts_of_ole(file: IO[bytes]) -> set[str]:
    """Return the names of what is in a compound file; of any other file, none."""
    file.seek(0)
    try:
        with olefile.OleFileIO(file) as document:
            return {part.lower() for path in document.listdir(storages=True) for part in path}
    except _BROKEN_OLE:
        return set()


def _verify_ole(file: IO[bytes], streams: set[str]) -> None:
    file.seek(0)
    try:
        with olefile.OleFileIO(file) as document:
            parts = {part.lower() for path in document.listdir(storages=True) for part in path}
            heads = [
                document.openstream(name).read(_HEAD)
                for name in sorted(parts & streams)
                if document.exists(name)
            ]
    except _BROKEN_OLE as error:
        raise _refusal(_("The file is damaged and cannot be unpacked."), "damaged") from error
    if "encryptedpackage" in parts or any(is_locked(head) for head in heads):
        raise _locked()
    if parts & {"_vba_project_cur", "_vba_project", "macros", "vba"}:
        raise _refusal(_("The file holds macros. Send it without them."), "macros")
    if not parts & streams:
        raise _refusal(_("The file is no Office document of this kind."), "content")


def is_locked(head: bytes) -> bool:
    """Return whether an old Word or Excel stream that begins with ``head`` needs a password.

    Word: bit 8 of the flags at byte 10 of its first block (MS-DOC 2.5.1). Excel: a record FILEPASS
    among the first ones (MS-XLS 2.4.117).
    """
    if head[:2] == b"\xec\xa5":
        return bool(int.from_bytes(head[10:12], "little") & 0x0100)
    at = 0
    while at + 4 <= len(head):
        kind = int.from_bytes(head[at : at + 2], "little")
        if kind == _FILEPASS:
            return True
        at += 4 + int.from_bytes(head[at + 2 : at + 4], "little")
    return False


_OOXML = "application/vnd.openxmlformats-officedocument"
_JPEG = Format("image/jpeg", frozenset({".jpg", ".jpeg"}), _verify_jpeg)

FORMATS: dict[str, Format] = {
    ".pdf": Format("application/pdf", frozenset({".pdf"}), _verify_pdf),
    ".png": Format("image/png", frozenset({".png"}), _verify_png),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".docx": Format(
        f"{_OOXML}.wordprocessingml.document", frozenset({".docx", ".zip"}), _verify_word_zip
    ),
    ".doc": Format("application/msword", frozenset({".doc"}), _verify_word_ole),
    ".xlsx": Format(
        f"{_OOXML}.spreadsheetml.sheet", frozenset({".xlsx", ".zip"}), _verify_excel_zip
    ),
    # The same magic numbers stand before either of the old Office formats.
    ".xls": Format("application/vnd.ms-excel", frozenset({".xls", ".doc"}), _verify_excel_ole),
}
"""The formats that are accepted, by extension."""

"""A list on its way into a file: what it is called, what is listed, headings and rows.

Both formats are made of the same ``Listing``, so a workbook says what the CSV file says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.utils.http import content_disposition_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    Rows: TypeAlias = Iterable[Iterable[Any]]

NAME_MAX = 120
"""Characters of a file name: with Chinese ones, what every file system still takes in UTF-8 is 85."""

_NAME_BYTES = 240
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+')


@dataclass(frozen=True)
class Listing:
    """What is listed, in the reader's language.

    ``name`` is the file's name without its ending and ``plain_name`` the same in ASCII, for the few
    programs that read no other; ``title`` names the sheet. The lines of ``about`` stand above the
    headings: list, programme, state, day, filters, number. ``chunks`` of rows are made one by one
    while the file is written, so that a list of any length needs the same memory.
    """

    name: str
    plain_name: str
    title: str
    about: Sequence[Sequence[Any]]
    headings: Sequence[Any]
    chunks: Iterable[Rows]


def file_name(*parts: Any) -> str:
    """Return ``parts`` as a file name without ending that Windows, macOS and Linux take.

    Empty parts are left out; what no file name may hold becomes a blank.
    """
    words = [" ".join(_NOT_IN_NAMES.sub(" ", str(part)).split()) for part in parts]
    name = "-".join(word for word in words if word)[:NAME_MAX]
    cut = name.encode("utf-8", "ignore")[:_NAME_BYTES].decode("utf-8", "ignore")
    return cut.strip(" .") or "file"


def as_attachment(name: str, plain_name: str, ending: str) -> str:
    """Return the header that saves an answer as ``name`` with ``ending``, in every browser.

    RFC 6266: ``filename*`` is UTF-8 by RFC 5987, and the plain ``filename`` before it serves
    programs that know no other.
    """
    wanted = f"{name}{ending}"
    if wanted.isascii():
        return str(content_disposition_header(as_attachment=True, filename=wanted))
    plain = plain_name.encode("ascii", "ignore").decode() or "download"
    fallback = content_disposition_header(as_attachment=True, filename=f"{plain}{ending}")
    return f"{fallback}; filename*=UTF-8''{quote(wanted, safe='')}"

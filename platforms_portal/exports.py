"""The formats in which a list is offered: one address parameter, one way to send each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platforms_portal.csv_files import csv_file
from platforms_portal.xlsx_files import xlsx_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from platforms_portal.listings import Listing

FORMATS: Mapping[str, Callable[[Listing], HttpResponseBase]] = {"xlsx": xlsx_file, "csv": csv_file}
"""How each is sent, by the name that addresses use."""


def format_asked(request: HttpRequest, parameter: str = "export") -> str:
    """Return the format that the address asks for; nothing where the page itself is wanted."""
    asked = request.GET.get(parameter, "")
    return asked if asked in FORMATS else ""


def sent(listing: Listing, kind: str) -> HttpResponseBase:
    """Return ``listing`` in the format ``kind``."""
    return FORMATS[kind](listing)

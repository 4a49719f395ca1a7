"""How much a file may hold: settings of the site (docs/settings.md)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file that is read. ``cells`` counts the area that a sheet spans, empty or not."""

    file_megabytes: int
    sheets: int
    rows: int
    columns: int
    cells: int

    @property
    def file_bytes(self) -> int:
        """The size of the file as it is sent."""
        return self.file_megabytes * _MEBIBYTE


def limits() -> Limits:
    """Return the limits that the settings name."""
    return Limits(
        file_megabytes=settings.IMPORT_MEGABYTES_MAX,
        sheets=settings.IMPORT_SHEETS_MAX,
        rows=settings.IMPORT_ROWS_MAX,
        columns=settings.IMPORT_COLUMNS_MAX,
        cells=settings.IMPORT_CELLS_MAX,
    )

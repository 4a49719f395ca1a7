"""The name of a template's file, and how it is sent so that every browser keeps its Chinese name."""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.http import FileResponse

from exchange.templates_out.workbook import place_of, write_template

if TYPE_CHECKING:
    import datetime

    from consolidation.models import Programme
    from exchange.subjects import Template
    from zones.models import Division

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY = 1024 * 1024
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def file_name(
    template: Template, programme: Programme, division: Division | None, day: datetime.date
) -> str:
    """Return the name of the file, such as 余杭区-平台台账-2020-12-31.xlsx."""
    words = (place_of(programme, division), str(template.label), day.isoformat())
    return "-".join(_NOT_IN_NAMES.sub("_", word) for word in words) + ".xlsx"


def attachment(name: str, plain: str) -> str:
    """Return the header that names a file (RFC 6266): ``plain`` for what cannot read ``name``."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", plain)
    return f"attachment; filename=\"{safe}\"; filename*=UTF-8''{quote(name, safe='')}"


def template_file(
    template: Template,
    *,
    programme: Programme,
    division: Division | None,
    day: datetime.date,
) -> FileResponse:
    """Return a filled template to be downloaded; a large one is sent from the disk."""
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the response
    write_template(target, template, programme=programme, division=division, day=day)  # type: ignore[arg-type]  # as good as a file
    target.seek(0)
    response = FileResponse(target, content_type=XLSX)
    owner = division.code if division else programme.division.code
    response["Content-Disposition"] = attachment(
        file_name(template, programme, division, day),
        f"{template.key}-{owner}-{day.isoformat()}.xlsx",
    )
    return response

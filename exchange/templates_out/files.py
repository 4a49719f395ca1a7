"""The name of a template's file, and how it is sent so that every browser keeps its Chinese name."""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING

from django.http import FileResponse

from exchange.templates_out.workbook import place_of, write_template
from platforms_portal.listings import as_attachment
from platforms_portal.xlsx_files import XLSX

if TYPE_CHECKING:
    import datetime

    from consolidation.models import Programme
    from exchange.subjects import Template
    from zones.models import Division

_IN_MEMORY = 1024 * 1024
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def file_name(
    template: Template, programme: Programme, division: Division | None, day: datetime.date
) -> str:
    """Return the name of the file, such as 余杭区-平台台账-2020-12-31."""
    words = (place_of(programme, division), str(template.label), day.isoformat())
    return "-".join(_NOT_IN_NAMES.sub("_", word) for word in words)


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
    response["Content-Disposition"] = as_attachment(
        file_name(template, programme, division, day),
        f"{template.key}-{owner}-{day.isoformat()}",
        ".xlsx",
    )
    return response

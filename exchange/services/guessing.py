"""Which template a file is, where the one who sends it leaves that to the portal."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from exchange.problems import RefusedError
from exchange.services.detecting import templates_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.base import File

    from exchange.subjects import Template


def template_of(upload: File[Any], templates: Sequence[Template]) -> str:
    """Return the key of the one template that ``upload`` is, of those that may be sent.

    Raises ``ValidationError`` where it cannot be read, fits none, or fits several equally well.
    """
    with tempfile.NamedTemporaryFile(suffix=Path(upload.name or "").suffix.lower()) as copy:
        for part in upload.chunks():
            copy.write(part)
        copy.flush()
        upload.seek(0)
        try:
            found = templates_of(Path(copy.name))
        except RefusedError as refused:
            raise ValidationError(f"{refused.message} {refused.remedy}".strip()) from refused
    fitting = [template for template in templates if template.key in found]
    if len(fitting) == 1:
        return fitting[0].key
    if fitting:
        words = "、".join(str(template.label) for template in fitting)
        raise ValidationError(
            _("The file may be one of: %(templates)s. Choose what it holds.") % {"templates": words}
        )
    raise ValidationError(
        _("Nothing in the file is known as what you can upload. Choose what it holds.")
    )

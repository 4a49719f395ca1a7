"""Which template a file is, where the one who sends it leaves that to the portal."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from exchange.matching import How, match_book
from exchange.problems import RefusedError
from exchange.reading import open_book

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.base import File

    from exchange.matching import Match
    from exchange.subjects import Template

_SURE = {How.LABEL, How.ALIAS, How.REMEMBERED}


def template_of(upload: File[Any], templates: Sequence[Template]) -> str:
    """Return the key of the template that ``upload`` is, of those that may be sent.

    Our own template says so itself. Of an office's sheet it is the one of which most columns are
    known by their headings. Raises ``ValidationError`` where nothing fits.
    """
    with tempfile.NamedTemporaryFile(suffix=Path(upload.name or "").suffix) as copy:
        for part in upload.chunks():
            copy.write(part)
        copy.flush()
        upload.seek(0)
        try:
            book = open_book(Path(copy.name), upload.name or "")
            if book.mark is not None:
                return _marked(book.mark.template, templates)
            scores = {t.key: _score(match_book(book, t, {})) for t in templates}
        except RefusedError as refused:
            raise ValidationError(f"{refused.message} {refused.remedy}") from refused
    best = max(scores, key=lambda key: scores[key])
    if scores[best] <= 0:
        raise ValidationError(
            _("No sheet of the file has headings that are known. Choose what it holds.")
        )
    return best


def _marked(key: str, templates: Sequence[Template]) -> str:
    known = {template.key for template in templates}
    if key not in known:
        raise ValidationError(_("This is a template that is not uploaded by you."))
    return key


def _score(matches: Sequence[Match]) -> int:
    """Return how well a template fits: columns known by their headings, less those that lack."""
    known = sum(found.how in _SURE and bool(found.name) for m in matches for found in m.found)
    return 2 * known - sum(len(match.missing) for match in matches)

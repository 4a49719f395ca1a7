"""The signals listed, as rows of a file: one a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.checks.base import Scope
from platforms_portal.words import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signals.selectors.seen import Seen


def headings() -> list[Any]:
    """Return the headings of ``rows``."""
    return [
        _("Signal"),
        _("Division"),
        _("Status"),
        _("Since"),
        _("What was seen"),
        _("Basis"),
        _("Type of record"),
        _("Key"),
        _("Record"),
        _("What was seen of it"),
        _("Records in all"),
        _("Placeholder"),
        _("Explanation"),
    ]


def rows(seen: Iterable[Seen]) -> Iterator[list[Any]]:
    """Yield a row for each record of ``seen``, under its signal."""
    for item in seen:
        about = [
            f"{item.signal.code} {item.title}",
            str(Scope(item.owner).label),
            item.status.label,
            item.signal.since,
            item.sentence,
            item.basis,
        ]
        end = [
            item.signal.total,
            in_words(item.signal.placeholders),
            item.account,
        ]
        for record in item.records:
            yield [*about, record.type, record.id, record.name, record.why, *end]

"""The history of a record as lines of a file: one for each field that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from consolidation.selectors.changes import Change


def change_headings() -> list[Any]:
    """Return the headings of ``change_rows``."""
    return [
        _("When"),
        _("Who"),
        _("Act"),
        _("Record"),
        _("Field"),
        pgettext("change", "Before"),
        pgettext("change", "After"),
        _("Reason"),
        _("Request"),
    ]


def change_rows(changes: Iterable[Change]) -> Iterator[list[Any]]:
    """Yield the changes in the order of the page, those of one act below each other."""
    words = {"+": _("Created"), "-": _("Deleted"), "~": _("Changed")}
    for change in changes:
        act = [change.when, change.actor, words[change.kind], change.subject]
        end = [change.reason, change.request_id]
        for field in change.fields:
            yield [*act, field.label, field.before, field.after, *end]
        if not change.fields:
            yield [*act, None, None, None, *end]

"""Nothing is overwritten unseen: what a form showed is compared with what is stored by then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

MEANWHILE = gettext_lazy("Somebody else changed this meanwhile. Nothing is saved yet.")
"""What every page says first of a conflict; templates say it in the same words."""

SAVE_AGAIN = gettext_lazy("Somebody else saved “%(theirs)s” meanwhile. Save again to replace it.")
"""The same of one text, with what to do."""


class BothValues(NamedTuple):
    """A field of which somebody else saved another value: its name, theirs and mine."""

    name: str
    theirs: str
    mine: str


class ConflictError(Exception):
    """Somebody else changed what is to be saved. Nothing was written; the user chooses.

    ``seen`` is the digest to send again in order to save all the same.
    """

    def __init__(self, fields: list[BothValues], seen: str) -> None:
        """Keep both values of each field that differs."""
        super().__init__(fields)
        self.fields = fields
        self.seen = seen


def compare(stored: Mapping[str, str], seen_now: str, given: Mapping[str, str], seen: str) -> None:
    """Raise ``ConflictError`` where ``given`` would overwrite what its sender has not seen.

    A form that is sent twice differs in nothing and is let through.
    """
    if seen == seen_now:
        return
    fields = [
        BothValues(name, stored.get(name, ""), value)
        for name, value in given.items()
        if stored.get(name, "") != value
    ]
    if fields:
        raise ConflictError(fields, seen_now)

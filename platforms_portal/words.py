"""Values in words, in the reader's language: for pages, documents and sheets alike."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def in_words(value: Any) -> str:
    """Return any value in words; nothing for one that is not known."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime.date):
        return date_format(value, "Y-m-d")
    if isinstance(value, Decimal):
        return number_format(value.normalize(), use_l10n=True, force_grouping=True)
    if isinstance(value, int):
        return number_format(value, force_grouping=True)
    return str(value)


COMMANDS: dict[str, StrOrPromise] = {
    "load_programme": gettext_lazy("Loaded from programme files"),
    "import_workbook": gettext_lazy("Loaded from a workbook"),
    "create_demo_accounts": gettext_lazy("Set up for the demo"),
    "send_reminders": gettext_lazy("Sent by the system"),
}
"""What history calls a command that wrote for nobody in particular."""


def actor_in_words(actor: str) -> str:
    """Return who wrote something down, as history names it: an account, or a command in words."""
    return str(COMMANDS.get(actor, actor))


def labelled(label: object, text: object) -> str:
    """Return ``text`` after its ``label``, with the colon of the reader's language between."""
    return f"{label}{pgettext('punctuation', ': ')}{text}"

"""Values in words, in the reader's language: for pages, documents and sheets alike."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


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


def labelled(label: object, text: object) -> str:
    """Return ``text`` after its ``label``, with the colon of the reader's language between."""
    return f"{label}{pgettext('punctuation', ': ')}{text}"

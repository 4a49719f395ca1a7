"""What is known of a record, as labelled values with their units."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.db.models import Model
    from django_stubs_ext import StrOrPromise

UNITS: dict[str, StrOrPromise] = {
    "approved_area": gettext_lazy("km²"),
    "managed_area": gettext_lazy("km²"),
    "built_up_area": gettext_lazy("km²"),
}


class Fact(NamedTuple):
    """A labelled value; an empty ``value`` is not known, and the page says so."""

    label: StrOrPromise
    value: str
    unit: StrOrPromise = ""


def facts_of(record: Model, *names: str) -> list[Fact]:
    """Return the fields of ``record`` called ``names`` under their labels, in words."""
    facts = []
    for name in names:
        field = record._meta.get_field(name)  # noqa: SLF001 - a documented name of Django
        value = shown(record, name)
        label = getattr(field, "verbose_name", name)
        facts.append(Fact(label, value, UNITS.get(name, "") if value else ""))
    return facts


def shown(record: Model, name: str) -> str:
    """Return the value of a field in words; nothing where it is not known."""
    value = getattr(record, name)
    display = getattr(record, f"get_{name}_display", None)
    if display is not None:
        return str(display())
    return in_words(value)


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

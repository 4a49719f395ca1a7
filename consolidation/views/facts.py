"""What is known of a record, as labelled values with their units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy

from platforms_portal.words import in_words

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

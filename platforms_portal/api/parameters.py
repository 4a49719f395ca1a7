"""The parameters of an address, read strictly: what is misspelt or wrong is told, all at once.

A filter with a wrong name that is ignored gives a list that looks right and is not; so a name
that is not known is an error too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field

from platforms_portal.api.errors import Problem
from platforms_portal.days import FIRST_DAY, LAST_DAY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

# The framework's own parameter, by which the schema is asked for in JSON.
ALWAYS_KNOWN = {"format"}

LARGEST_KEY = 2**63 - 1

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class YesNoField(forms.Field):
    """Yes or no. Django's own field takes every other word for "not said"."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        """Return the answer, nothing where none is given."""
        if value in self.empty_values:
            return None
        if (answer := _WORDS.get(str(value).strip().lower())) is None:
            raise ValidationError(gettext_lazy("Write true or false."), code="invalid")
        return answer


class YesNo(django_filters.BooleanFilter):
    """A filter by yes or no that refuses anything else."""

    field_class = YesNoField


class Whole(django_filters.NumberFilter):
    """A filter by the key of a record."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Refuse what no key can be."""
        super().__init__(*args, min_value=1, max_value=LARGEST_KEY, **kwargs)
        described: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY}
        described["description"] = self.extra.get("help_text")
        # It takes filters too, which its types do not say.
        extend_schema_field(described)(cast("Any", self))


class Day(django_filters.DateFilter):
    """A filter by a day, written 2021-06-30 in every language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take one way of writing only."""
        wrong = gettext_lazy("Write a day as 2021-06-30.")
        kwargs.setdefault("input_formats", ["%Y-%m-%d"])
        kwargs.setdefault("error_messages", {"invalid": wrong})
        kwargs.setdefault("validators", [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)])
        super().__init__(*args, **kwargs)


class Parameters(django_filters.FilterSet):
    """The parameters of an endpoint: filters of its records, and what the view itself reads."""

    def read_by_view(self, queryset: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Leave the records as they are: the view makes them with this parameter."""
        return queryset

    def problems(self, known: Collection[str]) -> Iterable[Problem]:
        """Yield everything that is wrong with what was given, of the parameters in ``known``."""
        for name, values in self.data.lists():
            if name not in known and name not in ALWAYS_KNOWN:
                yield Problem(name, "unknown", self._unknown(known))
            elif len(values) > 1 and not self._takes_several(name):
                yield Problem(name, "repeated", _("This parameter may be given once only."))
        for name, errors in self.form.errors.as_data().items():
            for error in errors if name in known else ():
                for message in error.messages:
                    yield Problem(name, error.code or "invalid", message)

    def _takes_several(self, name: str) -> bool:
        return isinstance(self.filters.get(name), django_filters.MultipleChoiceFilter)

    @staticmethod
    def _unknown(known: Collection[str]) -> StrOrPromise:
        if not known:
            return _("There is no such parameter: none is taken here.")
        return _("There is no such parameter. Known: %(known)s.") % {"known": ", ".join(known)}

    @property
    def values(self) -> dict[str, Any]:
        """What was given, cleaned; nothing where a parameter is not given."""
        # The form cleans what was given when it is asked for the errors.
        _errors = self.form.errors
        return cast("dict[str, Any]", self.form.cleaned_data)

"""What the list of people is narrowed by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from consolidation.filters import BodyFilters
from consolidation.selectors.narrowing import Counted
from staffing.people import COUNTED_PEOPLE

if TYPE_CHECKING:
    pass


class PeopleFilters(BodyFilters):
    """As bodies are, in the counts that people have."""

    counted = ChoiceFilter(
        label=_("People"),
        method="as_asked",
        choices=[(value, Counted(value).label) for value in COUNTED_PEOPLE],
        empty_label=_("All"),
    )

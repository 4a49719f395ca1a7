"""What narrows the signals of the API."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from consolidation.api_filters.common import by_view
from platforms_portal.api.parameters import Day, Parameters
from signals.kinds.base import KINDS
from signals.selectors.seen import Status


class SignalParameters(Parameters):
    """The day, the division, the kind and the status."""

    as_of = by_view(Day, _("The day; the programme's own unless given."))
    division = by_view(
        django_filters.CharFilter, _("Code of an owner: only the signals about it, six digits.")
    )
    # Asked for late: the registry is filled after this is read.
    signal = extend_schema_field(
        {
            "type": "string",
            "pattern": "^S[0-9]{2}$",
            "description": _("Only the signals of this kind."),
        }
    )(
        by_view(
            django_filters.ChoiceFilter,
            "",
            choices=lambda: [(code, code) for code in sorted(KINDS)],
        )
    )
    status = by_view(
        django_filters.ChoiceFilter,
        _("Only the signals in this status; all of them unless given."),
        choices=Status.choices,
    )

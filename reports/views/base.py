"""What the page of reports and each of its files read from the address."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consolidation.views.base import ProgrammePage, asked_day
from platforms_portal.access import Right
from platforms_portal.pages import BadParameterError

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReportPage(ProgrammePage):
    """A page or file for a programme, state, day, division, and ``since`` where it is given.

    ``since`` is the earlier day from which differences are told; ``None`` where none is wanted.
    """

    right = Right.VIEW_CITY
    section = "reports"

    since: datetime.date | None

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read the earlier day too."""
        super().prepare(request, **kwargs)
        asked = request.GET.get("since", "").strip()
        self.since = asked_day(asked) if asked else None
        if self.since is not None and self.since >= self.asked.as_of:
            raise BadParameterError(
                _("The first day must be before the last one."),
                _("Write two days as 2020-12-31, the earlier one first."),
            )

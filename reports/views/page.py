"""The page of tables and reports: what can be taken away as a file, for the state and day chosen."""

from __future__ import annotations

from typing import Any

from django.utils.http import urlencode

from consolidation.checks.base import Scope as Owner
from consolidation.selectors.counts import COUNTERS
from consolidation.selectors.plans import owners_of
from consolidation.selectors.visible import right_for
from consolidation.views.reader import reader_of
from platforms_portal.access import rights_of
from reports.selectors.offered import forms_for, plans_offered
from reports.views.base import ReportPage
from zones.models import Platform

MANY = 5_000
"""So many platforms take longer than a moment, which the page tells."""


class ReportsPage(ReportPage):
    """Choose state, day, division and the earlier day, then take the file."""

    template_name = "reports/reports.html"
    lists_records = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the divisions that the reader may choose, and what every file is made for."""
        reader = reader_of(self.request)
        rights = rights_of(reader)
        records = Platform.objects.filter(ledger=self.programme.ledger_id).count()
        return super().get_context_data(
            since=self.since,
            forms=forms_for(reader),
            offered_plans=plans_offered(reader, self.programme),
            owners=[
                (owner.code, Owner(owner).label)
                for owner in owners_of(self.programme)
                if self.scope.covers(owner.pk)
            ],
            file_query=urlencode(self.file_parameters()),
            left_out=[c.title for c in COUNTERS.values() if right_for(c.name) not in rights],
            records=records,
            takes_long=records > MANY,
            **kwargs,
        )

    def file_parameters(self) -> dict[str, str]:
        """Return the parameters of every file on the page: what was chosen."""
        asked = self.asked
        chosen = {"state": asked.state.value, "as_of": asked.as_of.isoformat()}
        if asked.division is not None:
            chosen["division"] = asked.division.code
        if self.since is not None:
            chosen["since"] = self.since.isoformat()
        return chosen

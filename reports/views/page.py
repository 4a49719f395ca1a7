"""The page of tables and reports: what can be taken away as a file, for the state and day chosen."""

from __future__ import annotations

from typing import Any

from consolidation.checks.base import Scope as Owner
from consolidation.selectors.plans import owners_of
from reports.views.base import ReportPage


class ReportsPage(ReportPage):
    """Choose state, day, division and the earlier day, then take the file."""

    template_name = "reports/reports.html"
    lists_records = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the divisions that the reader may choose, and the earlier day."""
        return super().get_context_data(
            since=self.since,
            owners=[
                (owner.code, Owner(owner).label)
                for owner in owners_of(self.programme)
                if self.scope.covers(owner.pk)
            ],
            **kwargs,
        )

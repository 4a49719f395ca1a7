"""What changed between two days."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.selectors.state import REMOVING, State
from consolidation.views.base import ExportedPage, asked_day
from dashboards.selectors.between import Between, confirmed_by
from dashboards.views.exports import change_headings, change_rows
from platforms_portal.access import Right, rights_of
from platforms_portal.pages import BadParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

A_MONTH = datetime.timedelta(days=31)


class ChangesPage(ExportedPage):
    """The difference between two days, ``since`` and ``as_of``; without a choice, the last month."""

    right = Right.VIEW_CITY
    section = "changes"
    default_state = State.ACTUAL
    lists_records = True
    template_name = "dashboards/changes.html"
    export_name = "changes"
    export_title = gettext_lazy("What changed")

    since: datetime.date

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read the earlier day too."""
        super().prepare(request, **kwargs)
        asked = request.GET.get("since", "").strip()
        self.since = asked_day(asked) if asked else self.asked.as_of - A_MONTH
        if self.since >= self.asked.as_of:
            raise BadParameterError(
                _("The first day must be before the last one."),
                _("Write two days as 2020-12-31, the earlier one first."),
            )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what changed."""
        rights = rights_of(self.request.user)
        days = (self.since, self.asked.as_of)
        between = Between(self.programme, self.asked.state, days, self.scope, rights)
        rules = between.rules
        dispositions, bodies = between.dispositions, between.bodies
        may_read_writers = Right.VIEW_HISTORY in rights
        acts = [*dispositions.rows, *(bodies.rows if bodies is not None else [])]
        writers = confirmed_by(acts) if may_read_writers else {}
        return super().get_context_data(
            between=between,
            writers=writers,
            since=self.since,
            figures=between.figures,
            owners=between.by_owner,
            turned=[rule for rule in rules if rule.turned],
            moved=[rule for rule in rules if not rule.turned],
            plan_acts=between.plan_acts,
            dispositions=[
                (act, act.kind in REMOVING, writers.get(("Disposition", act.pk), ""))
                for act in dispositions.rows
            ],
            dispositions_total=dispositions.total,
            bodies=None
            if bodies is None
            else [(act, writers.get(("BodyDisposition", act.pk), "")) for act in bodies.rows],
            bodies_total=bodies.total if bodies is not None else 0,
            corrections=between.corrections,
            may_read_writers=may_read_writers,
            rests_on_placeholders=any(finding.placeholders for finding in between.after.findings),
            **kwargs,
        )

    def export_about(self) -> list[str]:
        """Say both days."""
        state, day = super().export_about()
        return [state, f"{self.since.isoformat()} → {day}"]

    def export_words(self) -> list[Any]:
        """Name both days."""
        title, day = super().export_words()
        return [title, self.since.isoformat(), day]

    def export_table(self, shown: dict[str, Any]) -> tuple[list[Any], Iterable[Iterable[Any]]]:
        """Return figures, rules and acts, in the order of the page."""
        return change_headings(), change_rows(shown["between"], shown["writers"])

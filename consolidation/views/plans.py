"""Plans: the list that opens on what waits for the reader, and the page of one version."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.checks.base import Scope as Owner
from consolidation.checks.run import findings_of
from consolidation.filters import PlanFilters
from consolidation.models import MergePlan
from consolidation.panels import PLAN, panels_for
from consolidation.selectors.aspects import aspect_label
from consolidation.selectors.findings import findings_in
from consolidation.selectors.ledger import plan_states_waiting_for, plans_listed_for
from consolidation.selectors.lineage import (
    dispositions_in,
    fates_in,
    histories_of_plan,
    newer_plan,
)
from consolidation.selectors.readiness import view_with
from consolidation.selectors.visible import findings_visible_to
from consolidation.tables import PlanTable
from consolidation.views.facts import facts_of
from consolidation.views.lists import RecordList
from consolidation.views.reader import reader_of
from consolidation.views.records import RecordPage, rest_on_placeholders
from platforms_portal.access import Right, rights_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from consolidation.checks.base import Finding
    from consolidation.selectors.state import StateView

TITLE = gettext_lazy("Plans")
PLAN_FACTS = ("version", "first_submitted_on", "submitted_on", "decided_on", "completed_on")

SHOWN = 200


class Part(NamedTuple):
    """The first rows of what a plan decides, and how many there are."""

    rows: list[Any]
    total: int

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Part:
        """Return the part; a plan of ten thousand platforms is read in the list instead."""
        shown = list(rows[: SHOWN + 1])
        return cls(shown[:SHOWN], len(shown) if len(shown) <= SHOWN else rows.count())


class PlanList(RecordList):
    """The plans of the owners. Without a choice, those that wait for the reader."""

    right = Right.VIEW_LEDGER
    section = "plans"
    title = TITLE
    unit = gettext_lazy("plans")
    file_name = "plans"
    of_a_state = False
    table_class = PlanTable
    filters_class = PlanFilters

    @cached_property
    def waiting(self) -> list[str]:
        """The states that wait for the reader, as long as nothing is chosen."""
        if set(self.request.GET) - {"as_of", "sort", "page", "export"}:
            return []
        return plan_states_waiting_for(reader_of(self.request))

    def chosen_at_first(self) -> dict[str, list[str]]:
        """Return the states that wait for the reader."""
        return {"plan_state": self.waiting} if self.waiting else {}

    def rows(self) -> QuerySet[Any, Any]:
        """Return the plans that the reader may see, at the place asked for."""
        plans = plans_listed_for(reader_of(self.request), self.programme)
        if self.asked.division is not None:
            plans = plans.filter(division=self.asked.division)
        return plans

    def rest_on_placeholders(self, rows: QuerySet[Any, Any]) -> bool:
        """Whether a listed plan is a placeholder."""
        return rows.filter(is_placeholder=True).exists()

    def described(self) -> list[str]:
        """Return in words what is listed; a plan has no day, so none is named."""
        words = [word for word in super().described() if word != self.asked.as_of.isoformat()]
        if self.waiting:
            states = "、".join(str(MergePlan.State(state).label) for state in self.waiting)
            words.append(_("waiting for you: %(states)s") % {"states": states})
        return words

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether only what waits is listed, and the way to the rest."""
        return super().get_context_data(
            waiting_only=bool(self.waiting),
            empty_reason=_("No plan waits for you.") if self.waiting else "",
            all_label=_("Show all plans"),
            clear_url=f"{self.request.path}?chosen=1",
            marks_choice=True,
            **kwargs,
        )


class PlanPage(RecordPage):
    """One version of an owner's plan: what it decides, and what the rules say of it."""

    right = Right.VIEW_LEDGER
    section = "plans"
    template_name = "consolidation/plan.html"

    def records(self) -> QuerySet[Any, Any]:
        """Return the plans that the reader may see."""
        return plans_listed_for(reader_of(self.request), self.programme)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list."""
        return self.way_here("plans", TITLE, self.label)

    @property
    def label(self) -> str:
        """The owner and the version."""
        return _("%(owner)s, version %(version)d") % {
            "owner": Owner(self.record.division).label,
            "version": self.record.version,
        }

    @cached_property
    def plan_view(self) -> StateView:
        """The planned state with this version in the place of whichever counts."""
        return view_with(self.record, self.asked.as_of)

    def findings(self) -> list[Finding]:
        """Return what the rules say of this owner with this version."""
        rights = rights_of(reader_of(self.request))
        seen = findings_visible_to(self.scope, rights, findings_in(self.plan_view))
        own = findings_of(seen, division_id=self.record.division_id, city_id=None)
        return [finding for finding in own if not finding.scope.is_city]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the plan decides."""
        plan, view = self.record, self.plan_view
        dispositions, fates = Part.of(dispositions_in(plan)), fates_in(plan)
        return super().get_context_data(
            plan=plan,
            label=self.label,
            facts=facts_of(plan, *PLAN_FACTS),
            newer=newer_plan(plan),
            is_counted=plan.pk in self.planned_view.plan_ids,
            dispositions=dispositions,
            bodies=Part.of(fates["bodies"]) if self.may(Right.VIEW_BODIES) else None,
            plates=Part.of(fates["plates"]),
            findings=[(finding, aspect_label(finding.aspect)) for finding in self.findings()],
            panels=panels_for(reader_of(self.request), self.scope, view, PLAN, plan),
            changes=self.changes(histories_of_plan(plan)),
            rests_on_placeholders=rest_on_placeholders(plan, *dispositions.rows),
            **kwargs,
        )

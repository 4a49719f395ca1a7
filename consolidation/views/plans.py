"""Plans: the list that opens on what waits for the reader, and the page of one version."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.checks.base import Scope as Owner
from consolidation.checks.run import findings_of
from consolidation.filters import PlanFilters
from consolidation.models import MergePlan, Signature
from consolidation.models import Part as PlanPart
from consolidation.panels import PLAN, panels_for
from consolidation.selectors.aspects import aspect_label
from consolidation.selectors.attachments import attachments_of
from consolidation.selectors.document import digest_of, document_of, ledger_digest
from consolidation.selectors.findings import findings_in
from consolidation.selectors.ledger import plan_states_waiting_for, plans_listed_for
from consolidation.selectors.lineage import (
    dispositions_in,
    fates_in,
    histories_of_plan,
    newer_plan,
)
from consolidation.selectors.opinions import (
    answers_open,
    may_give_opinion,
    newest_version,
    opinions_on,
    previous_version,
)
from consolidation.selectors.readiness import view_with
from consolidation.selectors.reading import Reading, reading_of
from consolidation.selectors.signing import Moved, part_of
from consolidation.selectors.visible import findings_visible_to
from consolidation.selectors.way import (
    may_begin,
    parts_of,
    signatures_shown,
    versions_of,
)
from consolidation.services.workflow import Seen
from consolidation.tables import PlanTable
from consolidation.transitions import allowed, entitled, may_edit
from consolidation.views.decision import Decision
from consolidation.views.facts import facts_of
from consolidation.views.lists import RecordList
from consolidation.views.reader import reader_of
from consolidation.views.records import RecordWithHistory, rest_on_placeholders
from platforms_portal.access import Right, rights_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.checks.base import Finding
    from consolidation.forms_review import SigningForm
    from consolidation.models import Opinion
    from consolidation.selectors.document import ReadSection
    from consolidation.selectors.state import StateView

TITLE = gettext_lazy("Plans")
PLAN_FACTS = ("version", "first_submitted_on", "submitted_on", "decided_on", "completed_on")

SHOWN = 200

READ_AS_DOCUMENT = (*MergePlan.OPEN_STATES, MergePlan.State.RETURNED)
"""The states in which a plan is read as what is signed; later ones tell what was carried out."""


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
    template_name = "consolidation/plans.html"
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
            may_begin=may_begin(reader_of(self.request), self.programme),
            **kwargs,
        )


@dataclass(frozen=True)
class Typed:
    """What was typed into one of the small forms of a page and refused: shown again at its place."""

    place: str
    text: str
    errors: list[str]
    seen: str = ""


class PlanPage(RecordWithHistory):
    """One version of an owner's plan: what it says, what the rules say of it, who signed it.

    On its way it is shown as the whole document that is signed, as far as the reader may see it;
    from its approval on, with what was carried out.
    """

    right = Right.VIEW_LEDGER
    section = "plans"
    template_name = "consolidation/plan.html"

    bound: dict[str, SigningForm]
    problems: list[str]
    problems_at: str
    typed: Typed | None

    def setup(self, *args: Any, **kwargs: Any) -> None:
        """Begin with nothing refused."""
        super().setup(*args, **kwargs)
        self.bound, self.problems, self.problems_at, self.typed = {}, [], "", None

    def records(self) -> QuerySet[Any, Any]:
        """Return the plans that the reader may see."""
        return plans_listed_for(self.reader, self.programme)

    @property
    def reader(self) -> User:
        """Who reads the page."""
        return reader_of(self.request)

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
        rights = rights_of(self.reader)
        seen = findings_visible_to(self.scope, rights, findings_in(self.plan_view))
        own = findings_of(seen, division_id=self.record.division_id, city_id=None)
        return [finding for finding in own if not finding.scope.is_city]

    @cached_property
    def document(self) -> list[ReadSection]:
        """What the plan says, as far as the reader may see it. Read once: its digest is signed."""
        return document_of(self.record, rights_of(self.reader))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the plan says and where it stands."""
        plan = self.record
        opinions = opinions_on(plan, self.reader)
        says = self._says(opinions) if plan.state in READ_AS_DOCUMENT else self._decides(opinions)
        return super().get_context_data(
            plan=plan,
            label=self.label,
            facts=facts_of(plan, *PLAN_FACTS),
            newer=newer_plan(plan),
            is_counted=plan.pk in self.planned_view.plan_ids,
            findings=[(finding, aspect_label(finding.aspect)) for finding in self.findings()],
            panels=panels_for(self.reader, self.scope, self.plan_view, PLAN, plan),
            changes=self.changes(histories_of_plan(plan)),
            problems=self.problems,
            problems_at=self.problems_at,
            typed=self.typed,
            **self._way(opinions),
            **says,
            **kwargs,
        )

    def _says(self, opinions: list[Opinion]) -> dict[str, Any]:
        """Return the whole document, and what the reader may decide on it."""
        plan = self.record
        before = previous_version(plan)
        earlier = document_of(before, rights_of(self.reader)) if before else None
        reading = reading_of(self.document, before=earlier, opinions=opinions)
        seen = Seen(digest_of(self.document), ledger_digest(plan))
        lines = [line for part in self.document for line in part.lines]
        return {
            "reading": reading,
            "compared_with": before,
            "decision": Decision.of(plan, self.reader, seen, opinions=opinions, bound=self.bound),
            "rests_on_placeholders": rest_on_placeholders(plan, *lines),
        }

    def _decides(self, opinions: list[Opinion]) -> dict[str, Any]:
        """Return what an approved plan decides, with what was carried out."""
        plan = self.record
        dispositions, fates = Part.of(dispositions_in(plan)), fates_in(plan)
        return {
            "reading": Reading([], opinions),
            "decided": True,
            "dispositions": dispositions,
            "bodies": Part.of(fates["bodies"]) if self.may(Right.VIEW_BODIES) else None,
            "plates": Part.of(fates["plates"]),
            "rests_on_placeholders": rest_on_placeholders(plan, *dispositions.rows),
        }

    def _way(self, opinions: list[Opinion]) -> dict[str, Any]:
        """Return where the plan stands: signatures, parts, versions, and the official's buttons."""
        plan, reader = self.record, self.reader
        signatures = signatures_shown(plan, reader)
        newest = newest_version(plan)
        return {
            "opinions": opinions,
            "may_opine": may_give_opinion(plan, reader),
            "opinable": [part_of(reader)] if part_of(reader) else PlanPart.values,
            "may_answer": entitled(plan, Right.EDIT_PLAN, reader) and answers_open(plan, newest),
            "signatures": signatures,
            "parts": parts_of(plan, signatures),
            "attachments": attachments_of(plan),
            "moved": Moved(plan),
            "versions": versions_of(plan, reader),
            "may_edit": may_edit(plan, reader),
            "may_withdraw": allowed(plan, Signature.Action.WITHDRAW, reader),
            "may_revise": newest.pk == plan.pk and allowed(plan, Signature.Action.REVISE, reader),
        }

"""The runs of the solver, by the API. Read-only: who asks does so on the page, and sees it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consolidation.api.base import ProgrammeRecords
from consolidation.api_filters.common import ProgrammeParameters, choose
from platforms_portal.access import Right
from solver.models import SolverRun
from solver.selectors.runs import runs_visible_to
from solver.serializers import SolverResultSerializer, SolverRunSerializer

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from platforms_portal.api.parameters import Parameters


class SolverParameters(ProgrammeParameters):
    """What narrows the list of runs."""

    state = choose(SolverRun.State.choices, "state", _("How far it is; may be repeated."))


class SolverRuns(ProgrammeRecords):
    """What was asked of the solver, the newest first; one of them with what came of it."""

    group = _("Plan solver")
    title = _("Runs of the solver")
    explanation = _(
        "Proposals for the whole city or one owner. A division sees those that it asked for "
        "itself, everybody else those of the commission. One run answers with its result too."
    )
    right = Right.SOLVE
    queryset = SolverRun.objects.none()
    filterset_class = SolverParameters
    serializer_class = SolverRunSerializer
    detail_serializer_class = SolverResultSerializer
    order = ("-id",)
    placeholder_q = None
    programme_lookup = "solver_runs"

    def visible(self, parameters: Parameters) -> QuerySet[SolverRun]:  # noqa: ARG002 - the base's signature
        """Return the runs that the requester may see."""
        return runs_visible_to(self.scope, self.programme)

    def with_relations(self, rows: QuerySet[SolverRun]) -> QuerySet[SolverRun]:
        """Leave the result out of lists: it may name every platform of the city."""
        return rows if self.detail else rows.defer("result")

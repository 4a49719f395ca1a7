"""The evaluation and the national ranks for programs. Read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from consolidation.api.programmes import ProgrammeView
from consolidation.api_filters.common import by_view
from consolidation.api_filters.programmes import ViewParameters
from consolidation.selectors.findings import findings_in
from evaluation.selectors.ranks import rankings
from evaluation.selectors.years import version_of, years_visible_to
from evaluation.serializers import (
    EvaluationSerializer,
    RanksSerializer,
    evaluation_as_json,
    goal_as_json,
    rank_as_json,
)
from platforms_portal.access import rights_of
from platforms_portal.api.errors import NOT_FOUND
from platforms_portal.api.parameters import Parameters, Whole

if TYPE_CHECKING:
    from rest_framework.request import Request

GROUP = _("Goals and evaluation")


class EvaluationParameters(Parameters):
    """Which year, and which version of what was published."""

    year = by_view(Whole, _("The year evaluated; the newest that you may see unless given."))
    version = by_view(Whole, _("An earlier version that was published; the last unless given."))


class RankParameters(ViewParameters):
    """The state and day of the findings, and which ranking."""

    zone_kind = by_view(
        django_filters.ChoiceFilter,
        _("Only this ranking."),
        choices=[("high_tech", "high_tech"), ("economic", "economic")],
    )


class EvaluationView(ProgrammeView):
    """The comprehensive evaluation of one year."""

    group = GROUP
    title = _("Comprehensive evaluation")
    explanation = _(
        "One year's indicators, values, points, totals and ranking. Who does not evaluate is "
        "answered for years that were published, as they were published."
    )
    filterset_class = EvaluationParameters
    serializer_class = EvaluationSerializer

    @extend_schema(filters=True, responses=EvaluationSerializer)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Return a year; 404 where the requester may see none such."""
        given = self.read()
        programme = self.view_of(code, Parameters({}, self.queryset)).programme
        years = years_visible_to(programme, rights_of(self.user))
        year, version = given.values.get("year"), given.values.get("version")
        shown = next((one for one in years if year in (None, one.year)), None)
        if shown is not None and version is not None:
            shown = version_of(shown, int(version))
        if shown is None:
            raise NotFound(NOT_FOUND)
        return Response(evaluation_as_json(programme, shown, [one.year for one in years]))


class RanksView(ProgrammeView):
    """National ranks with their sources, and the goals."""

    group = GROUP
    title = _("National ranks")
    explanation = _(
        "The ranks of retained platforms in national rankings by year, with every source's figure, "
        "and what R20 says of the programme's goals. A rank is published by the nation, so everybody "
        "sees all of them."
    )
    filterset_class = RankParameters
    serializer_class = RanksSerializer

    @extend_schema(filters=True, responses=RanksSerializer)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Return the ranks up to the day's year."""
        parameters = self.read()
        view = self.view_of(code, parameters)
        kind = parameters.values.get("zone_kind")
        found = [
            ranking
            for ranking in rankings(view.programme, view.as_of.year, findings_in(view))
            if not kind or ranking.zone_kind == kind
        ]
        goals = [pair for ranking in found for pair in ranking.goals]
        cells = [(line, cell) for r in found for line in r.lines for cell in line.cells]
        ranks = [rank_as_json(line, cell) for line, cell in cells if cell.counts or cell.reports]
        return Response(
            {
                "programme": view.programme.code,
                "as_of": view.as_of.isoformat(),
                "placeholders": any(rank["is_placeholder"] for rank in ranks)
                or any(finding.placeholders for _goal, finding in goals if finding),
                "goals": [goal_as_json(goal, finding) for goal, finding in goals],
                "ranks": ranks,
            }
        )

"""What the city page draws, as JSON: the flows of platforms and the burn-down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from consolidation.api.base import narrowed_to
from consolidation.api.programmes import ProgrammeView
from consolidation.api_filters.common import by_view
from consolidation.api_filters.programmes import ViewParameters
from consolidation.selectors.home import Overview
from consolidation.selectors.plans import owners_of
from consolidation.selectors.programmes import programmes_visible_to
from consolidation.selectors.state import State
from dashboards.selectors.burndown import burn_downs
from dashboards.selectors.flows import flows_of
from dashboards.selectors.keeping import Kept
from dashboards.serializers import (
    BurnDownsSerializer,
    FlowsSerializer,
    burn_down_as_json,
    flow_as_json,
)
from platforms_portal.access import rights_of
from platforms_portal.api.errors import NOT_FOUND
from platforms_portal.api.parameters import Day, Parameters

if TYPE_CHECKING:
    from rest_framework.request import Request

FLOWING = [(state.value, state.label) for state in (State.PLANNED, State.ACTUAL)]


class FlowParameters(ViewParameters):
    """The state and day of the flows; at the baseline nothing flows."""

    state = by_view(
        django_filters.ChoiceFilter, _("The state; “planned” unless given."), choices=FLOWING
    )


class BurnDownParameters(Parameters):
    """The day of the burn-down."""

    as_of = by_view(Day, _("The day; the programme's own unless given."))


class Flows(ProgrammeView):
    """Where the baseline platforms of a programme go."""

    title = _("Where the platforms go")
    explanation = _(
        "The platforms of the baseline by owner, by what becomes of them and by what they continue "
        "in; each is in exactly one flow. A district is answered for its own platforms."
    )
    filterset_class = FlowParameters
    serializer_class = FlowsSerializer

    @extend_schema(filters=True, responses=FlowsSerializer)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Return the flows in a state on a day."""
        view = self.view_of(code, self.read())
        flows = flows_of(view, self.scope, owners_of(view.programme), Kept())
        return Response(
            {
                "programme": view.programme.code,
                "state": view.state.value,
                "as_of": view.as_of,
                "narrowed_to": narrowed_to(self.scope, self.user.division),
                "placeholders": any(flow.placeholders for flow in flows),
                "total": sum(flow.number for flow in flows),
                "flows": [flow_as_json(flow) for flow in flows],
            }
        )


class BurnDowns(ProgrammeView):
    """How the counts of a programme fall from the baseline to the deadline."""

    title = _("Burn-down")
    explanation = _(
        "Platforms, management bodies and staff of the city on every day on which they change: by "
        "the plans' days and by what was confirmed, with target and forecast."
    )
    filterset_class = BurnDownParameters
    serializer_class = BurnDownsSerializer

    @extend_schema(filters=True, responses=BurnDownsSerializer)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Return the burn-down as known on a day."""
        given = self.read().values
        programme = programmes_visible_to(self.scope).filter(code=code).first()
        if programme is None:
            raise NotFound(NOT_FOUND)
        day = given.get("as_of") or programme.opens_as_of
        overview = Overview(programme, State.ACTUAL, day, self.scope, rights_of(self.user))
        burns = burn_downs(overview, Kept())
        return Response(
            {
                "programme": programme.code,
                "as_of": day,
                "deadline": overview.deadline.due_on if overview.deadline else None,
                "placeholders": any(
                    figures.planned.placeholders or figures.actual.placeholders
                    for figures in overview.city.values()
                ),
                "counts": [burn_down_as_json(burn) for burn in burns],
            }
        )

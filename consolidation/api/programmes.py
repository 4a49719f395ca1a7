"""Programmes with their findings and counts, and the divisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from consolidation.api.base import narrowed_to
from consolidation.api.figures import CountsSerializer, ReportSerializer, counts_in
from consolidation.api_filters.programmes import (
    CheckParameters,
    CountParameters,
    DivisionParameters,
    ProgrammeListParameters,
)
from consolidation.checks.run import findings_of, report
from consolidation.models import Programme
from consolidation.selectors.findings import findings_in
from consolidation.selectors.narrowing import owner_with_code
from consolidation.selectors.plans import owners_of
from consolidation.selectors.programmes import programmes_visible_to
from consolidation.selectors.state import State, StateView, state_view
from consolidation.selectors.visible import findings_visible_to
from consolidation.serializers.programmes import (
    DivisionSerializer,
    ProgrammeDetailSerializer,
    ProgrammeSerializer,
)
from platforms_portal.access import Right, rights_of
from platforms_portal.api.errors import NOT_FOUND, InvalidParametersError, Problem
from platforms_portal.api.views import PortalView, Records
from zones.models import Division

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from platforms_portal.api.parameters import Parameters


GROUP = _("Programmes and rules")


class Programmes(Records):
    """Programmes that the requester may see; one of them with all that its document fixes."""

    group = GROUP
    title = _("Programmes")
    explanation = _(
        "The programmes that you may see; a single one with its targets, quotas and deadlines."
    )
    right = Right.VIEW_CITY
    queryset = Programme.objects.none()
    filterset_class = ProgrammeListParameters
    order = ("code",)
    serializer_class = ProgrammeSerializer
    detail_serializer_class = ProgrammeDetailSerializer
    placeholder_q = Q(is_placeholder=True)
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def visible(self, parameters: Parameters) -> QuerySet[Programme]:  # noqa: ARG002 - the base's signature
        """Return the programmes in scope."""
        return programmes_visible_to(self.scope)

    def with_relations(self, rows: QuerySet[Programme]) -> QuerySet[Programme]:
        """Add what the document fixes."""
        rows = rows.select_related("division", "ledger")
        if not self.detail:
            return rows
        return rows.prefetch_related(
            "targets", "quotas__division", "quota_exceptions__division", "deadlines", "rank_goals"
        )


class Divisions(Records):
    """Administrative divisions in every span of time; a code may stand for several of them."""

    group = GROUP
    title = _("Divisions over time")
    explanation = _(
        "Administrative divisions in every span of time; a code may stand for several of them."
    )
    right = Right.VIEW_CITY
    queryset = Division.objects.none()
    filterset_class = DivisionParameters
    serializer_class = DivisionSerializer
    order = ("code", "valid_from")

    def further_problems(self, parameters: Parameters) -> Iterable[Problem]:
        """Find the programme whose owners are asked for."""
        yield from super().further_problems(parameters)
        self.owners: list[int] | None = None
        if not self.detail and (code := parameters.values.get("owner_in")):
            programme = programmes_visible_to(self.scope).filter(code=code).first()
            if programme is None:
                message = gettext("There is no programme “%(code)s”.") % {"code": code}
                yield Problem("owner_in", "not_found", message)
            else:
                self.owners = [owner.pk for owner in owners_of(programme)]

    def visible(self, parameters: Parameters) -> QuerySet[Division]:  # noqa: ARG002 - the base's signature
        """Return the divisions: a map is no secret, so they are the same for everybody."""
        divisions = Division.objects.all()
        return divisions if self.owners is None else divisions.filter(pk__in=self.owners)

    def with_relations(self, rows: QuerySet[Division]) -> QuerySet[Division]:
        """Add the parent and what followed."""
        return rows.select_related("parent").prefetch_related("successions__successor")


class ProgrammeView(PortalView):
    """Figures of one programme, named in the address."""

    group = GROUP
    right = Right.VIEW_CITY
    queryset = Programme.objects.none()
    pagination_class = None

    def view_of(self, code: str, parameters: Parameters) -> StateView:
        """Return the programme in the state and on the day asked for; 404 where it is out of scope."""
        programme = programmes_visible_to(self.scope).filter(code=code).first()
        if programme is None:
            raise NotFound(NOT_FOUND)
        given = parameters.values
        return state_view(programme, given.get("state") or State.PLANNED, given.get("as_of"))


class Checks(ProgrammeView):
    """The findings of the programme's rules, as the command ``check_targets`` gives them."""

    title = _("Findings of the rules")
    explanation = _(
        "Every rule's answer in the state, as the command check_targets gives it. A district "
        "sees the findings about the city and itself, and of the records that break a rule its "
        "own."
    )
    filterset_class = CheckParameters
    serializer_class = ReportSerializer

    @extend_schema(filters=True, responses=ReportSerializer)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Judge the programme in a state; a district is answered for the city and for itself."""
        parameters = self.read()
        view = self.view_of(code, parameters)
        owner = self._owner(view, parameters)
        findings = findings_of(
            findings_in(view),
            division_id=owner.pk if owner else None,
            city_id=view.programme.division_id,
        )
        rule = parameters.values.get("rule")
        wanted = [finding for finding in findings if not rule or finding.rule == rule]
        seen = findings_visible_to(self.scope, rights_of(self.user), wanted)
        return Response(report(view, seen))

    def _owner(self, view: StateView, parameters: Parameters) -> Division | None:
        if not (code := parameters.values.get("division")):
            return None
        owner = owner_with_code(view.programme, code)
        if owner is None:
            message = gettext("“%(code)s” is no owner of this programme.") % {"code": code}
            raise InvalidParametersError([Problem("division", "not_found", message)])
        if not self.scope.covers(owner.pk):
            raise NotFound(NOT_FOUND)
        return owner


class Counts(ProgrammeView):
    """The four counts of the programme: platforms, bodies, plates, people."""

    title = _("The four counts")
    explanation = _(
        "Platforms, management bodies, plates and people in the state: the city's totals and "
        "the parts of divisions. A district sees its own part only."
    )
    filterset_class = CountParameters
    serializer_class = CountsSerializer

    @extend_schema(filters=True, responses=CountsSerializer)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Count the programme in a state; a district sees the city's totals and its own part."""
        parameters = self.read()
        view = self.view_of(code, parameters)
        by = cast("str", parameters.values.get("by") or "owner")
        answer = counts_in(view, by, self.scope)
        return Response({**answer, "narrowed_to": narrowed_to(self.scope, self.user.division)})

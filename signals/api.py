"""The signals of a programme: the same as on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from consolidation.api.base import narrowed_to
from consolidation.models import Programme
from consolidation.selectors.narrowing import owner_with_code
from consolidation.selectors.programmes import programmes_visible_to
from platforms_portal.access import Right, rights_of
from platforms_portal.api.errors import NOT_FOUND, InvalidParametersError, Problem
from platforms_portal.api.views import PortalView
from signals.filters import SignalParameters
from signals.selectors.seen import signals_visible_to
from signals.serializers import SignalReportSerializer, as_json

if TYPE_CHECKING:
    from rest_framework.request import Request

    from platforms_portal.api.parameters import Parameters


class Signals(PortalView):
    """What looks odd in the figures of a programme, with its records."""

    group = _("Programmes and rules")
    title = _("Signals")
    explanation = _(
        "Figures to verify: findings with their records, no accusation. A district sees the"
        " signals about itself; signals on bodies and people only who may see those."
    )
    right = Right.VIEW_LEDGER
    queryset = Programme.objects.none()
    pagination_class = None
    filterset_class = SignalParameters
    serializer_class = SignalReportSerializer

    @extend_schema(filters=True, responses=SignalReportSerializer)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Return the signals that the requester may see."""
        parameters = self.read()
        programme = programmes_visible_to(self.scope).filter(code=code).first()
        if programme is None:
            raise NotFound(NOT_FOUND)
        given = parameters.values
        day = given.get("as_of") or programme.opens_as_of
        owner = self._owner(programme, parameters)
        seen = [
            item
            for item in signals_visible_to(self.scope, rights_of(self.user), programme, day)
            if (owner is None or item.owner.pk == owner)
            and given.get("signal") in {None, "", item.signal.code}
            and given.get("status") in {None, "", item.status.value}
        ]
        return Response(
            {
                "programme": programme.code,
                "as_of": day.isoformat(),
                "placeholders": any(item.signal.placeholders for item in seen),
                "narrowed_to": narrowed_to(self.scope, self.user.division),
                "signals": [as_json(item) for item in seen],
            }
        )

    def _owner(self, programme: Programme, parameters: Parameters) -> int | None:
        if not (code := parameters.values.get("division")):
            return None
        owner = owner_with_code(programme, code)
        if owner is None:
            message = gettext("“%(code)s” is no owner of this programme.") % {"code": code}
            raise InvalidParametersError([Problem("division", "not_found", message)])
        if not self.scope.covers(owner.pk):
            raise NotFound(NOT_FOUND)
        return owner.pk

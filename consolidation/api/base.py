"""What every list of a programme's records shares: the programme, the day, the state, the scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound

from consolidation.selectors.narrowing import (
    counted_q,
    division_today,
    owner_with_code,
    today_q,
)
from consolidation.selectors.programmes import programmes_visible_to
from consolidation.selectors.records import effective_plan_ids
from consolidation.selectors.state import State, StateView, state_view
from platforms_portal.api.errors import NOT_FOUND, Problem
from platforms_portal.api.paging import ProgrammePages, StatePages
from platforms_portal.api.views import Records

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from consolidation.models import Programme
    from platforms_portal.access import Scope
    from platforms_portal.api.parameters import Parameters
    from zones.models import Division

PROGRAMME = OpenApiParameter(
    "programme",
    OpenApiTypes.STR,
    description=gettext_lazy(
        "Code of the programme. May be left out where the record has only one."
    ),
)
STATE = OpenApiParameter(
    "state",
    OpenApiTypes.STR,
    enum=State.values,
    description=gettext_lazy("The state; “planned” unless given."),
)
AS_OF = OpenApiParameter(
    "as_of",
    OpenApiTypes.DATE,
    description=gettext_lazy("The day; the programme's own unless given."),
)


def narrowed_to(scope: Scope, division: Division | None) -> dict[str, str] | None:
    """Return the division to which answers are narrowed, or nothing for the whole city."""
    if scope.is_city or division is None:
        return None
    return {"code": division.code, "name": division.label}


class ProgrammeRecords(Records):
    """Records of one programme: the one asked for, or the only one that there is to see.

    ``programme_lookup`` leads from a programme to a record, so that one record's programme is
    found without being named.
    """

    pagination_class = ProgrammePages
    placeholder_q: ClassVar[Q | None] = Q(rests_on_placeholder=True)
    detail_parameters: ClassVar[tuple[str, ...]] = ("programme",)
    group = gettext_lazy("Plans and tasks")
    programme_lookup: ClassVar[str] = ""
    programme: Programme

    def further_problems(self, parameters: Parameters) -> Iterable[Problem]:
        """Yield what is wrong with the programme, and with what depends on it."""
        yield from super().further_problems(parameters)
        code = parameters.values.get("programme")
        found = list(self._candidates(code)[:2])
        if len(found) == 1:
            self.programme = found[0]
            yield from self.programme_problems(parameters)
        elif code:
            message = _("There is no programme “%(code)s”.") % {"code": code}
            yield Problem("programme", "not_found", message)
        elif found:
            message = _("There are several programmes: name one by its code.")
            yield Problem("programme", "required", message)
        else:
            raise NotFound(NOT_FOUND if self.detail else _("There is no programme yet."))

    def _candidates(self, code: str | None) -> QuerySet[Programme]:
        programmes = programmes_visible_to(self.scope).order_by("code")
        if code:
            return programmes.filter(code=code)
        if self.detail:
            return programmes.filter(**{self.programme_lookup: self.kwargs["pk"]})
        return programmes

    def programme_problems(self, parameters: Parameters) -> Iterable[Problem]:
        """Yield what is wrong with parameters that name something of the programme."""
        self.owner: Division | None = None
        if not self.detail and (code := parameters.values.get("division")):
            self.owner = owner_with_code(self.programme, code)
            if self.owner is None:
                message = _("“%(code)s” is no owner of this programme.") % {"code": code}
                yield Problem("division", "not_found", message)

    def in_division(self, field: str) -> Q:
        """Return the filter by the division asked for; 404 where it is out of scope."""
        if self.owner is None:
            return Q()
        if not self.scope.covers(self.owner.pk):
            raise NotFound(NOT_FOUND)
        return Q(**{field: self.owner.pk})

    def day(self, parameters: Parameters) -> datetime.date:
        """Return the day asked for, or the programme's own."""
        return parameters.values.get("as_of") or self.programme.opens_as_of

    def about(self) -> dict[str, Any]:
        """Tell the programme, and the scope to which the list is narrowed."""
        return {
            "programme": self.programme.code,
            "narrowed_to": narrowed_to(self.scope, self.user.division),
        }


class StateRecords(ProgrammeRecords):
    """Records as they are in a state on a day."""

    group = gettext_lazy("Ledger in a state")
    pagination_class = StatePages
    detail_parameters = ("programme", "state", "as_of")
    state_view: StateView

    def programme_problems(self, parameters: Parameters) -> Iterable[Problem]:
        """Make the view of the state; yield what is wrong with today's division."""
        yield from super().programme_problems(parameters)
        day = self.day(parameters)
        self.today: Division | None = None
        if not self.detail and (code := parameters.values.get("today")):
            self.today = division_today(code, day)
            if self.today is None:
                message = _("There is no division “%(code)s” on %(day)s.")
                yield Problem(
                    "today", "not_found", message % {"code": code, "day": day.isoformat()}
                )
        state = parameters.values.get("state") or State.PLANNED
        self.state_view = state_view(self.programme, state, day)

    def wanted(self, parameters: Parameters) -> Q:
        """Return the filter for rows in the division and in the number that are asked for."""
        if self.detail:
            return Q()
        place = self.in_division("division_id")
        if self.today is not None:
            place &= today_q(self.today, self.state_view.as_of)
        return place & counted_q(parameters.values.get("counted") or "")

    def about(self) -> dict[str, Any]:
        """Tell the state and the day too."""
        return {
            **super().about(),
            "state": self.state_view.state.value,
            "as_of": self.state_view.as_of.isoformat(),
        }


class InPlanRecords(ProgrammeRecords):
    """Records inside plans."""

    def within(self, parameters: Parameters) -> Q:
        """Return the filter by the plan's owner, and by whether the plan counts on the day."""
        if self.detail:
            return Q()
        wanted = self.in_division("plan__division_id")
        effective = parameters.values.get("effective")
        if effective is None:
            return wanted
        counting = Q(plan_id__in=effective_plan_ids(self.programme, self.day(parameters)))
        return wanted & (counting if effective else ~counting)

"""The overview of a programme, and the choice between several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.views.generic.base import View

from consolidation.checks.base import Status
from consolidation.selectors.home import Overview, days_left
from consolidation.selectors.home_divisions import rows_by_owner, rows_today, total_row
from consolidation.selectors.programmes import programmes_visible_to
from consolidation.selectors.state import State
from consolidation.selectors.way import may_begin
from consolidation.views.base import ProgrammePage, asked_choice
from consolidation.views.waiting import waiting_for
from platforms_portal.access import Right, rights_of, scope_of
from platforms_portal.pages import PortalPage

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from accounts.models import User
    from consolidation.models import Deadline

RULES_SHOWN = ["all", "attention"]
MAPS = ["baseline", "today"]


class HomePage(View):
    """The only programme that the reader may see, or the choice where there are several."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the one page or the other."""
        programmes = list(programmes_visible_to(scope_of(request.user))[:2])
        if len(programmes) == 1:
            return ProgrammeOverview.as_view()(request, code=programmes[0].code)
        return ProgrammesPage.as_view()(request)


class ProgrammesPage(PortalPage):
    """The programmes that the reader may see."""

    right = Right.VIEW_CITY
    template_name = "consolidation/programmes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the programmes."""
        programmes = list(programmes_visible_to(scope_of(self.request.user)))
        return super().get_context_data(programmes=programmes, **kwargs)


class ProgrammeOverview(ProgrammePage):
    """The counts, the rules and the divisions of one programme on one day."""

    right = Right.VIEW_CITY
    section: ClassVar[str] = "overview"
    template_name = "consolidation/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add everything that the overview shows."""
        asked = self.request.GET
        show = asked_choice("show", asked.get("show", "all"), RULES_SHOWN)
        map_of = asked_choice("map", asked.get("map", "baseline"), MAPS)
        user = self.request.user
        overview = Overview(
            self.programme, self.asked.state, self.asked.as_of, self.scope, rights_of(user)
        )
        board = overview.board
        return super().get_context_data(
            overview=overview,
            board=[row for row in board if row.fails] if show == "attention" else board,
            board_all=len(board),
            board_failing=sum(row.fails for row in board),
            show=show,
            map=map_of,
            rows=rows_today(overview) if map_of == "today" else rows_by_owner(overview),
            total=total_row(overview),
            waiting=waiting_for(user, overview) if user.is_authenticated else [],
            deadline=self._deadline(overview),
            plan_deadline=self._plan_deadline(overview, user) if user.is_authenticated else None,
            may_begin=user.is_authenticated and may_begin(user, self.programme),
            rests_on_placeholders=overview.rests_on_placeholders,
            **kwargs,
        )

    def _deadline(self, overview: Overview) -> dict[str, Any] | None:
        carried_out = overview.finding_of(State.ACTUAL, "R17", "completion")
        done = carried_out is not None and carried_out.status == Status.MET
        return self._in_days(overview.deadline, done=done)

    def _plan_deadline(self, overview: Overview, user: User) -> dict[str, Any] | None:
        """Return when the plan of the reader's own division is due, and whether it is in."""
        if user.division is None or user.division.pk not in {owner.pk for owner in overview.owners}:
            return None
        deadline = overview.deadline_of_plan(user.division)
        return self._in_days(deadline, done=user.division.pk in overview.plans)

    def _in_days(self, deadline: Deadline | None, *, done: bool) -> dict[str, Any] | None:
        if deadline is None:
            return None
        left = days_left(deadline, self.asked.as_of)
        return {"due_on": deadline.due_on, "days": abs(left), "passed": left < 0, "done": done}

"""What every page of a programme shares: the programme, the state, the day, the owner, the scope."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.selectors.narrowing import (
    Counted,
    counted_q,
    division_today,
    owner_with_code,
    today_q,
)
from consolidation.selectors.notices import unread_count
from consolidation.selectors.programmes import programmes_visible_to
from consolidation.selectors.state import State, StateView, state_view
from consolidation.views.reader import reader_of
from platforms_portal.access import Right, scope_of
from platforms_portal.days import FIRST_DAY, LAST_DAY, is_askable
from platforms_portal.exports import format_asked, sent
from platforms_portal.listings import Listing, file_name
from platforms_portal.pages import BadParameterError, PortalPage, navigation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model, QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django_stubs_ext import StrOrPromise

    from consolidation.models import Programme
    from platforms_portal.access import Scope
    from zones.models import Division


@dataclass(frozen=True)
class Asked:
    """What the address asks for, checked.

    ``division`` is an owner of the programme; ``today`` a division of the day that is shown;
    ``counted`` the number of a tally whose records are wanted. ``as_of_given`` says whether the
    reader chose the day.
    """

    state: State
    as_of: datetime.date
    as_of_given: bool
    division: Division | None
    today: Division | None
    counted: str


def asked_day(text: str) -> datetime.date:
    """Return the day that ``text`` names; anything else is told to the reader."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise BadParameterError(
            _("“%(text)s” is no date.") % {"text": text}, _("Write it as 2020-12-31.")
        ) from error
    if len(text) != len("2020-12-31"):
        raise BadParameterError(
            _("“%(text)s” is no date.") % {"text": text}, _("Write it as 2020-12-31.")
        )
    if not is_askable(day):
        raise BadParameterError(
            _("“%(text)s” cannot be shown.") % {"text": text},
            _("Write a day from %(first)s to %(last)s.") % {"first": FIRST_DAY, "last": LAST_DAY},
        )
    return day


def asked_choice(name: str, text: str, allowed: list[str]) -> str:
    """Return ``text`` where it is one of ``allowed``; anything else is told to the reader."""
    if text not in allowed:
        raise BadParameterError(
            _("“%(text)s” is no value of “%(name)s”.") % {"text": text, "name": name},
            _("It may be one of: %(allowed)s.") % {"allowed": ", ".join(allowed)},
        )
    return text


class ProgrammePage(PortalPage):
    """A page of one programme.

    Sets ``programme``, ``scope`` and ``asked``; ``state_view`` is the view that the address asks
    for. The code in the address is ``code``. A programme out of scope is not found (404).
    """

    right: ClassVar[Right] = Right.VIEW_CITY
    default_state: ClassVar[State] = State.PLANNED
    lists_records: ClassVar[bool] = False
    """Whether the page lists records, so that a district is told that it sees only its own."""

    saves_views: ClassVar[bool] = True
    """Whether the page offers to be saved under a name, with its filters."""

    request: HttpRequest
    programme: Programme
    scope: Scope
    asked: Asked

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read programme, scope and parameters."""
        self.scope = scope_of(request.user)
        self.programme = self.find_programme(**kwargs)
        self.asked = self._read(request)

    def find_programme(self, **kwargs: Any) -> Programme:
        """Return the programme that the address names, if the reader may see it."""
        for programme in self.programmes:
            if programme.code == kwargs["code"]:
                return programme
        raise Http404(_("There is no such programme."))

    @cached_property
    def programmes(self) -> list[Programme]:
        """The programmes that the reader may see: the one of the page, and the choice of others."""
        return list(programmes_visible_to(self.scope))

    def _read(self, request: HttpRequest) -> Asked:
        asked = {name: str(value).strip() for name, value in request.GET.items()}
        state = asked.get("state") or self.default_state.value
        day = asked_day(asked["as_of"]) if asked.get("as_of") else self.programme.opens_as_of
        counted = asked.get("counted", "")
        if counted:
            asked_choice("counted", counted, Counted.values)
        return Asked(
            state=State(asked_choice("state", state, State.values)),
            as_of=day,
            as_of_given=bool(asked.get("as_of")),
            division=self._owner(asked.get("division", "")),
            today=self._today(asked.get("today", ""), day),
            counted=counted,
        )

    def _owner(self, code: str) -> Division | None:
        if not code:
            return None
        owner = owner_with_code(self.programme, code)
        if owner is None:
            raise BadParameterError(
                _("“%(code)s” is no owner of this programme.") % {"code": code},
                _("Write the six digits of a division that existed at the baseline date."),
            )
        if not self.scope.covers(owner.pk):
            raise Http404(_("This division's records are out of your scope."))
        return owner

    def _today(self, code: str, day: datetime.date) -> Division | None:
        if not code:
            return None
        found = division_today(code, day)
        if found is None:
            raise BadParameterError(
                _("There is no division “%(code)s” on %(day)s.") % {"code": code, "day": day}
            )
        return found

    @cached_property
    def state_view(self) -> StateView:
        """The programme in the state and on the day that the address asks for."""
        return state_view(self.programme, self.asked.state, self.asked.as_of)

    def place_q(self) -> Q:
        """Return the filter for rows in scope and at the place that the address asks for."""
        place = self.scope.q("division_id")
        if self.asked.division is not None:
            place &= Q(division_id=self.asked.division.pk)
        if self.asked.today is not None:
            place &= today_q(self.asked.today, self.asked.as_of)
        return place

    def narrowed(self, rows: QuerySet[Model, Any]) -> QuerySet[Any, Any]:
        """Return ``rows`` of the state selector in scope, at the place and in the count asked."""
        return rows.filter(self.place_q(), counted_q(self.asked.counted))

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return (label, address) pairs below the programme; the page itself has no address."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the programme, what was asked, the navigation and the notes."""
        asked = self.asked
        code = self.programme.code
        carried = {"as_of": asked.as_of.isoformat()} if asked.as_of_given else {}
        below = self.breadcrumbs()
        home = (self.programme.label, reverse("programme", args=[code]))
        return super().get_context_data(
            programme=self.programme,
            programmes=self.programmes,
            scope=self.scope,
            asked=asked,
            state=asked.state,
            states=State.choices,
            as_of=asked.as_of,
            division=asked.division,
            nav=navigation(self.request.user, code, self.section, carried),
            breadcrumbs=[home, *below] if below else [],
            own_records_only=self.lists_records and not self.scope.is_city,
            saves_views=self.saves_views and self.request.method == "GET",
            unread_notices=unread_count(reader_of(self.request)),
            **kwargs,
        )


class ExportedPage(ProgrammePage):
    """A page that is offered as a file too (``export=xlsx`` or ``csv``): what it shows, no more."""

    export_name: ClassVar[str] = ""
    """What the file is called where a program reads no Chinese."""

    export_title: ClassVar[StrOrPromise] = ""
    """What the file and its sheet are called in the reader's language."""

    def export_table(self, shown: dict[str, Any]) -> tuple[list[Any], Iterable[Iterable[Any]]]:
        """Return headings and rows of what the page shows."""
        raise NotImplementedError

    def export_about(self) -> list[str]:
        """Return what the file says of itself below its title: state, day, and what was chosen."""
        return [str(self.asked.state.label), self.asked.as_of.isoformat()]

    def export_file_name(self) -> str:
        """Return the name of the file in ASCII, without its ending."""
        return f"{self.programme.code}-{self.export_name}-{self.asked.as_of.isoformat()}"

    def export_words(self) -> list[Any]:
        """Return what the file's name says in the reader's language, after the city."""
        return [self.export_title, self.asked.as_of.isoformat()]

    def listing(self) -> Listing:
        """Return what the page shows as a list of rows, for a file in any format."""
        shown = self.get_context_data()
        headings, rows = self.export_table(shown)
        about: list[list[Any]] = [[self.programme.label], self.export_about()]
        if shown.get("rests_on_placeholders"):
            about.append([_("Rests on placeholder data")])
        return Listing(
            name=file_name(self.programme.division.label, *self.export_words()),
            plain_name=self.export_file_name(),
            title=str(self.export_title),
            about=about,
            headings=headings,
            chunks=[rows],
        )

    def get(self, _request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page, or send it as a file."""
        kind = format_asked(self.request)
        return sent(self.listing(), kind) if kind else super().get(_request, *args, **kwargs)

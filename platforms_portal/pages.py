"""What every page shares: the right that it needs, the navigation, errors told to the reader.

Knows no app: pages of a programme add what they need in ``consolidation.views.base``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from platforms_portal.access import Right, has_right

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django_stubs_ext import StrOrPromise

    from accounts.models import User


class BadParameterError(Exception):
    """The address asks for something that cannot be: told to the reader, with status 400.

    ``message`` says what is wrong; ``advice`` says what to write instead.
    """

    def __init__(self, message: StrOrPromise, advice: StrOrPromise = "") -> None:
        """Keep the sentences for the page."""
        super().__init__(message)
        self.message = message
        self.advice = advice


class NavEntry(NamedTuple):
    """A section of a programme: its key, its words, the name of its address, the right it needs."""

    section: str
    label: StrOrPromise
    url_name: str
    right: Right


class NavGroup(NamedTuple):
    """Sections that belong together, under one heading."""

    label: StrOrPromise
    entries: tuple[NavEntry, ...]


class NavLink(NamedTuple):
    """An entry of the navigation as one reader sees it."""

    label: StrOrPromise
    url: str
    current: bool


class NavGroupLink(NamedTuple):
    """A heading of the navigation as one reader sees it; it leads to the first of its ``links``."""

    label: StrOrPromise
    url: str
    current: bool
    links: list[NavLink]


GROUPS = (
    NavGroup(
        gettext_lazy("Overview"),
        (
            NavEntry("overview", gettext_lazy("Overview"), "programme", Right.VIEW_CITY),
            NavEntry("city", gettext_lazy("City view"), "city", Right.VIEW_CITY),
            NavEntry("changes", gettext_lazy("What changed"), "changes", Right.VIEW_CITY),
            NavEntry("signals", gettext_lazy("Figures to verify"), "signals", Right.VIEW_LEDGER),
        ),
    ),
    NavGroup(
        gettext_lazy("Plans"),
        (
            NavEntry("review", gettext_lazy("Review desk"), "review", Right.REVIEW),
            NavEntry("review", gettext_lazy("Review desk"), "review", Right.COUNTERSIGN),
            NavEntry("plans", gettext_lazy("Plans"), "plans", Right.VIEW_LEDGER),
            NavEntry("retained", gettext_lazy("Retained"), "retained-list", Right.VIEW_LEDGER),
            NavEntry("solver", gettext_lazy("Plan solver"), "solver", Right.SOLVE),
            NavEntry("head-counts", gettext_lazy("Monthly report"), "head-counts", Right.EDIT_PLAN),
        ),
    ),
    NavGroup(
        gettext_lazy("Ledger"),
        (
            NavEntry("platforms", gettext_lazy("Platforms"), "platforms", Right.VIEW_LEDGER),
            NavEntry("bodies", gettext_lazy("Management bodies"), "bodies", Right.VIEW_BODIES),
            NavEntry("plates", gettext_lazy("Plates"), "plates", Right.VIEW_LEDGER),
            NavEntry("people", gettext_lazy("People"), "people", Right.VIEW_PEOPLE),
            NavEntry("ledger", gettext_lazy("Check the ledger"), "ledger-check", Right.EDIT_PLAN),
            NavEntry("corrections", gettext_lazy("Corrections"), "corrections", Right.VIEW_LEDGER),
        ),
    ),
    NavGroup(
        gettext_lazy("Follow-up"),
        (
            NavEntry("follow-up", gettext_lazy("What is due"), "follow-up", Right.VIEW_TASKS),
            NavEntry("tasks", gettext_lazy("Tasks"), "tasks", Right.VIEW_TASKS),
        ),
    ),
    NavGroup(
        gettext_lazy("Goals and evaluation"),
        (NavEntry("evaluation", gettext_lazy("Goals and evaluation"), "goals", Right.VIEW_CITY),),
    ),
    NavGroup(
        gettext_lazy("Tables and reports"),
        (
            NavEntry("reports", gettext_lazy("Reports and documents"), "reports", Right.VIEW_CITY),
            NavEntry("imports", gettext_lazy("Import workbooks"), "imports", Right.EDIT_PLAN),
            NavEntry("imports", gettext_lazy("Import workbooks"), "imports", Right.LOAD_LEDGER),
        ),
    ),
)
"""Every section of a programme. Two lines of links, the groups and what is in the current one, hide
nothing behind a menu and need no script."""


def navigation(
    user: User | AnonymousUser, code: str, section: str, carried: Mapping[str, str] | None = None
) -> list[NavGroupLink]:
    """Return the links to the sections of programme ``code`` that ``user`` may open, by group.

    ``carried`` are parameters that stay while the reader moves on (the day that was chosen).
    """
    query = f"?{urlencode(carried)}" if carried else ""
    groups = []
    for group in GROUPS:
        links = [
            NavLink(
                entry.label, reverse(entry.url_name, args=[code]) + query, entry.section == section
            )
            for entry in group.entries
            if has_right(user, entry.right)
        ]
        if links:
            current = any(link.current for link in links)
            groups.append(NavGroupLink(group.label, links[0].url, current, links))
    return groups


class PortalPage(TemplateResponseMixin, ContextMixin, View):
    """A page that needs ``right`` and belongs to ``section`` of the navigation."""

    right: ClassVar[Right]
    section: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse who lacks the right (403); tell what is wrong with the address (400)."""
        if not has_right(request.user, self.right):
            wanted = self.right.label
            raise PermissionDenied(
                _("Your role does not have the right to “%(right)s”.") % {"right": wanted}
            )
        try:
            self.prepare(request, **kwargs)
            return super().dispatch(request, *args, **kwargs)
        except BadParameterError as problem:
            return self.explain(problem)

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read what the address asks for, before any handler runs; nothing by default."""

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Show the page."""
        return self.render_to_response(self.get_context_data())

    def explain(self, problem: BadParameterError) -> HttpResponseBase:
        """Return the page that says what is wrong with the address, and the way back."""
        return self.response_class(
            request=self.request,
            template=["bad_parameter.html"],
            context={"problem": problem, "way_back": self.request.path},
            status=400,
        )

"""Parts of a record's page that another app adds: ``staffing`` shows its people here.

An app registers a panel for a subject; the page asks for the panels that its reader may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from platforms_portal.access import Right, has_right

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from consolidation.selectors.state import StateView
    from platforms_portal.access import Scope

BODY = "body"
PLAN = "plan"


@dataclass(frozen=True)
class Panel:
    """A part of the page of a ``subject``: the right it needs, its template, what it shows.

    ``context`` takes the scope of the reader, the view of the page and the record.
    """

    subject: str
    right: Right
    template: str
    context: Callable[[Scope, StateView, Any], dict[str, Any]]


@dataclass(frozen=True)
class ShownPanel:
    """A panel as a page includes it."""

    template: str
    context: dict[str, Any]


PANELS: dict[str, Panel] = {}


def register(panel: Panel) -> Panel:
    """Add a panel to the registry; a template taken already is an error of the programmer."""
    if panel.template in PANELS:
        raise ValueError(f"panel {panel.template!r} is registered twice")
    PANELS[panel.template] = panel
    return panel


def panels_for(
    user: User | AnonymousUser, scope: Scope, view: StateView, subject: str, record: Any
) -> list[ShownPanel]:
    """Return the panels of ``record`` that ``user`` may see, in the order of registration."""
    return [
        ShownPanel(panel.template, panel.context(scope, view, record))
        for panel in PANELS.values()
        if panel.subject == subject and has_right(user, panel.right)
    ]

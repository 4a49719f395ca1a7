"""Who may do what: the roles, their rights, and the scope of what a user sees.

One table (``RIGHTS``) answers every question of access. Views, API and templates ask
``has_right``; selectors narrow their querysets with ``Scope``. What is not granted is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Role(models.TextChoices):
    """The seven kinds of people who work with the portal."""

    DISTRICT_OFFICIAL = "district_official", _("District official")
    DISTRICT_LEADER = "district_leader", _("District leader")
    COMMISSION_REVIEWER = "commission_reviewer", _("Commission reviewer")
    COUNTERSIGNER = "countersigner", _("Countersigning department")
    ANALYST = "analyst", _("Analyst")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Right(models.TextChoices):
    """What a role may be allowed to do; a page or endpoint names the one right it needs."""

    VIEW_CITY = "view_city", _("see the city's figures")
    VIEW_LEDGER = "view_ledger", _("see platforms, plates and plans")
    VIEW_BODIES = "view_bodies", _("see management bodies and posts")
    VIEW_PEOPLE = "view_people", _("see head counts and redeployment")
    VIEW_TASKS = "view_tasks", _("see the tasks of departments")
    VIEW_HISTORY = "view_history", _("see who changed what and when")
    DECIDE = "decide", _("designate sub-areas and grant exceptions")
    EDIT_PLAN = "edit_plan", _("enter the own division's plan and report what was carried out")
    APPROVE_IN_DIVISION = "approve_in_division", _("approve the own division's plan")
    REVIEW = "review", _("review plans, confirm steps and corrections")
    COUNTERSIGN = "countersign", _("countersign the own department's part of a plan")
    FOLLOW_UP = "follow_up", _("remind and escalate what is late")
    ANSWER_TASKS = "answer_tasks", _("report on the own department's tasks")
    EVALUATE = "evaluate", _("enter and publish the comprehensive evaluation")
    SOLVE = "solve", _("let the solver propose changes to plans")
    LOAD_LEDGER = "load_ledger", _("load workbooks into the ledger")


DISTRICT_ROLES = frozenset({Role.DISTRICT_OFFICIAL, Role.DISTRICT_LEADER})

_READ_ALL = frozenset(
    {
        Right.VIEW_CITY,
        Right.VIEW_LEDGER,
        Right.VIEW_BODIES,
        Right.VIEW_PEOPLE,
        Right.VIEW_TASKS,
        Right.VIEW_HISTORY,
    }
)

RIGHTS: dict[str, frozenset[Right]] = {
    Role.DISTRICT_OFFICIAL: _READ_ALL | {Right.EDIT_PLAN, Right.SOLVE},
    Role.DISTRICT_LEADER: _READ_ALL | {Right.APPROVE_IN_DIVISION},
    # The commission is a responsible department too: its people answer its own tasks.
    Role.COMMISSION_REVIEWER: _READ_ALL
    | {
        Right.DECIDE,
        Right.REVIEW,
        Right.FOLLOW_UP,
        Right.ANSWER_TASKS,
        Right.EVALUATE,
        Right.SOLVE,
        Right.LOAD_LEDGER,
    },
    # What a countersigner signs (bodies or people) is added by its department, see has_right.
    Role.COUNTERSIGNER: frozenset(
        {Right.VIEW_CITY, Right.VIEW_LEDGER, Right.VIEW_TASKS, Right.ANSWER_TASKS}
    ),
    Role.ANALYST: _READ_ALL - {Right.VIEW_HISTORY},
    Role.AUDITOR: _READ_ALL,
    Role.ADMINISTRATOR: _READ_ALL | {Right.LOAD_LEDGER},
}


class Countersigns(models.TextChoices):
    """The part of a plan that a department signs, and so the part that it sees."""

    NOTHING = "nothing", _("Nothing")
    BODIES = "bodies", _("Management bodies and posts")
    PEOPLE = "people", _("People and pay")


_COUNTERSIGNER_RIGHTS: dict[str, frozenset[Right]] = {
    Countersigns.BODIES: frozenset({Right.VIEW_BODIES, Right.COUNTERSIGN}),
    # People are counted per body, so whoever signs for people sees the bodies they sit in.
    Countersigns.PEOPLE: frozenset({Right.VIEW_BODIES, Right.VIEW_PEOPLE, Right.COUNTERSIGN}),
}


@dataclass(frozen=True)
class Scope:
    """The part of the ledger that a user sees: everything, or one division's own records.

    ``division_id`` is ``None`` for roles that see the whole city. ``nothing`` is true for a user
    who may see no record at all (a district role without a division, a disabled account).
    """

    division_id: int | None = None
    nothing: bool = False

    @property
    def is_city(self) -> bool:
        """Whether the scope is the whole city."""
        return self.division_id is None and not self.nothing

    def q(self, field: str) -> models.Q:
        """Return the filter that narrows ``field`` (a division's key) to this scope."""
        if self.nothing:
            return models.Q(pk__in=[])
        if self.division_id is None:
            return models.Q()
        return models.Q(**{field: self.division_id})

    def covers(self, division_id: int) -> bool:
        """Whether records of the division with this key are in scope."""
        return not self.nothing and self.division_id in (None, division_id)


def rights_of(user: User | AnonymousUser) -> frozenset[Right]:
    """Return every right of ``user``; none for a visitor or a disabled account."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    rights = RIGHTS.get(user.role, frozenset())
    if user.role == Role.COUNTERSIGNER and user.department is not None:
        rights |= _COUNTERSIGNER_RIGHTS.get(user.department.countersigns, frozenset())
    return rights


def has_right(user: User | AnonymousUser, right: Right) -> bool:
    """Whether ``user`` holds ``right``."""
    return right in rights_of(user)


def scope_of(user: User | AnonymousUser) -> Scope:
    """Return the scope of ``user``: its own division for district roles, else the city."""
    if not rights_of(user):
        return Scope(nothing=True)
    if user.is_authenticated and user.role in DISTRICT_ROLES:
        return Scope(division_id=user.division_id, nothing=user.division_id is None)
    return Scope()

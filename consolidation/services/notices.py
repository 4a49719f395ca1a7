"""Telling people: a notice in the portal with the act itself, and a mail once it is committed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consolidation.models import Notice
from platforms_portal.access import Countersigns, Role
from platforms_portal.history import create_recorded, update_recorded
from platforms_portal.words import labelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from consolidation.models import MergePlan, Programme, Task

log = structlog.get_logger(__name__)


def officials_of(division_id: int) -> list[User]:
    """Return the officials of a division who can sign in."""
    return _users(Q(role=Role.DISTRICT_OFFICIAL, division=division_id))


def leaders_of(division_id: int) -> list[User]:
    """Return the leaders of a division who can sign in."""
    return _users(Q(role=Role.DISTRICT_LEADER, division=division_id))


def reviewers() -> list[User]:
    """Return the reviewers of the commission who can sign in."""
    return _users(Q(role=Role.COMMISSION_REVIEWER))


def countersigners(programme: Programme) -> list[User]:
    """Return the users of the city's departments that countersign."""
    signs = Q(department__countersigns__in=[Countersigns.BODIES, Countersigns.PEOPLE])
    return _users(Q(role=Role.COUNTERSIGNER, department__division=programme.division_id) & signs)


def answerers_of(task: Task) -> list[User]:
    """Return the users of the departments responsible for ``task`` who can sign in."""
    return users_of_departments([department.pk for department in task.departments.all()])


def users_of_departments(departments: Iterable[int]) -> list[User]:
    """Return the accounts of these departments, and the reviewers who belong to one of them."""
    roles = [Role.COUNTERSIGNER, Role.COMMISSION_REVIEWER]
    return _users(Q(role__in=roles, department__in=list(departments)))


def _users(condition: Q) -> list[User]:
    users = get_user_model()._default_manager  # noqa: SLF001 - documented by Django
    return list(users.filter(condition, is_active=True).order_by("pk"))


def notify(
    *,
    users: Iterable[User],
    kind: Notice.Kind,
    programme: Programme,
    url: str,
    actor: User | None,
    plan: MergePlan | None = None,
    detail: str = "",
    by: str = "",
) -> list[Notice]:
    """Tell ``users`` what happened, except ``actor``, who did it; mail follows the commit.

    Without an ``actor`` a command does it, and ``by`` is its name. ``detail`` says what it is about
    and why; ``url`` is the page to open. Returns the notices, which belong to the transaction that
    they are written in.
    """
    told = [user for user in users if actor is None or user.pk != actor.pk]
    notices = create_recorded(
        Notice,
        [
            Notice(
                user=user,
                kind=kind,
                programme=programme,
                plan=plan,
                detail=detail[:500],
                url=url[:300],
            )
            for user in told
        ],
        actor=actor.get_username() if actor is not None else by,
        reason="",
        user=actor,
    )
    if notices:
        transaction.on_commit(partial(_send, kind, programme, url, detail, told), robust=True)
    return notices


def _send(
    kind: Notice.Kind, programme: Programme, url: str, detail: str, users: list[User]
) -> None:
    addresses = [user.email for user in users if user.email]
    if not addresses:
        return
    # The reader's own language is not known here; the portal's first one is.
    with translation.override("zh-hans"):
        subject = labelled(kind.label, programme.name)
        body = "\n\n".join(part for part in (detail, _where(url)) if part)
    try:
        with get_connection() as connection:
            connection.send_messages([EmailMessage(subject, body, to=[to]) for to in addresses])
    except OSError as error:
        # The notice in the portal stands; a mail server that is down must not undo an act.
        log.warning("mail_not_sent", kind=str(kind), error=str(error))


def _where(url: str) -> str:
    """Return where in the portal it is found: an address only where the site knows its own."""
    if settings.PORTAL_URL:
        return _("Open it in the portal: %(url)s") % {"url": f"{settings.PORTAL_URL}{url}"}
    return _("Sign in to the portal and open it on the page “Notices”.")


def mark_read(*, user: User, keys: Iterable[int] | None = None) -> int:
    """Mark the notices of ``user`` as read (all of them without ``keys``); return how many."""
    unread = Notice.objects.filter(user=user, read_at=None)
    if keys is not None:
        unread = unread.filter(pk__in=list(keys))
    with transaction.atomic():
        found = list(unread.select_for_update())
        for notice in found:
            notice.read_at = timezone.now()
        if found:
            update_recorded(
                Notice, found, ["read_at"], actor=user.get_username(), reason="", user=user
            )
    return len(found)

"""Asking for a run, giving one up, asking again. What the run does is the worker's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from platforms_portal.access import Right, has_right, scope_of
from platforms_portal.history import save_recorded
from solver.models import SolverRun
from solver.tasks import run_solver

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from accounts.models import User
    from consolidation.models import Programme
    from zones.models import Division

UNDER_WAY_MAX = 3
"""How many runs one may have waiting or running: a worker does one after the other."""


def ask(
    *,
    programme: Programme,
    owner: Division | None,
    options: Mapping[str, Any],
    seconds: int,
    as_of: datetime.date,
    user: User,
) -> SolverRun:
    """Ask for a proposal and return the run, which waits for the worker.

    A district asks for its own division only, and its run looks at its open draft. Raises
    ``PermissionDenied``, and ``ValidationError`` where too many runs are under way.
    """
    scope = scope_of(user)
    if not has_right(user, Right.SOLVE):
        raise PermissionDenied(_("Your role may not ask the solver."))
    if not scope.is_city and (owner is None or not scope.covers(owner.pk)):
        raise PermissionDenied(_("A district asks for its own division."))
    with transaction.atomic():
        # The account is there before its runs are: two clicks at once wait for it.
        get_user_model()._default_manager.select_for_update(of=("self",)).get(pk=user.pk)  # noqa: SLF001 - documented by Django
        mine = SolverRun.objects.filter(asked_by=user, state__in=SolverRun.UNDER_WAY)
        waiting = [run for run in mine if not run.is_lost]
        if len(waiting) >= UNDER_WAY_MAX:
            raise ValidationError(
                _("You have %(n)d runs under way. Wait for one, or cancel it.")
                % {"n": len(waiting)}
            )
        run = SolverRun(
            programme=programme,
            owner=owner,
            is_internal=not scope.is_city,
            asked_by=user,
            as_of=as_of,
            seconds=seconds,
            options=dict(options),
        )
        save_recorded(run, user=user, reason=_("Asked for"))
        transaction.on_commit(partial(run_solver.enqueue, run.pk))
        return run


def cancel(*, run: SolverRun, user: User) -> None:
    """Give a run up: one that waits at once, one that runs at its next sign of life."""
    _may(run, user)
    with transaction.atomic():
        locked = SolverRun.objects.select_for_update().get(pk=run.pk)
        if not locked.is_under_way:
            raise ValidationError(_("This run is over already."))
        locked.cancel_asked = True
        if locked.state == SolverRun.State.QUEUED or locked.is_lost:
            locked.state = SolverRun.State.CANCELLED
            locked.finished_at = timezone.now()
        save_recorded(locked, user=user, reason=_("Cancelled"))


def ask_again(*, run: SolverRun, user: User) -> SolverRun:
    """Ask for the same once more, on the data of today. A lost run is closed as failed."""
    _may(run, user)
    with transaction.atomic():
        locked = SolverRun.objects.select_for_update().get(pk=run.pk)
        if locked.is_lost:
            locked.state, locked.finished_at = SolverRun.State.FAILED, timezone.now()
            save_recorded(locked, user=user, reason=_("Its worker was gone"))
        return ask(
            programme=run.programme,
            owner=run.owner,
            options=run.options,
            seconds=run.seconds,
            as_of=run.as_of,
            user=user,
        )


def _may(run: SolverRun, user: User) -> None:
    scope = scope_of(user)
    own = scope.is_city != run.is_internal and (scope.is_city or scope.covers(run.owner_id or 0))
    if not has_right(user, Right.SOLVE) or not own:
        raise PermissionDenied(_("Your role may not ask the solver."))

"""Who an upload acts for, and how a trial is taken back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction

from exchange.services.writers import ACTOR
from platforms_portal.access import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User
    from exchange.models import ImportRun


def actor_of(run: ImportRun, user: User | None) -> User:
    """Return who acts: the account, or for the command one of the division that is never stored.

    The services judge it as an official of the run's division; history keeps its name as text.
    """
    if user is not None:
        return user
    account: User = get_user_model()(
        username=ACTOR, role=Role.DISTRICT_OFFICIAL, division=run.division
    )
    return account


def told_in_history(run: ImportRun, reason: str) -> str:
    """Return what history says of a change: the reason given, or the file that it comes from."""
    return reason or run.reason or str(run)


@contextmanager
def taken_back() -> Iterator[None]:
    """Do everything for real, and take it back at the end: nothing is sent, nothing stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)

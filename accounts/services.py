"""Every write of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from accounts.models import User
from platforms_portal.history import create_recorded

if TYPE_CHECKING:
    from zones.models import Department, Division


@transaction.atomic
def create_account(
    *,
    username: str,
    password: str,
    role: str,
    actor: str,
    full_name: str = "",
    division: Division | None = None,
    department: Department | None = None,
    reason: str = "",
) -> User:
    """Create an account and return it; ``actor`` and ``reason`` go into its history.

    Raises ``ValidationError`` where the password is too weak, the name is taken, or the role
    needs a division or department that is not given.
    """
    user = User(
        username=username,
        full_name=full_name,
        role=role,
        division=division,
        department=department,
    )
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    (created,) = create_recorded(User, [user], actor=actor, reason=reason)
    return created


def open_sign_in(*, user: User) -> int:
    """Let ``user`` try to sign in again after too many wrong passwords.

    Returns how many records of failed attempts were taken away; 0 means it was not closed.
    """
    return int(reset(username=user.get_username()))

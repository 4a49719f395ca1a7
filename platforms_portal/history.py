"""The history that every changing record keeps: who, when, in which request, from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from django.db import models
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User


M = TypeVar("M", bound=models.Model)


class RecordedChange(models.Model):
    """What each row of history holds beside the record's own values.

    The actor is kept as text too: an account may be deleted, the answer to "who" may not.
    """

    actor = models.CharField(_("actor"), max_length=150, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        abstract = True


def recorded(*, without: Sequence[str] = ()) -> HistoricalRecords:
    """Return a history manager, for a model to hold as its attribute ``history``.

    ``without`` names fields that are no fact to be kept, such as a password's hash.
    """
    return HistoricalRecords(bases=[RecordedChange], excluded_fields=list(without))


def current_request_id() -> str:
    """Return the id of the request being answered, or an empty string outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


@receiver(pre_create_historical_record)
def stamp_change(history_instance: Any, **kwargs: Any) -> None:
    """Write actor and request into the row of history about to be saved."""
    user = kwargs.get("history_user")
    if user is not None and not history_instance.actor:
        history_instance.actor = user.get_username()
    if not history_instance.actor:
        history_instance.actor = getattr(kwargs.get("instance"), "_history_actor", "")
    history_instance.request_id = history_instance.request_id or current_request_id()


def create_recorded(
    model: type[M], rows: Sequence[M], *, actor: str, reason: str, user: User | None = None
) -> list[M]:
    """Insert ``rows`` in bulk together with their first rows of history.

    ``actor`` is who does it, as text (a command names itself); ``reason`` says why.
    """
    created: list[M] = bulk_create_with_history(
        list(rows),
        model,
        batch_size=2000,
        default_user=_account(user),
        default_change_reason=reason,
        custom_historical_attrs={"actor": actor, "request_id": current_request_id()},
    )
    return created


def update_recorded(
    model: type[M],
    rows: Sequence[M],
    fields: Sequence[str],
    *,
    actor: str,
    reason: str,
    user: User | None = None,
) -> int:
    """Update ``fields`` of ``rows`` in bulk, each with a row of history; return how many."""
    changed: int = bulk_update_with_history(
        list(rows),
        model,
        list(fields),
        batch_size=500,
        default_user=_account(user),
        default_change_reason=reason,
        custom_historical_attrs={"actor": actor, "request_id": current_request_id()},
    )
    return changed


def save_recorded(record: models.Model, *, user: User | None, reason: str, actor: str = "") -> None:
    """Judge ``record`` by its fields and constraints and save it, with its row of history.

    ``actor`` names who does it where that is no user. Raises ``ValidationError`` with every error
    by its field.
    """
    _mark(record, user, reason, actor)
    record.full_clean()
    record.save()


def delete_recorded(record: models.Model, *, user: User, reason: str) -> None:
    """Delete ``record``; its last row of history says who did it and why."""
    _mark(record, user, reason)
    record.delete()


def _mark(record: Any, user: User | None, reason: str, actor: str = "") -> None:
    # The library reads these where the row of history is written; ``stamp_change`` the last.
    record._change_reason = reason  # noqa: SLF001 - simple-history's own name
    record._history_user = _account(user)  # noqa: SLF001 - the same
    told = user.get_username() if user is not None else ""
    record._history_actor = actor or told  # noqa: SLF001 - our own


def _account(user: User | None) -> User | None:
    """Return the account to refer to; a command acts by a name alone, which is kept as text."""
    return user if user is not None and user.pk is not None else None

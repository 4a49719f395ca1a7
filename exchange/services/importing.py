"""An upload from its arrival to its end: received, confirmed, checked, committed or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from django.core.files.base import File

    from accounts.models import User
    from consolidation.models import Programme
    from exchange.matching import Match
    from exchange.models import ImportRun
    from zones.models import Division


def receive(
    *,
    programme: Programme,
    division: Division | None,
    template: str,
    upload: File[Any],
    user: User | None,
    direct: bool,
    reason: str = "",
) -> ImportRun:
    """Keep a file that was sent, find out what its columns are, and return the run.

    Where nobody needs to look at the columns, the check follows at once: within the call for a
    small file, by the worker for a long one. A file that cannot be read gives a run that is
    refused, with the reason. ``user`` is empty for the system. Raises ``PermissionDenied``, and
    ``ValidationError`` where nothing was sent or too many runs are under way.
    """
    raise NotImplementedError


def confirm(*, run: ImportRun, matches: Sequence[Match], user: User | None) -> ImportRun:
    """Take ``matches`` as what the columns are, remember them, and let the file be checked.

    Raises ``PermissionDenied``, and ``ValidationError`` where a required column is missing, a
    column is named twice, or the run is past that.
    """
    raise NotImplementedError


def check_again(*, run: ImportRun, user: User | None) -> ImportRun:
    """Check the file anew on the data of today: after it moved, or after a worker was lost."""
    raise NotImplementedError


def commit(*, run: ImportRun, digest: str, reason: str, user: User | None) -> ImportRun:
    """Write exactly the rows that were shown, all of them or none.

    ``digest`` is the run's ``data_digest`` as the page showed it. Where the data moved since, the
    run becomes ``stale`` and nothing is written. Raises ``PermissionDenied``, and
    ``ValidationError`` where there are errors, there is nothing to write, or no reason is given.
    """
    raise NotImplementedError


def cancel(*, run: ImportRun, user: User | None) -> ImportRun:
    """Give the run up: at once where it waits, at its next chunk where it is worked at."""
    raise NotImplementedError


def check_now(run: ImportRun) -> None:
    """Do the check of a run that waits; for the worker and the command."""
    raise NotImplementedError


def commit_now(run: ImportRun) -> None:
    """Do the commit of a run that waits for it; for the worker and the command."""
    raise NotImplementedError

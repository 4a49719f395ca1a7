"""An upload from its arrival to its end: received, confirmed, checked, committed or given up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consolidation.services.attachments import clean_name
from exchange.models import ImportRun
from exchange.problems import RefusedError
from exchange.reading import open_book
from exchange.selectors.runs import errs_in_rows_alone
from exchange.services.arriving import complete, match_up, may_import, not_too_many
from exchange.services.checking import check_now
from exchange.services.committing import commit_now
from exchange.services.keeping import digest_of, drop_file, forget_rows, local_file, save_run
from exchange.services.remembering import remember
from exchange.tasks import run_check, run_commit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.base import File

    from accounts.models import User
    from consolidation.models import Programme
    from exchange.matching import Match
    from zones.models import Division

__all__ = ["cancel", "check_again", "check_now", "commit", "commit_now", "confirm", "receive"]

log = structlog.get_logger(__name__)

State = ImportRun.State

SMALL = 2000
"""Files of so many rows are checked and written while their sender waits."""

SMALL_BYTES = 2 * 1024 * 1024
"""A larger file takes long to open, however few of its rows hold anything."""


def receive(
    *,
    programme: Programme,
    division: Division | None,
    template: str,
    upload: File[Any],
    user: User | None,
    direct: bool,
    reason: str = "",
    at_once: bool = False,
) -> ImportRun:
    """Keep a file that was sent, find out what its columns are, and return the run.

    Where nobody needs to look at the columns (the portal's own template, unaltered), the check
    follows at once: within the call for a small file, by the worker for a long one. A file that
    cannot be read gives a run that is refused, with the reason. ``user`` is empty for the system.
    ``at_once`` is for who can wait as long as it takes: no worker is asked, here and below.
    Raises ``PermissionDenied``, and ``ValidationError`` where nothing was sent or too many runs
    are under way.
    """
    may_import(user, template, division, direct=direct)
    digest = digest_of(upload)
    with transaction.atomic():
        not_too_many(user)
        run = ImportRun(
            programme=programme,
            division=division,
            template=template,
            file_name=clean_name(upload.name or ""),
            file_size=upload.size,
            file_digest=digest,
            direct=direct,
            reason=reason.strip(),
            language=get_language() or "zh-hans",
            uploaded_by=user,
        )
        run.file = upload
        save_run(run, user=user, reason=_("Received"))
    return _understand(run, user, at_once=at_once)


def _understand(run: ImportRun, user: User | None, *, at_once: bool) -> ImportRun:
    """Find out what the columns are; go on where nobody needs to look at them."""
    try:
        with local_file(run) as path:
            certain = match_up(run, open_book(path, run.file_name))
    except RefusedError as error:
        return _refuse(run, error, user)
    except Exception:  # Whatever it was, the sender is told, and the log has it all.
        log.exception("import_reading_failed", run=run.pk)
        return _refuse(run, _unread(run), user)
    if certain:
        return _start(run, user, at_once=at_once)
    run.state = State.TO_CONFIRM
    save_run(run, user=user, reason=_("Columns to be confirmed"))
    return run


def confirm(
    *, run: ImportRun, matches: Sequence[Match], user: User | None, at_once: bool = False
) -> ImportRun:
    """Take ``matches`` as what the columns are, remember them, and let the file be checked.

    Raises ``PermissionDenied``, and ``ValidationError`` where a required column is missing, a
    column is named twice, or the run is past that.
    """
    _may(run, user)
    used = [match for match in matches if match.subject]
    complete(run, used)
    with transaction.atomic():
        held = _locked(run)
        _only_in(held, State.TO_CONFIRM, State.CHECKED, State.STALE)
        held.matches = [match.as_json() for match in used]
        if user is not None:
            remember(run=held, matches=used, user=user)
        _queue(held, user, _("Columns confirmed"), at_once=at_once)
    return _go(held, at_once=at_once)


def check_again(*, run: ImportRun, user: User | None) -> ImportRun:
    """Check the file anew on the data of today: after it moved, or after a worker was lost.

    Raises ``PermissionDenied``, and ``ValidationError`` where there is nothing to check any more.
    """
    _may(run, user)
    with transaction.atomic():
        held = _locked(run)
        if not held.is_lost:
            _only_in(held, State.CHECKED, State.STALE, State.FAILED, State.CANCELLED)
        if not held.file:
            raise ValidationError(_("The file is not kept any more. Upload it again."))
        if not held.matches:
            raise ValidationError(_("The columns of the file were not confirmed. Upload it again."))
        _queue(held, user, _("To be checked again"))
    return _go(held)


def commit(
    *,
    run: ImportRun,
    digest: str,
    reason: str,
    user: User | None,
    at_once: bool = False,
    leave_faulty: bool = False,
) -> ImportRun:
    """Write exactly the rows that were shown, all of them or none.

    With ``leave_faulty`` the rows with errors are left out, for who has been told so: they come
    again by themselves once they are mended. An error of the file as a whole is never left out.

    ``digest`` is the run's ``data_digest`` as the page showed it. Where the data moved since, the
    run becomes ``stale`` and nothing is written. Raises ``PermissionDenied``, and
    ``ValidationError`` where there are errors, there is nothing to write, or no reason is given.
    """
    _may(run, user)
    with transaction.atomic():
        held = _locked(run)
        if not (held.state == State.COMMITTING and held.is_lost):
            _only_in(held, State.CHECKED)
        _committable(held, digest, reason, user, leave_faulty=leave_faulty)
        held.reason = reason.strip() or held.reason
        held.state, held.seen_at = State.COMMITTING, timezone.now()
        held.committed_by, held.cancel_asked = user, False
        held.refusal = held.refusal_code = held.remedy = ""
        save_run(held, user=user, reason=held.reason)
        small = at_once or held.to_write <= SMALL
        if not small:
            transaction.on_commit(partial(run_commit.enqueue, held.pk))
    if small:
        commit_now(held)
    return _fresh(held)


def cancel(*, run: ImportRun, user: User | None) -> ImportRun:
    """Give the run up: at once where it waits, at its next chunk where it is worked at.

    Raises ``PermissionDenied``, and ``ValidationError`` where it is over already.
    """
    _may(run, user)
    try:
        return _cancel(run, user)
    except OperationalError as error:
        # SQLite lets nobody else write while the import is being written.
        raise ValidationError(
            _("The import is being written at this moment and cannot be cancelled.")
        ) from error


def _cancel(run: ImportRun, user: User | None) -> ImportRun:
    with transaction.atomic():
        held = _locked(run)
        if held.state in ImportRun.OVER:
            raise ValidationError(_("This import is over already."), code="over")
        held.cancel_asked = True
        if held.state not in (State.CHECKING, State.COMMITTING) or held.is_lost:
            held.state = State.CANCELLED
            forget_rows(held)
        save_run(held, user=user, reason=_("Cancelled"))
    return _fresh(held)


# --- On its way -----------------------------------------------------------------------------------


def _may(run: ImportRun, user: User | None) -> None:
    may_import(user, run.template, run.division, direct=run.direct)


def _unread(run: ImportRun) -> RefusedError:
    return RefusedError(
        "failed",
        _("The file could not be read to its end."),
        _("Save it anew as .xlsx and send that; if it fails again, tell the administrators: %(n)s.")
        % {"n": run.pk},
    )


def _refuse(run: ImportRun, error: RefusedError, user: User | None) -> ImportRun:
    with transaction.atomic():
        run.state, run.refusal_code = State.REFUSED, error.code
        run.refusal, run.remedy = error.message, error.remedy
        drop_file(run)
        save_run(run, user=user, reason=error.message)
    return run


def _start(run: ImportRun, user: User | None, *, at_once: bool) -> ImportRun:
    with transaction.atomic():
        _queue(run, user, _("Columns known"), at_once=at_once)
    return _go(run, at_once=at_once)


def _queue(run: ImportRun, user: User | None, reason: str, *, at_once: bool = False) -> None:
    run.state, run.cancel_asked, run.seen_at = State.QUEUED, False, None
    run.refusal = run.refusal_code = run.remedy = ""
    run.language = get_language() or run.language
    save_run(run, user=user, reason=reason)
    if not (at_once or _is_small(run)):
        transaction.on_commit(partial(run_check.enqueue, run.pk))


def _is_small(run: ImportRun) -> bool:
    """Whether the sender can wait for the check: few rows, in a file that is opened at once."""
    return run.rows_total <= SMALL and run.file_size <= SMALL_BYTES


def _go(run: ImportRun, *, at_once: bool = False) -> ImportRun:
    """Check a small file at once; a long one waits for the worker."""
    if at_once or _is_small(run):
        check_now(run)
    return _fresh(run)


def _committable(
    run: ImportRun, digest: str, reason: str, user: User | None, *, leave_faulty: bool
) -> None:
    if (run.errors or run.faulty) and not (leave_faulty and errs_in_rows_alone(run)):
        raise ValidationError(
            _("The file has errors. Mend them and upload it again: it is written whole or not."),
            code="errors",
        )
    if not run.to_write:
        raise ValidationError(
            _("There is nothing to write: the portal holds all of it already."), code="same"
        )
    if digest != run.data_digest:
        raise ValidationError(
            _("The file was checked again meanwhile. Look at what is shown now."), code="moved"
        )
    if user is not None and not (reason.strip() or run.reason):
        raise ValidationError({"reason": _("Give a reason.")})


def _only_in(run: ImportRun, *states: str) -> None:
    if run.state not in states:
        raise ValidationError(
            _("The import is “%(state)s”, so this cannot be done now.")
            % {"state": run.get_state_display()},
            code="state",
        )


def _locked(run: ImportRun) -> ImportRun:
    rows = ImportRun.objects.select_for_update(of=("self",))
    return rows.select_related("programme", "division", "uploaded_by").get(pk=run.pk)


def _fresh(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_related(
        "programme", "division", "uploaded_by", "committed_by"
    ).get(pk=run.pk)

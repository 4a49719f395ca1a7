"""The commit of a run: exactly the rows that were shown, in one transaction, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consolidation.loading.engine import refresh_statistics
from consolidation.models import Programme
from exchange.models import ImportRow, ImportRun
from exchange.services.keeping import save_run
from exchange.services.writers import CHUNK, StaleError, writer_for
from zones.models import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger(__name__)

State = ImportRun.State

MANY = 2000
"""From so many written rows on, PostgreSQL plans its questions anew."""


class GivenUpError(Exception):
    """Somebody cancelled the run while it was being written."""


def commit_now(run: ImportRun) -> None:
    """Write a run that waits for it. Whatever goes wrong, nothing of it is written.

    A worker that is lost within leaves nothing behind, so the run can be taken up again: who
    comes second waits for the ledger, and finds the run written or still to be written.
    """
    with translation.override(run.language):
        try:
            written = _commit(run.pk)
        except StaleError as error:
            _end(run.pk, State.STALE, "stale", error.words)
        except GivenUpError:
            _end(run.pk, State.CANCELLED, "", "")
        except Exception:  # Whatever it was, the sender is told, and the log has it all.
            log.exception("import_commit_failed", run=run.pk)
            _end(run.pk, State.FAILED, "failed", _("The writing broke off."))
        else:
            if written > MANY:
                refresh_statistics()


def _commit(pk: int) -> int:
    """Return how many rows were written."""
    with transaction.atomic():
        found = ImportRun.objects.select_related(
            "programme__division", "programme__ledger", "division", "committed_by"
        )
        waiting = found.get(pk=pk)
        # One import at a time in one ledger; what is waited for here is read below.
        Programme.objects.select_for_update(of=("self",)).get(pk=waiting.programme_id)
        Ledger.objects.select_for_update(of=("self",)).get(pk=waiting.programme.ledger_id)
        run = found.get(pk=pk)
        if run.state != State.COMMITTING:
            return 0
        writer = writer_for(run)
        if writer.digest() != run.data_digest:
            raise StaleError(_("Records that the file names were changed since it was checked."))
        rows = _rows(run)
        writer.commit(rows, user=run.committed_by, reason=_words(run))
        _close(run)
        return run.to_write


def _words(run: ImportRun) -> str:
    """Return what the history says of each row: the reason, and from which file it came."""
    named = {"reason": run.reason, "number": run.pk, "file": run.file_name}
    if not run.reason:
        return _("import %(number)s, %(file)s") % named
    return _("%(reason)s (import %(number)s, %(file)s)") % named


def _rows(run: ImportRun) -> Iterator[ImportRow]:
    actions = [ImportRow.Action.ADD, ImportRow.Action.CHANGE]
    rows = ImportRow.objects.filter(run=run, action__in=actions).order_by("id")
    for place, row in enumerate(rows.iterator(CHUNK)):
        if place % CHUNK == 0 and not _is_wanted(run):
            raise GivenUpError
        yield row


def _is_wanted(run: ImportRun) -> bool:
    return ImportRun.objects.filter(pk=run.pk, cancel_asked=False, state=State.COMMITTING).exists()


def _close(run: ImportRun) -> None:
    held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if held.state != State.COMMITTING or held.cancel_asked:
        raise GivenUpError
    held.state, held.committed_at = State.COMMITTED, timezone.now()
    held.seen_at = held.committed_at
    save_run(held, user=held.committed_by, reason=_("Written"))


def _end(pk: int, state: str, code: str, words: str) -> None:
    with transaction.atomic():
        held = ImportRun.objects.select_for_update(of=("self",)).get(pk=pk)
        if held.state != State.COMMITTING:
            return
        held.state, held.refusal_code = state, code
        held.refusal = f"{words} {_('Nothing was written.')}" if words else ""
        held.remedy = _("Check the file again; the data of today is shown then.") if words else ""
        save_run(held, user=held.committed_by, reason=held.refusal or _("Cancelled"))

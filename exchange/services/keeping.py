"""What is kept of an upload: its file out of reach, its rows and problems in the database."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.models import ImportProblem, ImportRow, ImportRun
from exchange.problems import VALUE_MAX
from exchange.reading.limits import limits
from exchange.selectors.files import expired_runs, files_kept_for, orphaned_files
from exchange.services.writers import ACTOR, Action, has_errors
from platforms_portal.history import save_recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.core.files.base import File

    from accounts.models import User
    from exchange.matching import Line, Match
    from exchange.problems import Problem
    from exchange.services.writers import Outcome

NAME_MAX = 250
_SHEET_MAX = 200


def save_run(run: ImportRun, *, user: User | None, reason: str) -> None:
    """Save a run with its row of history; the system acts by its name where there is no user."""
    save_recorded(run, user=user, reason=reason, actor="" if user else ACTOR)


def digest_of(upload: File[Any]) -> str:
    """Return the SHA-256 of a file; raise ``ValidationError`` where it is empty or too large."""
    size = upload.size or 0
    if not size:
        raise ValidationError(_("The file is empty."), code="empty")
    if size > limits().file_bytes:
        raise ValidationError(
            _("The file is larger than %(n)d MB.") % {"n": limits().file_megabytes},
            code="too_large",
        )
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


@contextlib.contextmanager
def local_file(run: ImportRun) -> Iterator[Path]:
    """Give the path of a run's file; it is fetched where the storage is no folder."""
    try:
        path = run.file.path
    except NotImplementedError:
        suffix = PurePosixPath(str(run.file.name)).suffix
        with tempfile.NamedTemporaryFile(suffix=suffix) as copy, run.file.open("rb") as stored:
            for chunk in stored.chunks():
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)
    else:
        yield Path(path)


def drop_file(run: ImportRun) -> None:
    """Take the file from ``run``, which the caller saves; it goes once that is certain."""
    if run.file:
        storage, name = run.file.storage, str(run.file.name)
        run.file = ""
        transaction.on_commit(partial(storage.delete, name), robust=True)


def forget_expired() -> list[str]:
    """Delete the files of runs that are older than files are kept; return their names.

    Of runs that were not written the rows go with them: they show what never came to be.
    """
    gone = []
    for run in expired_runs():
        with transaction.atomic():
            gone.append(run.file_name)
            drop_file(run)
            if run.state != ImportRun.State.COMMITTED:
                forget_rows(run)
            if run.state not in ImportRun.OVER:
                # Without its rows there is nothing that a commit could write.
                run.state = ImportRun.State.CANCELLED
            reason = _("Kept for %(n)d days") % {"n": files_kept_for().days}
            save_run(run, user=None, reason=reason)
    storage = ImportRun._meta.get_field("file").storage  # noqa: SLF001 - documented by Django
    for name in orphaned_files():
        storage.delete(name)
        gone.append(name)
    return gone


# --- Rows and problems ----------------------------------------------------------------------------


def forget_rows(run: ImportRun) -> None:
    """Delete what an earlier check of ``run`` has found."""
    ImportRow.objects.filter(run=run).delete()
    ImportProblem.objects.filter(run=run).delete()


def keep_chunk(run: ImportRun, match: Match, lines: list[Line], outcomes: list[Outcome]) -> None:
    """Keep what a check found of one chunk; all the problems of its rows among it."""
    problems: list[Problem] = []
    rows = []
    for line, outcome in zip(lines, outcomes, strict=True):
        problems += [*line.problems, *outcome.problems]
        action = Action.ERROR if has_errors(outcome, line) else outcome.action
        rows.append(
            ImportRow(
                run=run,
                sheet=outcome.sheet[:_SHEET_MAX],
                row=outcome.row,
                subject=match.subject,
                action=action,
                key=outcome.key[:NAME_MAX],
                label=outcome.label[:NAME_MAX],
                before=outcome.before,
                after=outcome.after,
                data=outcome.data,
            )
        )
    ImportRow.objects.bulk_create(rows)
    keep_problems(run, problems)


def keep_problems(run: ImportRun, problems: Iterable[Problem]) -> None:
    """Keep problems as they were told."""
    ImportProblem.objects.bulk_create(
        (
            ImportProblem(
                run=run,
                severity=problem.severity.value,
                sheet=problem.sheet[:_SHEET_MAX],
                row=problem.row,
                place=problem.place,
                column=problem.column,
                heading=problem.heading[:VALUE_MAX],
                value=problem.value[:VALUE_MAX],
                message=problem.message,
                remedy=problem.remedy,
                code=problem.code,
            )
            for problem in problems
        ),
        batch_size=2000,
    )


def sign(run: ImportRun, state: str, **told: Any) -> bool:
    """Give a sign of life; return whether the run is still this worker's, and wanted."""
    mine = ImportRun.objects.filter(pk=run.pk, attempt=run.attempt, state=state, cancel_asked=False)
    return bool(mine.update(seen_at=timezone.now(), **told))

"""The check of a run: its rows streamed through the writer, everything found kept for the preview."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from exchange.matching import Match
from exchange.matching import lines as read_lines
from exchange.models import ImportProblem, ImportRow, ImportRun
from exchange.problems import RefusedError, Severity
from exchange.reading import open_book
from exchange.services.keeping import (
    drop_file,
    forget_rows,
    keep_chunk,
    keep_problems,
    local_file,
    save_run,
    sign,
)
from exchange.services.unread import refuse_without_rows, unread
from exchange.services.writers import CHUNK, Action, writer_for
from exchange.subjects import subject_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from exchange.matching import Line
    from exchange.problems import Problem
    from exchange.services.writers import Writer

log = structlog.get_logger(__name__)

State = ImportRun.State


class StoppedError(Exception):
    """The run is to be cancelled, or another worker has taken it up."""


def check_now(run: ImportRun) -> None:
    """Do the check of a run that waits; one that does not (cancelled, taken) is left alone."""
    claimed = _claim(run.pk)
    if claimed is None:
        return
    with translation.override(claimed.language):
        try:
            _check(claimed)
        except StoppedError:
            _stop(claimed)
        except RefusedError as error:
            _end(claimed, State.REFUSED, error.code, error.message, error.remedy)
        except Exception:  # Whatever it was, the sender is told, and the log has it all.
            log.exception("import_check_failed", run=claimed.pk)
            _end(
                claimed,
                State.FAILED,
                "failed",
                _("The check broke off. Nothing was written."),
                _("Check again; if it breaks off again, tell the administrators its number."),
            )


def _claim(pk: int) -> ImportRun | None:
    with transaction.atomic():
        run = (
            ImportRun.objects.select_for_update(of=("self",))
            .select_related("programme__division", "programme__ledger", "division", "uploaded_by")
            .filter(pk=pk, state=State.QUEUED)
            .first()
        )
        if run is None:
            return None
        run.state, run.seen_at = State.CHECKING, timezone.now()
        run.attempt += 1
        run.rows_done = run.added = run.changed = run.same = run.faulty = 0
        run.errors = run.warnings = 0
        run.absent, run.data_digest = {}, ""
        save_run(run, user=run.uploaded_by, reason=_("Check begun"))
        forget_rows(run)
        return run


def _check(run: ImportRun) -> None:
    with local_file(run) as path:
        book = open_book(path, run.file_name)
        writer = writer_for(run)
        matches = [Match.from_json(data) for data in run.matches]
        with transaction.atomic():
            keep_problems(run, [*book.warnings, *unread(book, matches)])
        done = 0
        for match in matches:
            subject = subject_with(match.subject)
            for chunk in _chunks(read_lines(book, match, subject)):
                done += len(chunk)
                _check_chunk(run, writer, match, chunk, done)
        refuse_without_rows(book, done)
    late = writer.finish()
    with transaction.atomic():
        keep_problems(run, late)
        _mark_faulty(run, late)
        _finish(run, writer)


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    iterator = iter(lines)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _check_chunk(
    run: ImportRun, writer: Writer, match: Match, chunk: list[Line], done: int
) -> None:
    """Judge one chunk and keep what was found; raises ``StoppedError`` where nobody wants it."""
    # A row that is no record only says why it is left out.
    data = [line for line in chunk if not line.skipped]
    outcomes = writer.check(subject_with(match.subject), match, data)
    with transaction.atomic():
        if not sign(run, State.CHECKING, rows_done=done):
            raise StoppedError
        keep_chunk(run, match, data, outcomes)
        keep_problems(run, [problem for line in chunk if line.skipped for problem in line.problems])


def _mark_faulty(run: ImportRun, problems: Iterable[Problem]) -> None:
    """Let the rows be faulty in which only the whole file shows an error."""
    by_sheet: dict[str, set[int]] = {}
    for problem in problems:
        if problem.severity == Severity.ERROR and problem.row is not None:
            by_sheet.setdefault(problem.sheet, set()).add(problem.row)
    for sheet, rows in by_sheet.items():
        faulty = sorted(rows)
        for start in range(0, len(faulty), CHUNK):
            part = faulty[start : start + CHUNK]
            ImportRow.objects.filter(run=run, sheet=sheet, row__in=part).update(action=Action.ERROR)


def _finish(run: ImportRun, writer: Writer) -> None:
    if not sign(run, State.CHECKING):
        raise StoppedError
    rows = ImportRow.objects.filter(run=run).aggregate(
        **{action.value: Count("pk", filter=Q(action=action)) for action in Action}
    )
    problems = ImportProblem.objects.filter(run=run).aggregate(
        errors=Count("pk", filter=Q(severity=Severity.ERROR)),
        warnings=Count("pk", filter=Q(severity=Severity.WARNING)),
    )
    run.added, run.changed, run.same = rows["add"], rows["change"], rows["same"]
    run.faulty = rows["error"]
    run.errors, run.warnings = problems["errors"], problems["warnings"]
    run.rows_total = run.rows_done = sum(rows.values())
    run.absent = writer.absent()
    run.data_digest = writer.digest()
    run.state, run.checked_at = State.CHECKED, timezone.now()
    run.seen_at = run.checked_at
    run.refusal = run.refusal_code = run.remedy = ""
    save_run(run, user=run.uploaded_by, reason=_("Checked"))


def _stop(run: ImportRun) -> None:
    """Cancel a run that is to be; leave one that another worker has taken up."""
    with transaction.atomic():
        held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if held.attempt != run.attempt or not held.cancel_asked:
            return
        held.state = State.CANCELLED
        forget_rows(held)
        save_run(held, user=held.uploaded_by, reason=_("Cancelled"))


def _end(run: ImportRun, state: str, code: str, message: str, remedy: str) -> None:
    with transaction.atomic():
        held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if held.attempt != run.attempt or held.state != State.CHECKING:
            return
        held.state, held.refusal_code = state, code
        held.refusal, held.remedy = message, remedy
        forget_rows(held)
        if state == State.REFUSED:
            drop_file(held)
        save_run(held, user=held.uploaded_by, reason=message)

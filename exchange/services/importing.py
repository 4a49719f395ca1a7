"""An upload from its arrival to its end: received, confirmed, checked, committed or given up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consolidation.services.attachments import clean_name
from exchange.matching import match_book
from exchange.models import ImportRun
from exchange.problems import RefusedError
from exchange.reading import open_book
from exchange.selectors.runs import LEDGER_TEMPLATES, remembered
from exchange.services.checking import check_now
from exchange.services.committing import commit_now
from exchange.services.keeping import digest_of, drop_file, forget_rows, local_file, save_run
from exchange.services.remembering import remember
from exchange.subjects import TEMPLATES, subject_with
from exchange.tasks import run_check, run_commit
from platforms_portal.access import Right, has_right, scope_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.base import File

    from accounts.models import User
    from consolidation.models import Programme
    from exchange.matching import Match
    from exchange.reading import Book
    from zones.models import Division

__all__ = ["cancel", "check_again", "check_now", "commit", "commit_now", "confirm", "receive"]

State = ImportRun.State

SMALL = 2000
"""Files of so many rows are checked and written while their sender waits."""

UNDER_WAY_MAX = 3
"""How many runs one may have waiting or running: a worker does one after the other."""


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

    Where nobody needs to look at the columns (the portal's own template, unaltered), the check
    follows at once: within the call for a small file, by the worker for a long one. A file that
    cannot be read gives a run that is refused, with the reason. ``user`` is empty for the system.
    Raises ``PermissionDenied``, and ``ValidationError`` where nothing was sent or too many runs
    are under way.
    """
    may_import(user, template, division, direct=direct)
    digest = digest_of(upload)
    with transaction.atomic():
        _not_too_many(user)
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
    try:
        with local_file(run) as path:
            certain = _match(run, open_book(path, run.file_name))
    except RefusedError as error:
        return _refuse(run, error, user)
    if certain:
        return _start(run, user)
    run.state = State.TO_CONFIRM
    save_run(run, user=user, reason=_("Columns to be confirmed"))
    return run


def confirm(*, run: ImportRun, matches: Sequence[Match], user: User | None) -> ImportRun:
    """Take ``matches`` as what the columns are, remember them, and let the file be checked.

    Raises ``PermissionDenied``, and ``ValidationError`` where a required column is missing, a
    column is named twice, or the run is past that.
    """
    _may(run, user)
    used = [match for match in matches if match.subject]
    _complete(run, used)
    with transaction.atomic():
        held = _locked(run)
        _only_in(held, State.TO_CONFIRM, State.CHECKED, State.STALE)
        held.matches = [match.as_json() for match in used]
        if user is not None:
            remember(run=held, matches=used, user=user)
        _queue(held, user, _("Columns confirmed"))
    return _go(held)


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


def commit(*, run: ImportRun, digest: str, reason: str, user: User | None) -> ImportRun:
    """Write exactly the rows that were shown, all of them or none.

    ``digest`` is the run's ``data_digest`` as the page showed it. Where the data moved since, the
    run becomes ``stale`` and nothing is written. Raises ``PermissionDenied``, and
    ``ValidationError`` where there are errors, there is nothing to write, or no reason is given.
    """
    _may(run, user)
    with transaction.atomic():
        held = _locked(run)
        if not (held.state == State.COMMITTING and held.is_lost):
            _only_in(held, State.CHECKED)
        _committable(held, digest, reason, user)
        held.reason = reason.strip() or held.reason
        held.state, held.seen_at = State.COMMITTING, timezone.now()
        held.committed_by, held.cancel_asked = user, False
        held.refusal = held.refusal_code = held.remedy = ""
        save_run(held, user=user, reason=held.reason)
        small = held.to_write <= SMALL
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


# --- Who may --------------------------------------------------------------------------------------


def may_import(
    user: User | None, template: str, division: Division | None, *, direct: bool
) -> None:
    """Raise ``PermissionDenied`` unless ``user`` may send this (docs/import.md).

    Who may load the ledger writes its sheets directly, of any division or the whole city; a
    division's officials send their own, which becomes a draft, a report, or requests.
    """
    if template not in TEMPLATES:
        raise ValidationError(_("There is no such template."))
    if template not in LEDGER_TEMPLATES and division is None:
        raise ValidationError({"division": _("Say which division the file is of.")})
    if user is None:
        return
    if direct and template in LEDGER_TEMPLATES and has_right(user, Right.LOAD_LEDGER):
        return
    own = division is not None and not scope_of(user).is_city and scope_of(user).covers(division.pk)
    if not direct and own and has_right(user, Right.EDIT_PLAN):
        return
    raise PermissionDenied(_("Your role may not load this."))


def _may(run: ImportRun, user: User | None) -> None:
    may_import(user, run.template, run.division, direct=run.direct)


def _not_too_many(user: User | None) -> None:
    if user is None:
        return
    # The account is there before its runs are: two uploads at once wait for it.
    get_user_model()._default_manager.select_for_update(of=("self",)).get(pk=user.pk)  # noqa: SLF001 - documented by Django
    mine = ImportRun.objects.filter(uploaded_by=user, state__in=ImportRun.UNDER_WAY)
    waiting = [run for run in mine if not run.is_lost]
    if len(waiting) >= UNDER_WAY_MAX:
        raise ValidationError(
            _("You have %(n)d imports under way. Wait for one, or cancel it.")
            % {"n": len(waiting)},
            code="too_many",
        )


# --- What the file is -----------------------------------------------------------------------------


def _match(run: ImportRun, book: Book) -> bool:
    """Find out what the file holds; return whether nobody needs to look."""
    mark = book.mark
    if mark is not None:
        _is_meant(run, mark.template, mark.programme, mark.division)
    template = TEMPLATES[run.template]
    matches = [
        match
        for match in match_book(book, template, remembered(run.programme, run.division, template))
        if match.subject
    ]
    if not matches:
        raise RefusedError(
            "nothing_found",
            _("No sheet of the file holds what “%(template)s” asks for.")
            % {"template": template.label},
            _("Choose the right template, or give the columns the headings of the template."),
        )
    run.matches = [match.as_json() for match in matches]
    wanted = {match.sheet: match.heading_rows[1] for match in matches}
    run.rows_total = sum(
        max(sheet.rows - wanted[sheet.name], 0) for sheet in book.sheets if sheet.name in wanted
    )
    return mark is not None and all(match.is_certain for match in matches)


def _is_meant(run: ImportRun, template: str, programme: str, division: str) -> None:
    """Raise ``RefusedError`` where our own template was filled in for something else."""
    told = ""
    if template != run.template and template in TEMPLATES:
        told = _("The file is the template “%(template)s”.") % {
            "template": TEMPLATES[template].label
        }
    elif programme and programme != run.programme.code:
        told = _("The file was made for the programme “%(code)s”.") % {"code": programme}
    elif division and run.division is not None and division != run.division.code:
        told = _("The file was made for the division %(code)s.") % {"code": division}
    if told:
        raise RefusedError("other_template", told, _("Choose what it is for, and upload it there."))


def _complete(run: ImportRun, matches: Sequence[Match]) -> None:
    if not matches:
        raise ValidationError(_("Say of at least one sheet what it holds."), code="nothing")
    problems = []
    for match in matches:
        subject = subject_with(match.subject)
        named = [found.name for found in match.found if found.name]
        labels = {column.name: column.label for column in subject.columns}
        twice = sorted({name for name in named if named.count(name) > 1})
        missing = [
            column.name
            for column in subject.read_columns
            # Whose rows they are is known where the file is one division's.
            if column.required and column.name not in named
            if column.name != "division" or run.division_id is None
        ]
        for name in twice:
            problems.append(
                _("“%(sheet)s”: two columns are said to be “%(column)s”.")
                % {"sheet": match.sheet, "column": labels.get(name, name)}
            )
        for name in missing:
            problems.append(
                _("“%(sheet)s”: no column is “%(column)s”, which is required.")
                % {"sheet": match.sheet, "column": labels[name]}
            )
    if problems:
        raise ValidationError(problems)


def _refuse(run: ImportRun, error: RefusedError, user: User | None) -> ImportRun:
    with transaction.atomic():
        run.state, run.refusal_code = State.REFUSED, error.code
        run.refusal, run.remedy = error.message, error.remedy
        drop_file(run)
        save_run(run, user=user, reason=error.message)
    return run


# --- On its way -----------------------------------------------------------------------------------


def _start(run: ImportRun, user: User | None) -> ImportRun:
    with transaction.atomic():
        _queue(run, user, _("Columns known"))
    return _go(run)


def _queue(run: ImportRun, user: User | None, reason: str) -> None:
    run.state, run.cancel_asked, run.seen_at = State.QUEUED, False, None
    run.refusal = run.refusal_code = run.remedy = ""
    run.language = get_language() or run.language
    save_run(run, user=user, reason=reason)
    if run.rows_total > SMALL:
        transaction.on_commit(partial(run_check.enqueue, run.pk))


def _go(run: ImportRun) -> ImportRun:
    """Check a small file at once; a long one waits for the worker."""
    if run.rows_total <= SMALL:
        check_now(run)
    return _fresh(run)


def _committable(run: ImportRun, digest: str, reason: str, user: User | None) -> None:
    if run.errors or run.faulty:
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

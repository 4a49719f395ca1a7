"""What is asked of an upload when it arrives: who sends it, and what its columns are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from exchange.matching import match_book
from exchange.models import ImportRun
from exchange.problems import RefusedError
from exchange.selectors.runs import LEDGER_TEMPLATES, remembered
from exchange.subjects import TEMPLATES, subject_with
from platforms_portal.access import Right, has_right, scope_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User
    from exchange.matching import Match
    from exchange.reading import Book
    from zones.models import Division

UNDER_WAY_MAX = 3
"""How many runs one may have waiting or running: a worker does one after the other."""

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


def not_too_many(user: User | None) -> None:
    """Raise ``ValidationError`` where ``user`` has enough runs under way."""
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


def match_up(run: ImportRun, book: Book) -> bool:
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
    if run.division_id is not None:
        # Whose rows they are is known.
        for match in matches:
            match.missing = [name for name in match.missing if name != "division"]
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


def complete(run: ImportRun, matches: Sequence[Match]) -> None:
    """Raise ``ValidationError`` where a required column is missing or a column is named twice."""
    if not matches:
        raise ValidationError(_("Say of at least one sheet what it holds."), code="nothing")
    problems: list[str] = []
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
        problems += [
            _("“%(sheet)s”: two columns are said to be “%(column)s”.")
            % {"sheet": match.sheet, "column": labels.get(name, name)}
            for name in twice
        ]
        problems += [
            _("“%(sheet)s”: no column is “%(column)s”, which is required.")
            % {"sheet": match.sheet, "column": labels[name]}
            for name in missing
        ]
    if problems:
        raise ValidationError(problems)

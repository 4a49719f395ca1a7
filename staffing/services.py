"""Entering the people of a plan: staff after, and where everyone else goes."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consolidation.services.drafting import locked_draft
from consolidation.services.recording import REASON, ManyRecorder, Recorder
from consolidation.services.seen import compare
from platforms_portal.history import delete_recorded
from staffing.drafting import ELSEWHERE, FIGURES, StaffRow, draft_of, name_of
from staffing.models import Redeployment, StaffPlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from accounts.models import User
    from consolidation.models import MergePlan
    from staffing.drafting import Draft

PEOPLE_MAX = 999_999
"""The largest number that is taken for meant."""


def save_staff(
    *, plan: MergePlan, body_id: int, given: Mapping[str, str], seen: str, user: User
) -> StaffRow:
    """Save the figures of one body, and return its row as it stands then.

    ``given`` has names and values as ``StaffRow.values``, and ``to-BODY-CATEGORY`` for people who
    move to another body; moves to bodies that it does not name are taken away, other fields that
    it leaves out stay. Empty is unknown for staff after and posts, and nobody for those who go.
    Raises ``PermissionDenied`` and ``ValidationError`` as ``locked_draft``; ``ValidationError``
    with every error by its field; ``ConflictError`` where somebody else changed the body's people
    since. Clauses: 方案(二)(四).
    """
    with transaction.atomic():
        locked = locked_draft(plan, user)
        draft = draft_of(locked)
        row = _row(draft, body_id)
        _save(locked, draft, row, given, seen, Recorder(user))
        return _row(draft_of(locked), body_id)


def save_staff_of_many(
    *,
    plan: MergePlan,
    given: Mapping[int, Mapping[str, str]],
    seen: Mapping[int, str],
    user: User,
    reason: StrOrPromise = REASON,
) -> dict[int, ValidationError]:
    """Save the figures of many bodies as ``save_staff`` does, in a number of queries that is small.

    ``seen`` has the digest of each body's figures. Returns why bodies were refused, by their keys:
    those are left as they are, and whoever wants all or nothing takes the others back. Raises as
    ``save_staff`` for the plan as a whole.
    """
    refused: dict[int, ValidationError] = {}
    with transaction.atomic():
        locked = locked_draft(plan, user)
        draft, recorder = draft_of(locked), ManyRecorder(user, reason)
        rows = {row.body.pk: row for row in draft.rows}
        for key, values in given.items():
            own = ManyRecorder(user)
            try:
                row = _known(rows.get(key))
                _save(locked, draft, row, values, seen.get(key, ""), own)
            except ValidationError as error:
                refused[key] = error
            else:
                recorder.take_up(own)
        recorder.flush()
    return refused


def _save(
    plan: MergePlan,
    draft: Draft,
    row: StaffRow,
    given: Mapping[str, str],
    seen: str,
    recorder: Recorder,
) -> None:
    known = _completed(row, given)
    compare(row.values, row.seen, known, seen)
    changed = {name: text for name, text in known.items() if text != row.values.get(name, "")}
    if changed:
        problems = _problems(draft, row, changed)
        if problems:
            raise ValidationError(problems)
        _write_figures(plan, row, changed, recorder)
        _write_moves(plan, row, changed, recorder)


def remove_planned(*, plan: MergePlan, body_id: int, user: User) -> int:
    """Take away the planned staff of a body that does not go on; return how many figures it were.

    They are left from when the plan kept it, and count as staff after until they are gone. Of a
    body that goes on nothing is taken away. Raises as ``locked_draft``.
    """
    with transaction.atomic():
        locked = locked_draft(plan, user)
        left = _row(draft_of(locked), body_id).leftover
        for figure in left:
            delete_recorded(figure, user=user, reason=str(REASON))
        return len(left)


class Placed(NamedTuple):
    """How many people of how many bodies were given a place."""

    people: int
    bodies: int


def place_rest(*, plan: MergePlan, where: str, category: str = "", user: User) -> Placed:
    """Send everybody of abolished bodies who has no place yet to ``where``; return how many.

    ``where`` is one of ``ELSEWHERE``, or ``to-BODY``; ``category`` narrows it to one, empty means
    all of them. Who has a place keeps it, so doing it twice does nothing twice. Raises as
    ``locked_draft``; ``ValidationError`` by its field where ``where`` or ``category`` is none.
    """
    with transaction.atomic():
        locked = locked_draft(plan, user)
        draft = draft_of(locked)
        known = {*ELSEWHERE, *(f"to-{choice.pk}" for choice in draft.choices)}
        problems = {}
        if where not in known:
            problems["where"] = _("Choose where they go.")
        if category and category not in locked.programme.counted_categories:
            problems["category"] = _("Choose one of the list.")
        if problems:
            raise ValidationError(problems)
        people = bodies = 0
        for row in draft.rows:
            rest = {name: n for name, n in row.without_place.items() if category in ("", name)}
            changed = {}
            for name, number in rest.items():
                key = f"{where}-{name}"
                changed[key] = str(int(row.values.get(key) or 0) + number)
            _write_moves(locked, row, changed, Recorder(user))
            people += sum(rest.values())
            bodies += bool(rest)
        return Placed(people, bodies)


def _row(draft: Draft, body_id: int) -> StaffRow:
    return _known(draft.row(body_id))


def _known(row: StaffRow | None) -> StaffRow:
    if row is None:
        raise ValidationError(_("This body is none of the plan's."))
    return row


def _completed(row: StaffRow, given: Mapping[str, str]) -> dict[str, str]:
    """Return what is given in one spelling; moves that are stored and not named are empty."""
    counted = {category.category for category in row.categories}
    known = {
        name: _tidy(name, text)
        for name, text in given.items()
        if name in row.values or (name.startswith("to-") and name.rpartition("-")[2] in counted)
    }
    gone = {name: "" for name in row.values if name.startswith("to-") and name not in known}
    return known | gone


def _tidy(name: str, text: str) -> str:
    """Return a number as it is stored; that nobody goes somewhere is no move."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not (text.isascii() and text.isdecimal()):
        return text
    number = int(text)
    return "" if number == 0 and not name.startswith(FIGURES) else str(number)


def _problems(draft: Draft, row: StaffRow, changed: dict[str, str]) -> dict[str, StrOrPromise]:
    if row.decision is None:
        raise ValidationError(_("Decide first what becomes of this body."))
    problems: dict[str, StrOrPromise] = {}
    for name, text in changed.items():
        if text and not (text.isascii() and text.isdecimal() and int(text) <= PEOPLE_MAX):
            problems[name] = _("Write a whole number from 0 to %(n)d.") % {"n": PEOPLE_MAX}
    sent = {
        name.removeprefix("to-").rpartition("-")[0]
        for name, text in changed.items()
        if name.startswith("to-") and text
    }
    if sent:
        allowed = {str(choice.pk) for choice in draft.choices_of(row.body.pk)}
        problems |= {f"to-{target}": _("Choose a body that goes on.") for target in sent - allowed}
    return problems


def _write_figures(
    plan: MergePlan, row: StaffRow, changed: dict[str, str], recorder: Recorder
) -> None:
    stored = {figure.category: figure for figure in row.planned}
    fields = {"after": "on_post", "authorised": "authorised"}
    for category in row.categories:
        names = {name: f"{name}-{category.category}" for name in FIGURES}
        given = {
            fields[name]: int(changed[key]) if changed[key] else None
            for name, key in names.items()
            if key in changed
        }
        if not given:
            continue
        figure = stored.get(category.category) or StaffPlan(
            plan=plan, body=row.body, category=category.category
        )
        numbers = [given.get(name, getattr(figure, name)) for name in fields.values()]
        recorder.store(figure, given, keep=any(number is not None for number in numbers))


def _write_moves(
    plan: MergePlan, row: StaffRow, changed: dict[str, str], recorder: Recorder
) -> None:
    stored = {name_of(move): move for move in row.moves}
    for name, text in changed.items():
        where, _dash, category = name.rpartition("-")
        if where in FIGURES:
            continue
        move = stored.get(name)
        if move is None:
            move = Redeployment(plan=plan, body=row.body, category=category, destination=where)
            if where.startswith("to-"):
                move.destination = Redeployment.Destination.BODY
                move.to_body_id = int(where.removeprefix("to-"))
        recorder.store(move, {"people": int(text)} if text else {}, keep=bool(text))

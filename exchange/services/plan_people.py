"""The people of a plan as a workbook has them: planned staff, and where everybody else goes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _

from exchange.selectors.plan_records import nothing_in
from exchange.services.plan_words import remedy_for
from staffing.drafting import draft_of
from staffing.services import remove_planned, save_staff_of_many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.exceptions import ValidationError

    from accounts.models import User
    from consolidation.models import MergePlan
    from exchange.selectors.plan_records import Key, Stored
    from staffing.drafting import StaffRow

Told = tuple["Key", str, str, str, str]
"""A record, a column, what is wrong, what to do, and the kind of it."""

_FIGURES = {"on_post": "after", "authorised": "authorised"}
_NOBODY = frozenset({"", "0"})


def save_people(
    plan: MergePlan,
    asked: Mapping[Key, Mapping[str, str]],
    stored: Stored,
    *,
    user: User,
    reason: str,
) -> list[Told]:
    """Save what the rows ask of the people of ``plan``, and return what was refused, by its cell.

    Moves of a body that the file does not name stay. The fates of the bodies are stored by then.
    """
    rows = {row.body.pk: row for row in draft_of(plan).rows}
    counted = set(plan.programme.counted_categories)
    bodies: dict[int, _Body] = {}
    told: list[Told] = []
    for key, values in asked.items():
        held = stored.get(key) or nothing_in(str(key[0]))
        if all(_same(str(key[0]), held[name], text) for name, text in values.items()):
            continue
        pk = int(key[1])
        row = rows.get(pk)
        if row is None:
            told.append(_of_no_body(key))
        elif str(key[2]) not in counted:
            told.append(_not_counted(key))
        else:
            bodies.setdefault(pk, _Body(row)).take(key, values, held)
    for body in bodies.values():
        told += body.told
    told += _save(plan, bodies, user, reason)
    for pk, body in bodies.items():
        if body.is_emptied:
            remove_planned(plan=plan, body_id=pk, user=user)
    return told


def _same(subject: str, held: str, text: str) -> bool:
    """Whether a figure is asked for as it stands; that nobody moves is no move."""
    return held == text or (subject == "redeployments" and {held, text} <= _NOBODY)


def _of_no_body(key: Key) -> Told:
    message = _("This body is none of the plan's.")
    return key, "body", message, _("Take the row out of the file, or correct the code."), "no_body"


def _not_counted(key: Key) -> Told:
    message = _("The programme does not count this category of staff.")
    return key, "category", message, _("Leave the figures of the row empty."), "not_counted"


@dataclass
class _Body:
    """What is asked of the people of one body, with the names of its form."""

    row: StaffRow
    given: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[Key, str]] = field(
        default_factory=lambda: defaultdict(lambda: ((), ""))
    )
    emptied: set[str] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)

    def take(self, key: Key, values: Mapping[str, str], held: Mapping[str, str]) -> None:
        """Take up a row of the file."""
        category = str(key[2])
        if str(key[0]) == "redeployments":
            where = f"to-{key[4]}" if key[4] else str(key[3])
            self._put(f"{where}-{category}", values["people"], key, "people")
            # The service names the body itself where nobody can be moved there.
            self.places.setdefault(where, (key, "to_body"))
        elif self.row.is_staying:
            for column, text in values.items():
                self._put(f"{_FIGURES[column]}-{category}", text, key, column)
        else:
            self._take_of_one_not_staying(key, values, held)

    def _put(self, name: str, text: str, key: Key, column: str) -> None:
        self.given[name] = text
        self.places[name] = key, column

    def _take_of_one_not_staying(
        self, key: Key, values: Mapping[str, str], held: Mapping[str, str]
    ) -> None:
        """Nobody is planned for a body that does not go on: what is left can be emptied alone."""
        wrong = [c for c, text in values.items() if text not in _NOBODY and text != held[c]]
        for column in wrong:
            message = _("This body does not go on, so nobody is planned for it.")
            remedy, code = _("Empty the cell, or keep the body in the sheet of the bodies."), "goes"
            if self.row.decision is None:
                message, code = _("Decide first what becomes of this body."), "undecided"
                remedy = _("Say in the sheet of the bodies whether it is kept or abolished.")
            self.told.append((key, column, message, remedy, code))
        after = {**held, **values}
        if not wrong and any(held.values()) and set(after.values()) <= _NOBODY:
            self.emptied.add(str(key[2]))

    @property
    def is_emptied(self) -> bool:
        """Whether all that was left planned of a body that does not go on is emptied."""
        left = {figure.category for figure in self.row.leftover}
        return bool(left) and left <= self.emptied

    @property
    def whole(self) -> dict[str, str]:
        """What is given, with the moves to other bodies that the file does not name."""
        moves = {name: t for name, t in self.row.values.items() if name.startswith("to-")}
        return moves | self.given

    def refuse(self, error: ValidationError) -> list[Told]:
        """Return where what was refused stands."""
        by_field = (
            error.message_dict
            if hasattr(error, "error_dict")
            else {NON_FIELD_ERRORS: list(error.messages)}
        )
        told = []
        for name, messages in by_field.items():
            key, column = self.places.get(name) or self._anywhere()
            remedy = remedy_for(str(key[0]), column)
            told.append((key, column, " ".join(messages), remedy, "refused"))
        return told

    def _anywhere(self) -> tuple[Key, str]:
        return next(iter(self.places.values()))[0], "body"


def _save(plan: MergePlan, bodies: Mapping[int, _Body], user: User, reason: str) -> list[Told]:
    seen = {pk: body.row.seen for pk, body in bodies.items()}
    given = {pk: body.whole for pk, body in bodies.items() if body.given}
    if not given:
        return []
    refused = save_staff_of_many(plan=plan, given=given, seen=seen, user=user, reason=reason)
    return [found for pk, error in refused.items() for found in bodies[pk].refuse(error)]

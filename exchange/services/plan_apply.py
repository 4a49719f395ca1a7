"""What a workbook asks of a plan, done by the services of the desk: in the check and in the commit.

Rows of one platform (its disposition, its bodies, its plates) go to the service together, as one
row of the desk; then the people, all of a body together.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _

from consolidation.models import BodyDisposition
from consolidation.selectors.desk import bodies_elsewhere, desk_rows
from consolidation.services.drafting import save_rows
from consolidation.services.founding import set_fates
from exchange.problems import Severity
from exchange.selectors.plan_records import Key, Stored, nothing_in
from exchange.services.plan_people import save_people
from exchange.services.plan_words import remedy_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.core.exceptions import ValidationError

    from accounts.models import User
    from consolidation.models import MergePlan

DECIDED = ("dispositions", "body_dispositions", "plate_dispositions")

_NAMING = {"dispositions": "platform", "body_dispositions": "body", "plate_dispositions": "plate"}
"""The column that says which record a row of each subject is about."""

_OF_A_PLATFORM = {
    "kind": "kind",
    "target": "target",
    "transform_into": "into",
    "planned_on": "planned_on",
    "reason": "reason",
}


@dataclass
class Item:
    """What one row of the file asks of one record: values by column, as ``stored_in`` has them."""

    key: Key
    asked: dict[str, str]

    @property
    def subject(self) -> str:
        """The subject that the row belongs to."""
        return str(self.key[0])

    def differs(self, stored: Stored) -> bool:
        """Whether it asks for anything that the plan does not say."""
        held = stored.get(self.key) or nothing_in(self.subject)
        return any(held[name] != text for name, text in self.asked.items())


class Fault(NamedTuple):
    """What is wrong with a record, or to be looked at: its column (empty: the row), and what to do."""

    key: Key
    column: str
    message: str
    remedy: str
    code: str = "refused"
    severity: Severity = Severity.ERROR


def apply(
    plan: MergePlan, items: Iterable[Item], stored: Stored, *, user: User, reason: str
) -> list[Fault]:
    """Let ``plan`` say what ``items`` ask for; return everything that was refused.

    What is refused is left as it is, and so are records that are not asked about. Raises as
    ``locked_draft``.
    """
    every = list(items)
    decided = [item for item in every if item.subject in DECIDED]
    faults = _Decisions(plan, decided, stored).save(user, reason)
    people = [item for item in every if item.subject not in DECIDED]
    if any(item.differs(stored) for item in people):
        told = save_people(
            plan, {item.key: item.asked for item in people}, stored, user=user, reason=reason
        )
        faults += [Fault(*found) for found in told]
    return faults


@dataclass
class _Decisions:
    """The rows of the desk, and the bodies beside them, that are asked about."""

    plan: MergePlan
    items: list[Item]
    stored: Stored
    faults: list[Fault] = field(default_factory=list)
    given: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    fates: dict[int, str] = field(default_factory=dict)
    places: dict[tuple[int, str], tuple[Key, str]] = field(default_factory=dict)

    def save(self, user: User, reason: str) -> list[Fault]:
        """Save them; return what was refused."""
        changed = [item for item in self.items if item.differs(self.stored)]
        if not changed:
            return []
        self._put_together(changed)
        if self.given:
            self._save_rows(user, reason)
        if self.fates:
            seen = {key: self._stored_fate(key) for key in self.fates}
            refused = set_fates(
                plan=self.plan, fates=self.fates, seen=seen, user=user, reason=reason
            )
            for pk, error in refused.items():
                self._refuse(("body_dispositions", pk), "fate", error.messages)
        return self.faults

    def _stored_fate(self, pk: int) -> str:
        return self.stored.get(("body_dispositions", pk), {}).get("fate", "")

    def _put_together(self, changed: list[Item]) -> None:
        """Lay every row on the row of the desk that it belongs to, or on a body beside them."""
        self._rows = {row.platform.pk: row for row in desk_rows(self.plan)}
        at: dict[Key, int] = {}
        for pk, row in self._rows.items():
            at["dispositions", pk] = pk
            at |= {("body_dispositions", body.body.pk): pk for body in row.bodies}
            at |= {("plate_dispositions", plate.plate.pk): pk for plate in row.plates}
        touched = {at[item.key] for item in changed if item.key in at}
        beside = {body.body.pk for body in bodies_elsewhere(self.plan)}
        for item in changed:
            if item.key in at or self._is_founded(item):
                continue
            if item.subject == "body_dispositions" and item.key[1] in beside:
                self.fates[int(item.key[1])] = item.asked.get("fate", "")
            else:
                self._not_of_the_baseline(item)
        for item in self.items:
            if at.get(item.key) in touched:
                self._lay(at[item.key], item)

    def _lay(self, row: int, item: Item) -> None:
        """Put the values of ``item`` among those of its row, and remember where they come from."""
        pk = item.key[1]
        names = {
            "dispositions": _OF_A_PLATFORM,
            "body_dispositions": {"fate": f"body-{pk}"},
            "plate_dispositions": {"fate": f"plate-{pk}", "carrier": f"carrier-{pk}"},
        }[item.subject]
        for column, text in item.asked.items():
            self.given[row][names[column]] = text
            self.places[row, names[column]] = item.key, column

    def _is_founded(self, item: Item) -> bool:
        """Whether it is a body that the plan founds; of one of those nothing else can be said."""
        founded = BodyDisposition.Fate.FOUND
        if item.subject != "body_dispositions" or self._stored_fate(int(item.key[1])) != founded:
            return False
        self.faults.append(
            Fault(
                item.key,
                "fate",
                _("The plan founds this body, so it is neither kept nor abolished."),
                _("Write “found”, or take the body back on the page “Result”."),
                "founded",
            )
        )
        return True

    def _not_of_the_baseline(self, item: Item) -> None:
        self.faults.append(
            Fault(
                item.key,
                _NAMING[item.subject],
                _("This record is not one of the division's baseline."),
                _("Take the row out of the file: a plan decides on the baseline alone."),
                "not_baseline",
            )
        )

    def _save_rows(self, user: User, reason: str) -> None:
        seen = {pk: self._rows[pk].seen for pk in self.given}
        refused = save_rows(plan=self.plan, given=self.given, seen=seen, user=user, reason=reason)
        for row, error in refused.items():
            for name, messages in errors_of(error).items():
                key, column = self._place(row, name)
                self._refuse(key, column, messages)

    def _place(self, row: int, name: str) -> tuple[Key, str]:
        if (row, name) in self.places:
            return self.places[row, name]
        own: Key = ("dispositions", row)
        return next((key for (of, _n), (key, _c) in self.places.items() if of == row), own), ""

    def _refuse(self, key: Key, column: str, messages: Iterable[str]) -> None:
        message = " ".join(messages)
        self.faults.append(Fault(key, column, message, remedy_for(str(key[0]), column)))


def errors_of(error: ValidationError) -> Mapping[str, list[str]]:
    """Return the messages of a refusal by field; those of none under ``__all__``."""
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {NON_FIELD_ERRORS: list(error.messages)}

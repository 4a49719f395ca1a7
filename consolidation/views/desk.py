"""Rows of the desk between page and service: what is stored in words, what was typed in values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consolidation.models import BodyDisposition, Disposition, PlateDisposition
from consolidation.selectors.desk import TargetChoice, target_choices
from consolidation.services.drafting import save_row
from consolidation.services.seen import ConflictError
from consolidation.views.drafts import OwnPlanPage, errors_by_field
from consolidation.views.reader import reader_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from consolidation.selectors.desk import DeskRow
    from consolidation.services.seen import BothValues


@dataclass
class ShownRow:
    """A row as the page shows it: what is stored, or what was typed and refused."""

    row: DeskRow
    typed: dict[str, str]
    problems: dict[str, list[str]] = field(default_factory=dict)
    conflict: list[ShownConflict] = field(default_factory=list)
    seen: str = ""
    opinions: list[Any] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """What the names of the row's fields start with."""
        return f"r{self.row.platform.pk}-"

    @property
    def has_problems(self) -> bool:
        """Whether something of the row was not saved."""
        return bool(self.problems or self.conflict)


@dataclass(frozen=True)
class ShownConflict:
    """A field that two officials gave two values, in words."""

    label: str
    theirs: str
    mine: str


class Words:
    """The values of rows in words, for one plan: keys are stored, names are shown and typed."""

    def __init__(self, choices: list[TargetChoice]) -> None:
        self.choices = choices
        self.text_of = {str(choice.pk): choice.text for choice in choices}
        self.key_of = {choice.text: str(choice.pk) for choice in choices}

    def shown(self, row: DeskRow) -> dict[str, str]:
        """Return the values of ``row`` as its inputs show them."""
        return {
            name: self._name(row, name, value) if is_target(name) else value
            for name, value in row.values.items()
        }

    def _name(self, row: DeskRow, name: str, key: str) -> str:
        if not key or key in self.text_of:
            return self.text_of.get(key, "")
        decision = row.decision
        # A platform that has left the list since is still told by its name.
        if name == "target" and decision is not None and decision.target is not None:
            return decision.target.name
        return next(
            (p.decision.carrier.name for p in row.plates if p.decision and p.decision.carrier), ""
        )

    def read(self, row: DeskRow, posted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """Return what was typed as values to be stored, and the fields whose name is unknown."""
        given: dict[str, str] = {}
        unknown: list[str] = []
        stored = self.shown(row)
        for name, typed in posted.items():
            if not is_target(name) or not typed:
                given[name] = typed
            elif typed == stored.get(name):
                given[name] = row.values[name]
            elif key := self.key_of.get(typed) or self._only_match(typed):
                given[name] = key
            else:
                unknown.append(name)
        return given, unknown

    def _only_match(self, typed: str) -> str:
        """Return the platform whose name holds what was typed, if it is the only one."""
        found = [str(choice.pk) for choice in self.choices if typed in choice.text]
        return found[0] if len(found) == 1 else ""


def is_target(name: str) -> bool:
    """Whether a field names a platform that is chosen by typing."""
    return name == "target" or name.startswith("carrier-")


def posted_row(data: QueryDict, platform_id: int) -> tuple[dict[str, str], str]:
    """Return the fields of one row that a form sent, and the digest of what it had seen."""
    prefix = f"r{platform_id}-"
    fields = {
        name.removeprefix(prefix): str(value).strip()
        for name, value in data.items()
        if name.startswith(prefix)
    }
    return fields, fields.pop("seen", "")


class RowsOfPlan(OwnPlanPage):
    """What the pages share that show or save rows."""

    @cached_property
    def words(self) -> Words:
        """The names of the platforms that can be chosen."""
        return Words(target_choices(self.plan))

    def shown(self, row: DeskRow) -> ShownRow:
        """Return a row as it is stored."""
        return ShownRow(row, self.words.shown(row), seen=row.seen)

    def save(self, row: DeskRow, posted: dict[str, str], seen: str) -> ShownRow:
        """Save a row, and return it as stored; or as typed, with what was refused."""
        given, unknown = self.words.read(row, posted)
        problems = {
            name: [_("No platform of this name is on the list. Choose one that is offered.")]
            for name in unknown
        }
        try:
            saved = save_row(
                plan=self.plan,
                platform_id=row.platform.pk,
                given=given,
                seen=seen,
                user=reader_of(self.request),
            )
        except ConflictError as conflict:
            return ShownRow(
                row,
                self.words.shown(row) | posted,
                problems,
                self._in_words(row, conflict.fields),
                conflict.seen,
            )
        except ValidationError as refused:
            problems |= errors_by_field(refused)
            return ShownRow(row, self.words.shown(row) | posted, problems, seen=seen)
        shown = self.shown(saved)
        shown.problems = problems
        shown.typed |= {name: posted[name] for name in unknown}
        return shown

    def _in_words(self, row: DeskRow, fields: list[BothValues]) -> list[ShownConflict]:
        return [
            ShownConflict(
                label_of_field(row, both.name),
                self.value_in_words(both.name, both.theirs),
                self.value_in_words(both.name, both.mine),
            )
            for both in fields
        ]

    def value_in_words(self, name: str, value: str) -> str:
        """Return a stored value of a field in words."""
        if not value:
            return _("empty")
        if is_target(name):
            return self.words.text_of.get(value, value)
        choices: dict[str, Any] = {
            "kind": Disposition.Kind,
            "body": BodyDisposition.Fate,
            "plate": PlateDisposition.Fate,
        }
        kind = choices.get(name.partition("-")[0])
        return str(kind(value).label) if kind is not None and value in kind.values else value


def label_of_field(row: DeskRow, name: str) -> str:
    """Return the words for a field of a row."""
    labels = {
        "kind": _("Disposition"),
        "target": _("Merged into"),
        "into": _("Transformed into"),
        "planned_on": _("Planned for"),
        "reason": _("Reason"),
    }
    labels |= {body.name: body.body.name for body in row.bodies}
    labels |= {plate.name: plate.plate.title for plate in row.plates}
    labels |= {
        plate.carrier_name: _("%(plate)s is carried by") % {"plate": plate.plate.title}
        for plate in row.plates
    }
    return labels.get(name, name)

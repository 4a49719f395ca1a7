"""The form of one body's people. What may stand in it is the service's to say, all at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from consolidation.forms_result import ShownConflict
from platforms_portal.words import labelled
from staffing.drafting import ELSEWHERE, FIGURES, Choice
from staffing.models import Redeployment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from consolidation.services.seen import BothValues
    from staffing.drafting import StaffRow

LINES_MAX = 30
"""How many bodies people of one body may be sent to."""

BLANK_LINES = 2
"""How many lines are left empty for more bodies."""


@dataclass
class Input:
    """One number: its name in the form, what stands in it, and what is wrong with it."""

    name: str
    label: StrOrPromise
    value: str
    errors: list[str] = field(default_factory=list)


@dataclass
class Line:
    """One row of the table: where people are or go, and a number for each category.

    ``flow`` says how it counts in the balance: ``after``, ``out``, or not at all.
    """

    key: str
    label: StrOrPromise
    flow: str
    inputs: list[Input]


@dataclass
class BodyLine:
    """A row for one other body: which, and a number for each category."""

    name: str
    label: StrOrPromise
    body: str
    inputs: list[Input]
    errors: list[str] = field(default_factory=list)


class StaffForm:
    """The inputs of one body, as stored or as they were sent.

    Rows for other bodies are numbered: which body each is for is chosen in the row itself.
    """

    def __init__(
        self, row: StaffRow, choices: list[Choice], data: Mapping[str, str] | None = None
    ) -> None:
        """Make the inputs of ``row``; with ``data`` they hold what was sent."""
        self.row = row
        self.choices = [*choices, *self._gone(row, choices)]
        self.data = data
        self.seen = row.seen if data is None else data.get("seen", "")
        self.errors: dict[str, list[str]] = {}
        self.lines = [self._line(name) for name in self._names()]
        self.to_bodies = self._stored() if data is None else self._sent(data)

    @property
    def prefix(self) -> str:
        """What the ids of the inputs start with."""
        return f"b{self.row.body.pk}"

    @property
    def non_field_errors(self) -> list[str]:
        """What was refused of the form as a whole."""
        return self.errors.get(NON_FIELD_ERRORS, [])

    @property
    def refused(self) -> list[Input | BodyLine]:
        """The inputs with errors, in the order of the table."""
        every: list[Input | BodyLine] = [one for line in self.lines for one in line.inputs]
        for line in self.to_bodies:
            every += [line, *line.inputs]
        return [one for one in every if one.errors]

    @staticmethod
    def _gone(row: StaffRow, choices: list[Choice]) -> list[Choice]:
        """Return the bodies to which people go, and which do not go on any more."""
        known = {choice.pk for choice in choices}
        return [
            Choice(pk, _("%(body)s (does not go on)") % {"body": body.name}, is_own=False)
            for pk, body in row.targets.items()
            if pk not in known
        ]

    def _names(self) -> list[str]:
        return [*(FIGURES if self.row.is_staying else ()), *ELSEWHERE]

    def _line(self, name: str) -> Line:
        labels: dict[str, StrOrPromise] = {
            "after": _("Staff on post after"),
            "authorised": _("Authorised posts after"),
            Redeployment.Destination.DEPARTMENT: _("To departments of the district"),
            Redeployment.Destination.COMPANY: _("To companies"),
            Redeployment.Destination.RETIREMENT: _("Into retirement"),
            Redeployment.Destination.CONTRACT_END: _("At the end of their contract"),
        }
        flow = {"after": "after", "authorised": ""}.get(name, "out")
        inputs = []
        for category in self.row.categories:
            key = f"{name}-{category.category}"
            stored = self.row.values.get(key, "")
            value = stored if self.data is None else self.data.get(key, "")
            inputs.append(Input(key, f"{labels[name]} · {category.label}", value))
        return Line(name, labels[name], flow, inputs)

    def _stored(self) -> list[BodyLine]:
        lines = [
            self._body_line(
                n,
                str(pk),
                [self.row.values.get(f"to-{pk}-{c.category}", "") for c in self.row.categories],
            )
            for n, pk in enumerate(self.row.targets)
        ]
        blank = [""] * len(self.row.categories)
        return lines + [
            self._body_line(n, "", blank) for n in range(len(lines), len(lines) + BLANK_LINES)
        ]

    def _sent(self, data: Mapping[str, str]) -> list[BodyLine]:
        lines = []
        for n in range(LINES_MAX):
            if f"line-{n}-body" in data:
                numbers = [
                    data.get(f"line-{n}-{c.category}", "").strip() for c in self.row.categories
                ]
                lines.append(self._body_line(n, data[f"line-{n}-body"], numbers))
        return lines

    def _body_line(self, n: int, body: str, numbers: list[str]) -> BodyLine:
        return BodyLine(
            f"line-{n}-body",
            f"{_('To another body')} {n + 1}",
            body,
            [
                Input(
                    f"line-{n}-{category.category}",
                    f"{_('To another body')} {n + 1} · {category.label}",
                    number,
                )
                for category, number in zip(self.row.categories, numbers, strict=True)
            ],
        )

    # --- What was sent ----------------------------------------------------------------------------

    def given(self) -> dict[str, str]:
        """Return what was sent, with names and values as the service takes them.

        Raises ``ValidationError`` where a line names no body, or two lines name the same.
        """
        given = {one.name: one.value.strip() for line in self.lines for one in line.inputs}
        problems: dict[str, StrOrPromise] = {}
        named: set[str] = set()
        for line in self.to_bodies:
            if not any(one.value for one in line.inputs):
                continue
            if not line.body.isdecimal():
                problems[line.name] = _("Choose the body that they move to.")
            elif line.body in named:
                problems[line.name] = _("Another line names this body already.")
            named.add(line.body)
            given |= {
                f"to-{line.body}-{category.category}": one.value
                for category, one in zip(self.row.categories, line.inputs, strict=True)
            }
        if problems:
            raise ValidationError(problems)
        return given

    def show_refusal(self, refused: ValidationError) -> None:
        """Put what was refused beside the inputs, and the rest above them."""
        problems = (
            refused.message_dict
            if hasattr(refused, "error_dict")
            else {NON_FIELD_ERRORS: list(refused.messages)}
        )
        places = self._places()
        for name, messages in problems.items():
            place = places.get(name)
            if place is not None:
                place.errors += messages
            else:
                self.errors.setdefault(NON_FIELD_ERRORS, []).extend(messages)

    def _places(self) -> dict[str, Input | BodyLine]:
        """Return the inputs by their own names, and by the service's."""
        places: dict[str, Input | BodyLine] = {
            one.name: one for line in self.lines for one in line.inputs
        }
        for line in self.to_bodies:
            places[line.name] = line
            places[f"to-{line.body}"] = line
            for category, one in zip(self.row.categories, line.inputs, strict=True):
                places[f"to-{line.body}-{category.category}"] = one
        return places

    def conflicts(self, fields: list[BothValues]) -> list[ShownConflict]:
        """Return both values of each field that somebody else changed, in words."""
        nothing = _("empty")
        return [
            ShownConflict(self._words(both.name), both.theirs or nothing, both.mine or nothing)
            for both in fields
        ]

    def _words(self, name: str) -> StrOrPromise:
        known = {one.name: one.label for line in self.lines for one in line.inputs}
        if name in known:
            return known[name]
        pk, _dash, category = name.removeprefix("to-").rpartition("-")
        bodies = {str(choice.pk): choice.text for choice in self.choices}
        bodies |= {str(key): body.name for key, body in self.row.targets.items()}
        labels = {row.category: row.label for row in self.row.categories}
        return labelled(
            _("To another body"), f"{bodies.get(pk, pk)} · {labels.get(category, category)}"
        )

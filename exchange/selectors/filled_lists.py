"""What a template offers to choose from: divisions, platforms, bodies and plates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from consolidation.models import RetainedPlatform
from consolidation.selectors.plans import owners_of
from exchange.selectors.filled_names import Names, dated
from staffing.drafting import draft_of
from zones.models import Division, ManagementBody, Plate, Platform

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from django.db.models import QuerySet

    from consolidation.models import MergePlan, Programme
    from exchange.subjects import Template

LONGEST = 2_000
"""Nobody looks for an entry in a longer list; the cell is typed then."""


class Choice(NamedTuple):
    """An entry: what is written into the cell, and the code and name that it stands for."""

    text: str
    code: str
    name: str


class References:
    """The lists of one template, each read once when a column asks for it."""

    def __init__(
        self, programme: Programme, division: Division | None, names: Names, plan: MergePlan | None
    ) -> None:
        """Remember whose lists they are; ``plan`` for the template of a plan."""
        self._programme, self._division = programme, division
        self._names, self._plan = names, plan

    def for_template(self, template: Template) -> dict[tuple[str, str], list[Choice]]:
        """Return the lists by subject and column; a column without a sensible list is left out."""
        lists: dict[tuple[str, str], list[Choice]] = {}
        known: dict[str, list[Choice]] = {}
        for subject in template.subjects:
            for column in subject.read_columns:
                key = self._key(column.name, column.refers_to)
                if not key or column.kind.value == "list":
                    continue
                if key not in known:
                    known[key] = getattr(self, f"_{key}")()
                if 0 < len(known[key]) <= LONGEST:
                    lists[subject.key, column.name] = known[key]
        return lists

    def _key(self, name: str, refers_to: str) -> str:
        """Return which list a column has: merges lead to what is retained, people to what stays."""
        if refers_to == "divisions":
            return "today" if name == "current_division" else "owners"
        if name in {"target", "carrier"}:
            return "retained"
        if name == "to_body" and self._plan is not None and self._plan.pk is not None:
            return "receiving"
        return refers_to

    def _owners(self) -> list[Choice]:
        owners = [self._division] if self._division else owners_of(self._programme)
        return [Choice(owner.name, owner.code, owner.name) for owner in owners]

    def _today(self) -> list[Choice]:
        """Return the divisions of the city that begin after the baseline or go on."""
        day = self._programme.opens_as_of
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        goes_on = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        found = Division.objects.filter(begun, goes_on, parent=self._programme.division_id)
        return [
            Choice(dated(row.code, row.valid_from), row.code, row.name)
            for row in found.order_by("code")
        ]

    def _platforms(self) -> list[Choice]:
        return self._choices(Platform.objects.filter(ledger=self._programme.ledger_id), "division")

    def _bodies(self) -> list[Choice]:
        return self._choices(
            ManagementBody.objects.filter(ledger=self._programme.ledger_id), "division"
        )

    def _plates(self) -> list[Choice]:
        return self._choices(
            Plate.objects.filter(ledger=self._programme.ledger_id),
            "platform__division",
            name="title",
        )

    def _choices(self, rows: QuerySet[Any, Any], owner: str, *, name: str = "name") -> list[Choice]:
        """Return records of the division by their codes: a name stands beside each in the sheet."""
        if self._division is not None:
            rows = rows.filter(**{owner: self._division})
        found: Iterable[tuple[str, str]] = rows.order_by("code").values_list("code", name)
        return [Choice(code, code, told) for code, told in found[: LONGEST + 1]]  # type: ignore[index]  # a queryset

    def _retained(self) -> list[Choice]:
        listed = RetainedPlatform.objects.filter(programme=self._programme)
        rows = listed.order_by("sequence", "pk").values_list("platform__code", "platform__name")
        return [Choice(self._names.platform(code, name), code, name) for code, name in rows]

    def _receiving(self) -> list[Choice]:
        """Return the bodies to which people can be moved, as the page of the plan's people has them."""
        if self._plan is None:
            return []
        keys = [choice.pk for choice in draft_of(self._plan).choices]
        rows = ManagementBody.objects.filter(pk__in=keys).order_by("code")
        return [
            Choice(self._names.body(code, name), code, name)
            for code, name in rows.values_list("code", "name")
        ]

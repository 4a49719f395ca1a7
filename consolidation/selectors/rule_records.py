"""The records that a rule looked at, each with its verdict: what the page of a rule lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Q, Value, When

from consolidation.checks.base import RULES, Status
from consolidation.checks.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from consolidation.checks.rows import RowCheck
    from consolidation.selectors.state import StateView


@dataclass(frozen=True)
class JudgedRecord:
    """One record with the verdict of a rule: kept, broken, or not known, and why."""

    type: str
    id: int
    name: str
    division_id: int
    status: Status
    why: StrOrPromise
    placeholder: bool


def row_checks_of(view: StateView, rule: str) -> dict[str, RowCheck]:
    """Return the record-by-record parts of ``rule`` in ``view`` by aspect; none for counts."""
    checks = RULES[rule].row_checks
    if checks is None:
        return {}
    return {check.aspect: check for check in checks(Facts(view))}


def judged_rows(check: RowCheck, place: Q, verdict: Status | None = None) -> QuerySet[Any, Any]:
    """Return the records that ``check`` counts at ``place``, those that break the rule first.

    ``verdict`` narrows them to those with this answer. A record with several rows in the state
    (decided twice) comes once for each verdict that it has.
    """
    broken, unknown = list(check.broken), list(check.unknown)
    rows = check.sorted_rows().filter(place)
    if verdict == Status.NOT_MET:
        rows = rows.filter(verdict__in=broken)
    elif verdict == Status.UNKNOWN:
        rows = rows.filter(verdict__in=unknown)
    elif verdict == Status.MET:
        rows = rows.filter(verdict="")
    order = Case(
        When(verdict__in=broken, then=Value(0)),
        When(verdict__in=unknown, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    judged: QuerySet[Any, Any] = (
        rows.annotate(order_of_verdict=order)
        .order_by("order_of_verdict", check.division, "pk")
        .values_list(
            "order_of_verdict", "pk", check.name, check.division, "verdict", "rests_on_placeholder"
        )
        .distinct()
    )
    return judged


def judged_records(check: RowCheck, rows: Sequence[tuple[Any, ...]]) -> list[JudgedRecord]:
    """Return one page of ``judged_rows`` as records."""
    statuses = (Status.NOT_MET, Status.UNKNOWN, Status.MET)
    return [
        JudgedRecord(
            type=check.record,
            id=pk,
            name=str(name),
            division_id=division_id,
            status=statuses[order],
            why=check.why(verdict),
            placeholder=placeholder,
        )
        for order, pk, name, division_id, verdict, placeholder in rows
    ]

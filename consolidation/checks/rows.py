"""Rules that ask the same of every record: how many break it, and which.

The database sorts the records into verdicts and counts them; Python only sees the counts and
the records that break the rule.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import (
    BREAKING_LIMIT,
    Finding,
    Ratio,
    RecordRef,
    Scope,
    Severity,
    Status,
    names_of,
    text,
)
from consolidation.selectors.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.facts import Facts

NOTHING_DECIDED: StrOrPromise = _(
    "At the baseline nothing has been decided yet, so there is nothing to judge."
)

NOTHING_CARRIED_OUT: StrOrPromise = _(
    "Nothing has been confirmed carried out by this day, so there is nothing to judge."
)

NOTHING_TO_JUDGE: StrOrPromise = _("There is no record that this rule is about.")


class Sorting(NamedTuple):
    """One way in which a record can fail: the condition, and what to tell about the record."""

    condition: Q
    why: StrOrPromise


@dataclass(frozen=True)
class RowCheck:
    """What a rule asks of each record.

    ``rows`` are rows of the state selector, ``counted`` narrows them to those that the rule is
    about. A record belongs to the first of ``broken`` whose condition holds, else to the first of
    ``unknown``, else it keeps the rule. The sentences take ``{counted}``, ``{number}`` and
    ``{names}``. ``at_baseline`` says whether the rule can be asked before anything is decided.
    """

    rule: str
    rows: QuerySet[Any, Any]
    record: str
    counts: str
    unit: StrOrPromise
    broken: Mapping[str, Sorting]
    met: StrOrPromise
    not_met: StrOrPromise
    not_known: StrOrPromise
    unknown: Mapping[str, Sorting]
    counted: Q = field(default_factory=Q)
    name: str = "name"
    division: str = "division_id"
    aspect: str = ""
    severity: Severity = Severity.BREACH
    at_baseline: bool = False
    limit: int = 0

    def sorted_rows(self) -> QuerySet[Any, Any]:
        """Return the counted records, each with its ``verdict`` (empty where it keeps the rule)."""
        conditions = [
            When(sorting.condition, then=Value(verdict))
            for verdict, sorting in {**self.broken, **self.unknown}.items()
        ]
        rows: QuerySet[Any, Any] = self.rows.filter(self.counted).annotate(
            verdict=Case(*conditions, default=Value(""), output_field=CharField())
        )
        return rows

    def why(self, verdict: str) -> StrOrPromise:
        """Return what is to be told of a record with this verdict."""
        sorting = self.broken.get(verdict) or self.unknown.get(verdict)
        return sorting.why if sorting else ""


@dataclass
class _Sums:
    counted: int = 0
    broken: int = 0
    unknown: int = 0
    placeholders: int = 0
    first_unknown: str = ""


def answer_rows(facts: Facts, check: RowCheck) -> Iterable[Finding]:
    """Yield the finding for the city and for every owner that has records to judge."""
    if facts.view.state == State.BASELINE and not check.at_baseline:
        yield _not_asked(facts, check)
        return
    sums = _count(check)
    breaking = _breaking(check) if any(s.broken for s in sums.values()) else {}
    city = _total(sums)
    everything = tuple(ref for refs in breaking.values() for ref in refs)
    yield _finding(facts, check, facts.city, city, everything)
    for owner in facts.owners:
        key = owner.division.pk
        if key in sums:
            yield _finding(facts, check, owner, sums[key], tuple(breaking.get(key, ())))


def _count(check: RowCheck) -> dict[int, _Sums]:
    counted = (
        check.sorted_rows()
        .order_by()
        .values(check.division, "verdict")
        .annotate(
            n=Count("pk", distinct=True),
            n_placeholders=Count("pk", distinct=True, filter=Q(rests_on_placeholder=True)),
        )
    )
    sums: dict[int, _Sums] = defaultdict(_Sums)
    for row in counted:
        entry = sums[row[check.division]]
        entry.counted += row["n"]
        entry.placeholders += row["n_placeholders"]
        if row["verdict"] in check.broken:
            entry.broken += row["n"]
        elif row["verdict"]:
            entry.unknown += row["n"]
            entry.first_unknown = entry.first_unknown or row["verdict"]
    return dict(sums)


def _total(sums: Mapping[int, _Sums]) -> _Sums:
    city = _Sums()
    for entry in sums.values():
        city.counted += entry.counted
        city.broken += entry.broken
        city.unknown += entry.unknown
        city.placeholders += entry.placeholders
        city.first_unknown = city.first_unknown or entry.first_unknown
    return city


def _breaking(check: RowCheck) -> dict[int, list[RecordRef]]:
    rows = (
        check.sorted_rows()
        .filter(verdict__in=list(check.broken))
        .order_by(check.division, "pk")
        .values_list("pk", check.name, check.division, "verdict")
    )
    breaking: dict[int, dict[int, RecordRef]] = defaultdict(dict)
    for pk, name, division_id, verdict in rows[:BREAKING_LIMIT]:
        ref = RecordRef(check.record, pk, str(name), division_id, check.why(verdict))
        breaking[division_id].setdefault(pk, ref)
    return {division_id: list(refs.values()) for division_id, refs in breaking.items()}


def _not_asked(facts: Facts, check: RowCheck) -> Finding:
    return facts.finding(
        check.rule,
        aspect=check.aspect,
        status=Status.UNKNOWN,
        severity=check.severity,
        actual=Ratio(None),
        limit=Ratio(check.limit),
        message=NOTHING_DECIDED,
        unit=check.unit,
        counts=check.counts,
        counted=0,
        placeholders=False,
    )


def _nothing_counted(facts: Facts) -> tuple[Status, StrOrPromise]:
    """Judge a rule that no record is about: kept, but not before anybody has decided anything."""
    if facts.anything_in_effect:
        return Status.MET, NOTHING_TO_JUDGE
    if facts.view.state == State.ACTUAL:
        return Status.UNKNOWN, NOTHING_CARRIED_OUT
    return Status.UNKNOWN, NOTHING_DECIDED


def _finding(
    facts: Facts, check: RowCheck, scope: Scope, sums: _Sums, breaking: tuple[RecordRef, ...]
) -> Finding:
    if not sums.counted:
        status, sentence = _nothing_counted(facts)
        number = 0
    elif sums.broken:
        status, sentence, number = Status.NOT_MET, check.not_met, sums.broken
    elif sums.unknown:
        status, sentence, number = Status.UNKNOWN, check.not_known, sums.unknown
    else:
        status, sentence, number = Status.MET, check.met, 0
    why = check.why(sums.first_unknown) if status == Status.UNKNOWN else ""
    return facts.finding(
        check.rule,
        aspect=check.aspect,
        scope=scope,
        status=status,
        severity=check.severity,
        # What is not known is not zero: the records in doubt may all break the rule.
        actual=Ratio(sums.broken if status != Status.UNKNOWN else None),
        limit=Ratio(check.limit),
        margin=check.limit - sums.broken if status != Status.UNKNOWN else None,
        message=text(
            sentence,
            counted=sums.counted,
            number=number,
            names=names_of(breaking, sums.broken),
            why=why,
        ),
        unit=check.unit,
        counts=check.counts,
        counted=sums.counted,
        placeholders=sums.placeholders > 0,
        formula=text(
            _("{counted} counted, {broken} break the rule, {unknown} not known"),
            counted=sums.counted,
            broken=sums.broken,
            unknown=sums.unknown,
        ),
        breaking=breaking,
        breaking_total=sums.broken,
    )

"""What of the baseline was changed after an owner's plan came in: read from the history of the ledger.

The moment that counts is the one at which the plan was first seen handed in by the portal. A plan
that was loaded came in with its ledger, so what the same load wrote after it is no change.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case, DateTimeField, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from consolidation.models import Correction, MergePlan
from consolidation.selectors.state import baseline_q, flag
from staffing.models import HeadCount
from zones.models import ManagementBody, Plate, Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from consolidation.models import Programme
    from signals.kinds.facts import Facts

NOT_GIVEN = -1
"""Stands for a figure that nobody gave, where two of them are compared in the database."""


class Version(NamedTuple):
    """What a record was worth to the baseline: its owner, and its figures; ``None`` where it did not count."""

    owner: int | None
    figures: tuple[int, ...]


class Change(NamedTuple):
    """A record that is not what it was when the plan came in, and since when."""

    record_id: int
    name: str
    before: Version
    after: Version
    day: datetime.datetime
    is_placeholder: bool
    is_deleted: bool
    body_id: int | None = None


class Source(NamedTuple):
    """One kind of record of the ledger: its model, where its owner stands, what makes it count."""

    subject: str
    model: type[Any]
    owner: str
    counts: Q
    figures: tuple[str, ...] = ()
    name: str = "name"


def sources(programme: Programme) -> dict[str, Source]:
    """Return the kinds of record whose number or figures make up the baseline."""
    return {
        "platforms": Source("platform", Platform, "division_id", baseline_q(programme)),
        "bodies": Source(
            "body", ManagementBody, "division_id", baseline_q(programme, end="abolished_on")
        ),
        "plates": Source(
            "plate", Plate, "platform__division_id", Q(pk__isnull=False), name="title"
        ),
        "people": Source(
            "head_count",
            HeadCount,
            "body__division_id",
            Q(
                counted_on=programme.baseline_date,
                category__in=programme.counted_categories,
            ),
            ("on_post", "authorised"),
            "body__name",
        ),
    }


def came_in(facts: Facts) -> dict[int, datetime.datetime]:
    """Return, by owner, the moment after which its baseline should have stayed as it was."""
    plans: Any = MergePlan
    history = plans.history.model
    rows = (
        history.objects.filter(
            ~Q(state__in=MergePlan.INTERNAL_STATES), programme=facts.programme.pk
        )
        .order_by()
        .values("division_id")
        .annotate(first=Min("history_date"), loaded=Min("history_date", filter=Q(history_type="+")))
    )
    load = datetime.timedelta(minutes=facts.number("S01", "load_minutes"))
    return {
        row["division_id"]: row["first"] + (load if row["loaded"] == row["first"] else load * 0)
        for row in rows
    }


def changes(
    facts: Facts, source: Source, since: Mapping[int, datetime.datetime]
) -> Iterable[tuple[int, Change]]:
    """Yield each owner with a record that counted otherwise for it when its plan came in."""
    if not since:
        return
    keys = [row["id"] for row in _differing(facts, source, since)]
    for rows in _versions(source, keys).values():
        owners = {row["owner"] for row in rows} & since.keys()
        for owner in sorted(owners):
            change = _change(source, rows, owner, since[owner])
            if change is not None:
                yield owner, change


def _history(facts: Facts, source: Source) -> Any:
    history: Any = source.model.history.model
    ledger = "body__ledger" if source.model is HeadCount else "ledger"
    return history.objects.filter(**{ledger: facts.programme.ledger_id}).annotate(
        owner=F(source.owner), counts=flag(source.counts & ~Q(history_type="-"))
    )


def _differing(facts: Facts, source: Source, since: Mapping[int, datetime.datetime]) -> Any:
    """Return the last rows of history of records that may count otherwise than at the moment."""
    rows = _history(facts, source)
    newer = rows.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    moment = Case(
        *(When(owner=owner, then=Value(day)) for owner, day in since.items()),
        default=Value(min(since.values())),
        output_field=DateTimeField(),
    )
    then = rows.filter(id=OuterRef("id"), history_date__lte=OuterRef("moment")).order_by(
        "-history_date", "-history_id"
    )
    differs = ~Q(counts=F("counted")) | (Q(counted=True) & ~Q(owner=F("owner_then")))
    columns: dict[str, Any] = {}
    for figure in source.figures:
        columns[f"{figure}_now"] = Coalesce(figure, NOT_GIVEN)
        columns[f"{figure}_then"] = Coalesce(Subquery(then.values(figure)[:1]), NOT_GIVEN)
        differs |= Q(counted=True) & ~Q(**{f"{figure}_now": F(f"{figure}_then")})
    return (
        rows.annotate(moment=moment)
        .filter(~Exists(newer), history_date__gt=F("moment"))
        .annotate(
            counted=Coalesce(Subquery(then.values("counts")[:1]), Value(False)),
            owner_then=Coalesce(Subquery(then.values("owner")[:1]), F("owner")),
            **columns,
        )
        .filter(differs)
        .order_by()
        .values("id")
    )


def _versions(source: Source, keys: list[int]) -> dict[int, list[dict[str, Any]]]:
    """Return every row of history of these records, each record's in order."""
    history: Any = source.model.history.model
    body = {"body_key": F("body_id")} if source.model is HeadCount else {}
    rows = (
        history.objects.filter(id__in=keys)
        .annotate(
            owner=F(source.owner),
            counts=flag(source.counts & ~Q(history_type="-")),
            named=F(source.name),
            **body,
        )
        .order_by("id", "history_date", "history_id")
        .values(
            "id",
            "owner",
            "counts",
            "named",
            "history_date",
            "history_type",
            "is_placeholder",
            *source.figures,
            *body,
        )
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(row)
    return found


def _change(
    source: Source, rows: list[dict[str, Any]], owner: int, moment: datetime.datetime
) -> Change | None:
    """Return what became of one record for ``owner`` after ``moment``; nothing where all is as it was."""
    before = last = Version(None, ())
    day = moment
    for row in rows:
        version = _version(source, row)
        if row["history_date"] <= moment:
            before = last = version
            continue
        if version != last:
            day = row["history_date"]
        last = version
    after = _version(source, rows[-1])
    if before == after or owner not in {before.owner, after.owner}:
        return None
    named = rows[-1]
    return Change(
        named["id"],
        named["named"] or "",
        before,
        after,
        day,
        bool(named["is_placeholder"]),
        named["history_type"] == "-",
        named.get("body_key"),
    )


def _version(source: Source, row: Mapping[str, Any]) -> Version:
    if not row["counts"]:
        return Version(None, ())
    figures = (row[figure] for figure in source.figures)
    return Version(row["owner"], tuple(NOT_GIVEN if f is None else f for f in figures))


def explained_by(
    facts: Facts,
) -> dict[tuple[str, int], list[tuple[int, datetime.datetime, datetime.datetime]]]:
    """Return the confirmed corrections of each record: key, when asked for, when decided."""
    found: dict[tuple[str, int], list[tuple[int, datetime.datetime, datetime.datetime]]] = {}
    for correction in Correction.objects.filter(
        programme=facts.programme, state=Correction.State.CONFIRMED
    ):
        if correction.subject_id is not None and correction.decided_at is not None:
            about = (correction.pk, correction.requested_at, correction.decided_at)
            found.setdefault((correction.subject, correction.subject_id), []).append(about)
    return found

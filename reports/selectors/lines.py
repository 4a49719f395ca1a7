"""The records of a report, a line each, read in chunks: the rows of the state, and what hangs on them.

A line is a dictionary of plain values. However many records there are, one chunk of them is in memory
at a time; each chunk asks a handful of questions more.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import get_language

from consolidation.models import Disposition
from consolidation.selectors.ledger import (
    bodies_visible_to,
    plates_visible_to,
    platforms_visible_to,
    retained_visible_to,
)
from consolidation.selectors.outcome import with_outcome
from consolidation.selectors.state import (
    State,
    baseline_q,
    body_rows,
    flag,
    plate_rows,
    platform_rows,
)
from platforms_portal.access import Right
from staffing.models import Redeployment
from staffing.people import figures_after
from staffing.selectors import head_counts, stale_bodies
from zones.models import BodyPlatform, Plate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from django.db.models import QuerySet

    from consolidation.selectors.state import StateView
    from reports.selectors.report import Report

    Line = dict[str, Any]

CHUNK = 2000

_FLAGS = {
    "in_state": Q(in_state=True),
    "went": Q(in_baseline=True, in_state=False),
    "came": Q(in_baseline=False, in_state=True),
    "undecided": Q(undecided=True),
    "placeholder": Q(rests_on_placeholder=True),
}
"""What a tally counts (``counts.count_rows``), as columns of a line beside ``in_baseline``."""


def named(line: Mapping[str, Any], prefix: str = "") -> str:
    """Return the name of a line in the reader's language, the Chinese one where no other is known."""
    english = line.get(f"{prefix}name_en")
    return str(english if english and get_language() == "en" else line[f"{prefix}name"] or "")


def _flagged(
    rows: QuerySet[Any, Any],
    view: StateView,
    every: Callable[[StateView], QuerySet[Any, Any]],
) -> QuerySet[Any, Any]:
    """Return ``rows`` with the flags that tallies count: true where any row of the record is so.

    A record decided twice has two rows, of which ``rows`` show the first alone.
    """
    counted = every(view)
    flagged: QuerySet[Any, Any] = rows.annotate(
        **{
            f"any_{name}": flag(Q(pk__in=counted.filter(condition).order_by().values("pk")))
            for name, condition in _FLAGS.items()
        }
    )
    return flagged


_FLAG_FIELDS = ("in_baseline", *(f"any_{name}" for name in _FLAGS))


def _chunks(rows: QuerySet[Any, Any], *fields: str) -> Iterator[list[Line]]:
    coming = rows.values(*fields, owner_id=F("division_id")).iterator(chunk_size=CHUNK)
    while chunk := list(islice(coming, CHUNK)):
        yield chunk


def platform_lines(report: Report) -> Iterator[Line]:
    """Yield every platform of the baseline and of the retained list, by owner and code."""
    view = report.view
    rows = _flagged(platforms_visible_to(report.scope, view), view, platform_rows)
    rows = with_outcome(rows, view).order_by("division__code", "code", "pk")
    fields = (
        *("pk", "code", "name", "name_en", "level", "kind", "established_on"),
        *("approved_area", "managed_area", "built_up_area", "listed_name", "decided_kind"),
        *("target_pk", "target_name", "transform_into", "planned_on", "confirmed_on", "decisions"),
        *("is_retained", "sub_area", "outcome", "disposition__target__code"),
    )
    for chunk in _chunks(rows, *fields, *_FLAG_FIELDS):
        keys = [line["pk"] for line in chunk]
        bodies = _bodies_of_platforms(report, keys)
        people = _people_before(report, [key for found in bodies.values() for key, _ in found])
        plates = _plates_of(keys)
        for line in chunk:
            own = bodies.get(line["pk"], [])
            line["bodies"] = [name for _, name in own]
            line["people"] = _whole(people.get(key) for key, _ in own) if own else None
            line["plates"] = plates.get(line["pk"], [])
            yield line


def _bodies_of_platforms(report: Report, keys: list[int]) -> dict[int, list[tuple[int, str]]]:
    """Return the bodies that manage each platform at the baseline, where the reader sees bodies."""
    if not report.reader.may(Right.VIEW_BODIES):
        return {}
    in_baseline = baseline_q(report.programme, "body__", end="abolished_on")
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = BodyPlatform.objects.filter(
        in_baseline, report.scope.q("body__division_id"), platform__in=keys
    ).order_by("platform", "body__code")
    for row in rows.values("platform", "body", "body__name", "body__name_en"):
        found[row["platform"]].append((row["body"], named(row, "body__")))
    return found


def _plates_of(keys: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = Plate.objects.filter(platform__in=keys).order_by("platform", "code")
    for platform, title in rows.values_list("platform", "title"):
        found[platform].append(title)
    return found


def _people_before(report: Report, keys: list[int]) -> dict[int, int | None]:
    """Return the staff of each body at the baseline, ``None`` where a category is not known."""
    if not report.reader.may(Right.VIEW_PEOPLE):
        return {}
    categories = len(report.programme.counted_categories)
    rows = head_counts(report.view).filter(body__in=keys).order_by().values("body")
    summed = rows.annotate(people=Sum("on_post"), given=Count("on_post"))
    return {row["body"]: row["people"] if row["given"] == categories else None for row in summed}


def _whole(numbers: Iterable[int | None]) -> int | None:
    """Return the sum, or ``None`` where a number is not known."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def body_lines(report: Report) -> Iterator[Line]:
    """Yield every management body of the baseline, and those that plans found."""
    fields = (
        *("nature", "rank", "uscc", "approval_document", "funding", "leadership_teams"),
        *("internal_departments", "decided_fate", "serves_name", "confirmed_on"),
    )
    for chunk in _chunks(_bodies(report), *_BODY, *fields, *_FLAG_FIELDS):
        managed = _platforms_of_bodies([line["pk"] for line in chunk])
        for line in chunk:
            line["platforms"] = managed.get(line["pk"], [])
            yield line


_BODY = ("pk", "code", "name", "name_en")


def _bodies(report: Report) -> QuerySet[Any, Any]:
    rows = _flagged(bodies_visible_to(report.scope, report.view), report.view, body_rows)
    return rows.order_by("division__code", "code", "pk")


def _platforms_of_bodies(keys: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = BodyPlatform.objects.filter(body__in=keys).order_by("body", "platform__code")
    for row in rows.values("body", "platform__name", "platform__name_en"):
        found[row["body"]].append(named(row, "platform__"))
    return found


def plate_lines(report: Report) -> Iterator[Line]:
    """Yield every plate of the baseline's platforms."""
    rows = _flagged(plates_visible_to(report.scope, report.view), report.view, plate_rows)
    rows = rows.order_by("platform__division__code", "code", "pk")
    fields = (
        *("pk", "code", "title", "level", "kind", "platform__name", "platform__name_en"),
        *("decided_fate", "carrier_name", *_FLAG_FIELDS),
    )
    coming = rows.values(*fields, owner_id=F("platform__division_id")).iterator(chunk_size=CHUNK)
    yield from coming


def staff_lines(report: Report) -> Iterator[Line]:
    """Yield every body with its people by category before and after, and who moves there or away.

    ``before`` and ``after`` hold the figures by category; what nobody has given is left out.
    """
    view = report.view
    stale = set(stale_bodies(view).values_list("pk", flat=True)) if _is_actual(report) else set()
    for chunk in _chunks(_bodies(report), *_BODY, "decided_fate", *_FLAG_FIELDS):
        keys = [line["pk"] for line in chunk]
        before = _by_category([head_counts(view)], keys)
        after = _by_category(figures_after(view), keys)
        leaving, arriving = _moved(report, "body", keys), _moved(report, "to_body", keys)
        for line in chunk:
            key = line["pk"]
            line["before"], line["after"] = before.get(key, {}), after.get(key, {})
            line["leaving"], line["arriving"] = leaving.get(key, 0), arriving.get(key, 0)
            line["stale"] = key in stale
            yield line


def _is_actual(report: Report) -> bool:
    return report.state == State.ACTUAL


def _by_category(
    sources: list[QuerySet[Any, Any]], keys: list[int]
) -> dict[int, dict[str, int | None]]:
    found: dict[int, dict[str, int | None]] = defaultdict(dict)
    for rows in sources:
        own = (
            rows.filter(body__in=keys, on_post__isnull=False).order_by().values("body", "category")
        )
        for row in own.annotate(n=Sum("on_post")):
            found[row["body"]][row["category"]] = row["n"]
    return found


def _moves(report: Report) -> QuerySet[Redeployment]:
    return Redeployment.objects.filter(
        plan_id__in=report.view.plan_ids, category__in=report.programme.counted_categories
    )


def _moved(report: Report, field: str, keys: list[int]) -> dict[int, int]:
    rows = _moves(report).filter(**{f"{field}__in": keys}).order_by().values(field)
    return {row[field]: row["n"] for row in rows.annotate(n=Sum("people"))}


def move_lines(report: Report) -> Iterator[Line]:
    """Yield where people go by the plans that count, in the categories that count."""
    rows = _moves(report).filter(report.scope.q("body__division_id"))
    yield from (
        rows.order_by("body__division__code", "body__code", "category", "pk")
        .values(
            *("category", "destination", "people", "is_placeholder"),
            *("body__code", "body__name", "body__name_en", "to_body__name", "to_body__name_en"),
            owner_id=F("body__division_id"),
        )
        .iterator(chunk_size=CHUNK)
    )


def retained_lines(report: Report) -> Iterator[Line]:
    """Yield the programme's retained platforms, each with what is merged into it.

    ``merged`` has the names of those in the report; ``incoming`` counts them all.
    """
    view = report.view
    rows = retained_visible_to(report.scope, view).order_by("sequence", "pk")
    coming = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(coming, CHUNK)):
        merged: dict[int, list[str]] = defaultdict(list)
        merges = Disposition.objects.filter(
            report.scope.q("platform__division_id"),
            target__in=[record.platform_id for record in chunk],
            plan_id__in=view.plan_ids,
            kind=Disposition.Kind.MERGE,
        ).order_by("target", "platform__division__code", "platform__code")
        for row in merges.values("target", "platform__name", "platform__name_en").distinct():
            merged[row["target"]].append(named(row, "platform__"))
        for record in chunk:
            yield {"record": record, "merged": merged.get(record.platform_id, [])}

"""What the ledger's templates are filled with: one row per record, read in streams.

Each function yields rows by the names of the subject's columns. The number of queries does not
depend on the number of rows: lists of a record (industries, platforms of a body) are a second
stream in the same order.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from exchange.selectors.filled_names import Names, dated
from staffing.models import HeadCount
from zones.models import (
    BodyPlatform,
    LeadershipPost,
    LeadingIndustry,
    ManagementBody,
    Plate,
    Platform,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import QuerySet

    from consolidation.models import Programme
    from zones.models import Division

    Row = dict[str, Any]

CHUNK = 2_000
"""Rows that are fetched at a time."""

_SOURCED = {"placeholder": "is_placeholder", "source": "source", "note": "note"}
_BOTH = {
    "division": "division__name",
    "_today": "current_division__code",
    "_since": "current_division__valid_from",
    "origin": "origin",
    "established_on": "established_on",
    "approval_document": "approval_document",
    **_SOURCED,
}
_PLATFORM = {
    **{name: name for name in ("code", "name", "name_en", "level", "kind", "gbt37028_code")},
    **{name: name for name in ("closed_on", "approved_on")},
    **{name: name for name in ("approved_area", "managed_area", "built_up_area")},
    **{f"boundary_{side}": f"boundary_{side}" for side in ("north", "east", "south", "west")},
    **_BOTH,
}
_BODY = {
    **{name: name for name in ("code", "name", "name_en", "uscc", "nature", "rank")},
    **{name: name for name in ("parent_body", "funding", "internal_departments")},
    **{name: name for name in ("leadership_teams", "secretary_is_director", "abolished_on")},
    **_BOTH,
}


def _stream(rows: QuerySet[Any, Any], columns: dict[str, str]) -> Iterator[Row]:
    """Yield the rows of a query, each by the names of ``columns``; ``_pk`` is its key."""
    names = ("_pk", *columns)
    for values in rows.values_list("pk", *columns.values()).iterator(chunk_size=CHUNK):
        yield dict(zip(names, values, strict=True))


def _with_lists(
    rows: Iterable[Row],
    pairs: Iterable[tuple[int, Any]],
    name: str,
    join: Callable[[list[Any]], str],
) -> Iterator[Row]:
    """Add to each row the list of its pairs; both come in the same order of records."""
    groups = groupby(pairs, key=itemgetter(0))
    group = next(groups, None)
    for row in rows:
        if group is not None and group[0] == row["_pk"]:
            row[name] = join([pair[1] for pair in group[1]])
            group = next(groups, None)
        yield row


def _of(rows: QuerySet[Any, Any], path: str, division: Division | None) -> QuerySet[Any, Any]:
    return rows if division is None else rows.filter(**{path: division})


def _today(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        row["current_division"] = dated(row.pop("_today"), row.pop("_since"))
        yield row


def platforms(programme: Programme, division: Division | None) -> Iterator[Row]:
    """Yield the platforms of the ledger, of one division or of all."""
    found = _of(Platform.objects.filter(ledger=programme.ledger_id), "division", division)
    leading = LeadingIndustry.objects.filter(platform__in=found).order_by(
        "platform__code", "platform_id", "pk"
    )
    pairs = leading.values_list("platform_id", "industry__name").iterator(chunk_size=CHUNK)
    rows = _stream(found.order_by("code", "pk"), _PLATFORM)
    return _today(_with_lists(rows, pairs, "industries", ";".join))


def bodies(programme: Programme, division: Division | None, names: Names) -> Iterator[Row]:
    """Yield the management bodies of the ledger with the platforms that they manage."""
    found = _of(ManagementBody.objects.filter(ledger=programme.ledger_id), "division", division)
    remits = BodyPlatform.objects.filter(body__in=found).order_by(
        "body__code", "body_id", "platform__code"
    )
    pairs = (
        (pk, names.platform(code, name))
        for pk, code, name in remits.values_list(
            "body_id", "platform__code", "platform__name"
        ).iterator(chunk_size=CHUNK)
    )
    rows = _stream(found.order_by("code", "pk"), _BODY)
    return _today(_with_lists(rows, pairs, "platforms", ";".join))


def posts(programme: Programme, division: Division | None) -> Iterator[Row]:
    """Yield the leadership posts of the ledger's bodies."""
    found = LeadershipPost.objects.filter(body__ledger=programme.ledger_id)
    columns = {
        "body": "body__code",
        "body_name": "body__name",
        **{name: name for name in ("title", "authorised", "filled", "is_exempt")},
        **_SOURCED,
    }
    return _stream(_of(found, "body__division", division).order_by("body__code", "pk"), columns)


def plates(programme: Programme, division: Division | None) -> Iterator[Row]:
    """Yield the plates of the ledger's platforms."""
    found = Plate.objects.filter(ledger=programme.ledger_id)
    columns = {
        "platform": "platform__code",
        "platform_name": "platform__name",
        **{name: name for name in ("code", "title", "level", "kind", "gbt37028_code")},
        **_SOURCED,
    }
    return _stream(_of(found, "platform__division", division).order_by("code", "pk"), columns)


def staff(programme: Programme, division: Division | None) -> Iterator[Row]:
    """Yield the head counts of the baseline date."""
    found = HeadCount.objects.filter(
        body__ledger=programme.ledger_id, counted_on=programme.baseline_date
    )
    columns = {
        "body": "body__code",
        "body_name": "body__name",
        **{name: name for name in ("category", "counted_on", "authorised", "on_post")},
        **_SOURCED,
    }
    ordered = _of(found, "body__division", division).order_by("body__code", "category", "pk")
    return _stream(ordered, columns)

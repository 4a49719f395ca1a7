"""S05: a month is not reported, or reported exactly as the months before."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils.translation import gettext_lazy as _

from consolidation.selectors.state import State, body_rows, state_views
from platforms_portal.access import Right
from signals.kinds.base import Kind, Record, count, register, signal
from staffing.models import HeadCount
from staffing.reporting import last_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signals.kinds.base import Signal
    from signals.kinds.facts import Facts

CODE = "S05"


def find(facts: Facts) -> Iterable[Signal]:
    """Yield a signal for each owner with bodies not reported, and with bodies that never change.

    Where no month was ever reported for the programme, reporting is not in use and nothing is said.
    """
    month = _month_due(facts)
    counts = HeadCount.objects.filter(
        body__ledger=facts.programme.ledger_id,
        counted_on__gt=facts.programme.baseline_date,
        counted_on__lte=facts.day,
    )
    if month > facts.programme.baseline_date and counts.exists():
        yield from _missing(facts, month)
        yield from _identical(facts, month)


def _month_due(facts: Facts) -> datetime.date:
    """Return the last day of the latest month whose report is due by the day."""
    day = facts.day - datetime.timedelta(days=facts.number(CODE, "grace_days"))
    end = last_day(day.year, day.month)
    return end if end <= day else day.replace(day=1) - datetime.timedelta(days=1)


def _month_before(day: datetime.date) -> datetime.date:
    return day.replace(day=1) - datetime.timedelta(days=1)


def _missing(facts: Facts, month: datetime.date) -> Iterable[Signal]:
    view = state_views(facts.programme, month, handed_in=facts.handed_in)[State.ACTUAL]
    categories = facts.programme.counted_categories
    given = (
        HeadCount.objects.filter(counted_on=month, category__in=categories, on_post__isnull=False)
        .order_by()
        .values("body")
        .annotate(n=Count("category", distinct=True))
        .filter(n=len(categories))
        .values("body")
    )
    rows = body_rows(view).filter(in_state=True)
    numbers = dict(
        rows.order_by().values_list("division_id").annotate(n=Count("pk", distinct=True))
    )
    lacking: dict[int, list[Record]] = {}
    marked: set[int] = set()
    for pk, name, owner, is_placeholder in (
        rows.filter(~Q(pk__in=given))
        .order_by("pk")
        .values_list("pk", "name", "division_id", "rests_on_placeholder")
        .distinct()
    ):
        lacking.setdefault(owner, []).append(Record("body", pk, name, "missing"))
        marked |= {owner} if is_placeholder else set()
    for owner, records in lacking.items():
        if len(records) >= facts.number(CODE, "bodies_min"):
            yield signal(
                CODE,
                "missing",
                owner,
                figures={
                    "month": f"{month:%Y-%m}",
                    "missing": len(records),
                    "bodies": numbers.get(owner, 0),
                },
                records=records,
                right=Right.VIEW_PEOPLE,
                since=month,
                placeholders=owner in marked,
            )


def _identical(facts: Facts, month: datetime.date) -> Iterable[Signal]:
    """Yield the owners with bodies whose figures did not change over the months, all of them reported."""
    days = [month]
    while len(days) < facts.number(CODE, "months"):
        days.append(_month_before(days[-1]))
    counts = HeadCount.objects.filter(
        body__ledger=facts.programme.ledger_id,
        counted_on__in=days,
        category__in=facts.programme.counted_categories,
        on_post__isnull=False,
    ).order_by()
    complete = counts.values("body").annotate(n=Count("counted_on", distinct=True))
    moving = (
        counts.values("body", "category")
        .annotate(
            given=Count("on_post"),
            low=Min("on_post"),
            high=Max("on_post"),
            posts=Count("authorised"),
            least=Min("authorised"),
            most=Max("authorised"),
        )
        .filter(
            ~Q(low=F("high"))
            | ~Q(given=len(days))
            | (Q(posts__gt=0) & (~Q(least=F("most")) | ~Q(posts=len(days))))
        )
    )
    people = (
        counts.filter(
            counted_on=month,
            body__in=complete.filter(n=len(days)).values("body"),
        )
        .exclude(body__in=moving.values("body"))
        .values("body", owner=F("body__division_id"), name=F("body__name"))
        .annotate(people=Sum("on_post"), marked=Count("pk", filter=Q(is_placeholder=True)))
        .filter(people__gte=facts.number(CODE, "people_min"))
    )
    by_owner: dict[int, list[tuple[Record, bool]]] = {}
    for row in people:
        record = Record("body", row["body"], row["name"], "identical", {"people": row["people"]})
        by_owner.setdefault(row["owner"], []).append((record, bool(row["marked"])))
    for owner, found in by_owner.items():
        yield signal(
            CODE,
            "identical",
            owner,
            figures={"bodies": len(found), "months": len(days), "month": f"{month:%Y-%m}"},
            records=[record for record, _marked in found],
            right=Right.VIEW_PEOPLE,
            since=days[-1],
            placeholders=any(marked for _record, marked in found),
        )


KIND = register(
    Kind(
        CODE,
        _("Monthly head counts lacking or unchanged"),
        _(
            "A body in being was not counted in full for the last month that is due, or all of its"
            " figures were the same over several months."
        ),
        _(
            "Bodies in being at the end of the month of which staff on post of a category is not given; bodies with"
            " as many people as set at least, of which every category has the same figures in each"
            " of the months."
        ),
        {
            "missing": _(
                "{owner}: management bodies in being without a full head count for {month}: {missing}"
                " of {bodies}."
            ),
            "identical": _(
                "{owner}: management bodies that reported exactly the same figures in each of the"
                " {months} months up to {month}: {bodies}."
            ),
        },
        {
            "month": _("Month"),
            "missing": _("Bodies without a full head count"),
            "bodies": _("Bodies"),
            "months": _("Months"),
        },
        (
            _("The month was counted and is reported late."),
            _("Posts are frozen during the consolidation, so that nobody came or left."),
            _("The body is about to be abolished, and its people are counted elsewhere already."),
        ),
        find,
        {
            "missing": _("no head count, or not of every category"),
            "identical": _("{people} people, unchanged"),
        },
        (
            count("bodies_min", 1, _("bodies without a full head count, at least")),
            count("grace_days", 10, _("days after the end of a month until it is due")),
            count("months", 3, _("months with the same figures")),
            count("people_min", 10, _("people of an unchanged body, at least")),
        ),
    )
)

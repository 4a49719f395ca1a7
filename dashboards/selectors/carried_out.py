"""How the counts fell in fact, for every day at once: platforms, management bodies, staff.

A day's number is what ``counts`` says of the actual state on that day, but all days are read in a
handful of queries that group what was confirmed by its day. A record is in being from the
baseline (or its founding) until its decision is confirmed, by the plan that counts on the day; the
few that several owners decide on (R06) are followed one by one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, FilteredRelation, Min, OuterRef, Q, Subquery, Sum

from consolidation.models import BodyDisposition, Disposition, RetainedPlatform
from consolidation.selectors.state import REMOVING, baseline_q
from dashboards.selectors.steps import NEVER, Decided, Span, Steps, moved_in
from staffing.models import HeadCount, Redeployment
from zones.models import Origin

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from django.db.models import QuerySet

    from consolidation.models import Programme
    from dashboards.selectors.steps import Windows

FATE = BodyDisposition.Fate


class Staff(NamedTuple):
    """The people in fact: staff on post, figures given, and arrivals that were not counted since."""

    people: Steps
    given: Steps
    uncounted: Steps


class CarriedOut:
    """What was carried out in a programme up to a day, read once; ``windows`` are its plans'."""

    def __init__(self, programme: Programme, as_of: datetime.date, windows: Windows) -> None:
        """Take the programme, the last day of interest, and which plan counts when."""
        self.programme = programme
        self.as_of = as_of
        self.windows = windows
        self._counting = Q(plan_id__in=list(windows) or [0])
        self._body_in_baseline = baseline_q(programme, "body__", end="abolished_on")

    # --- Platforms -------------------------------------------------------------------------------

    def platforms(self, baseline: int) -> Steps:
        """Return the number of platforms on every day, from ``baseline`` on."""
        steps = Steps(baseline)
        dispositions = Disposition.objects.filter(
            self._counting,
            baseline_q(self.programme, "platform__"),
            platform__ledger=self.programme.ledger_id,
        )
        several = _of_several(dispositions, "platform")
        alone = dispositions.filter(
            ~Q(platform__in=several), kind__in=REMOVING, confirmed_on__lte=self.as_of
        )
        for row in _by_day(alone, Count("platform")):
            self._move(steps, -row["n"], row)
        moved = self._moved(
            dispositions.filter(platform__in=several), "platform_id", "kind", REMOVING
        )
        for _key, spans in moved:
            _add_all(steps, -1, spans)
        founded = RetainedPlatform.objects.filter(
            programme=self.programme,
            platform__ledger=self.programme.ledger_id,
            platform__origin=Origin.FOUNDED,
            founding_confirmed_on__lte=self.as_of,
        )
        days = founded.order_by().values_list("founding_confirmed_on").annotate(n=Count("pk"))
        for day, number in days:
            steps.add(number, Span(day, NEVER))
        return steps

    # --- Bodies ----------------------------------------------------------------------------------

    def bodies(self, baseline: int) -> Steps:
        """Return the number of management bodies on every day, from ``baseline`` on."""
        steps = Steps(baseline)
        for row in _by_day(self._alone(self._decisions), Count("body"), "fate"):
            self._move(steps, row["n"] if row["fate"] == FATE.FOUND else -row["n"], row)
        for comes, spans in self._several.values():
            _add_all(steps, 1 if comes else -1, spans)
        return steps

    @property
    def _decisions(self) -> QuerySet[BodyDisposition]:
        """What the plans that ever count say of the bodies of the baseline and of founded ones."""
        about = self._body_in_baseline | Q(body__origin=Origin.FOUNDED, fate=FATE.FOUND)
        return BodyDisposition.objects.filter(
            about, self._counting, body__ledger=self.programme.ledger_id
        )

    def _alone(self, decisions: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        moves = Q(fate=FATE.ABOLISH, body__origin=Origin.LEDGER) | Q(
            fate=FATE.FOUND, body__origin=Origin.FOUNDED
        )
        return decisions.filter(
            moves,
            ~Q(body__in=_of_several(self._decisions, "body")),
            confirmed_on__lte=self.as_of,
        )

    @cached_property
    def _several(self) -> dict[int, tuple[bool, list[Span]]]:
        """The bodies that several owners decide on: whether each comes or goes, and when."""
        decisions = self._decisions
        several = decisions.filter(body__in=_of_several(decisions, "body"))
        found: dict[int, tuple[bool, list[Span]]] = {}
        for comes in (False, True):
            rows = several.filter(body__origin=Origin.FOUNDED if comes else Origin.LEDGER)
            moving = (FATE.FOUND,) if comes else (FATE.ABOLISH,)
            for key, spans in self._moved(rows, "body_id", "fate", moving, all_of_them=not comes):
                found[key] = comes, spans
        return found

    # --- Staff -----------------------------------------------------------------------------------

    def staff(self) -> Staff:
        """Return the people of the bodies in being on every day, by their latest head counts."""
        staff = Staff(Steps(), Steps(), Steps())
        sums = {"people": Sum("on_post", default=0), "given": Count("on_post")}
        ledger: QuerySet[Any, Any] = self._head_counts.filter(self._body_in_baseline)
        for row in ledger.order_by().values("counted_on", "until").annotate(**sums):
            _count(staff, row, 1, _counted_in(row))
        for row in self._of_decided(self._head_counts, "body").annotate(**sums):
            self._move_people(staff, row)
        keys = list(self._several)
        for row in self._head_counts.filter(body__in=keys).values() if keys else ():
            comes, spans = self._several[row["body_id"]]
            given = {"people": row["on_post"] or 0, "given": row["on_post"] is not None}
            for span in spans:
                _count(staff, given, 1 if comes else -1, _counted_in(row), span)
        self._count_uncounted(staff)
        return staff

    @property
    def _head_counts(self) -> QuerySet[Any, Any]:
        """The head counts that count, each with the day of the next one of its body (``until``)."""
        next_one = HeadCount.objects.filter(
            body=OuterRef("body"),
            category=OuterRef("category"),
            counted_on__gt=OuterRef("counted_on"),
            counted_on__lte=self.as_of,
        )
        return HeadCount.objects.filter(
            body__ledger=self.programme.ledger_id,
            category__in=self.programme.counted_categories,
            counted_on__gte=self.programme.baseline_date,
            counted_on__lte=self.as_of,
        ).annotate(until=_earliest(next_one))

    def _of_decided(self, rows: QuerySet[Any, Any], body: str, *columns: str) -> QuerySet[Any, Any]:
        """Group ``rows`` of bodies by what was decided on the body, and by their own days."""
        gone = Q(decision__fate=FATE.ABOLISH) & baseline_q(
            self.programme, f"{body}__", end="abolished_on"
        )
        come = Q(decision__fate=FATE.FOUND, **{f"{body}__origin": Origin.FOUNDED})
        grouped: QuerySet[Any, Any] = (
            rows.alias(
                decision=FilteredRelation(
                    f"{body}__dispositions",
                    condition=Q(**{f"{body}__dispositions__plan_id__in": list(self.windows)}),
                )
            )
            .filter(
                gone | come,
                ~Q(**{f"{body}__in": _of_several(self._decisions, "body")}),
                decision__confirmed_on__lte=self.as_of,
            )
            .order_by()
            .values(
                *(columns or ("counted_on", "until")),
                decided_by=F("decision__plan_id"),
                decided=F("decision__fate"),
                confirmed=F("decision__confirmed_on"),
            )
        )
        return grouped

    def _move_people(self, staff: Staff, row: Mapping[str, Any]) -> None:
        sign = 1 if row["decided"] == FATE.FOUND else -1
        for window in self.windows[row["decided_by"]]:
            _count(staff, row, sign, _counted_in(row), Span(row["confirmed"], NEVER), window)

    def _count_uncounted(self, staff: Staff) -> None:
        """Count people moved to a body by an abolition, from that day until they were counted."""
        abolished = BodyDisposition.objects.filter(
            body=OuterRef("body"),
            plan=OuterRef("plan"),
            fate=FATE.ABOLISH,
            confirmed_on__lte=self.as_of,
        )
        counted_again = HeadCount.objects.filter(
            body=OuterRef("to_body"),
            category=OuterRef("category"),
            counted_on__gte=OuterRef("abolished_on"),
            counted_on__lte=self.as_of,
        )
        arrivals = (
            Redeployment.objects.filter(
                self._counting,
                to_body__ledger=self.programme.ledger_id,
                people__gt=0,
                category__in=self.programme.counted_categories,
            )
            .annotate(abolished_on=Subquery(abolished.values("confirmed_on")[:1]))
            .filter(abolished_on__isnull=False)
            .annotate(again=_earliest(counted_again))
        )
        columns = ("plan_id", "abolished_on", "again")
        in_baseline = arrivals.filter(baseline_q(self.programme, "to_body__", end="abolished_on"))
        for row in in_baseline.order_by().values(*columns).annotate(n=Count("pk")):
            _add_each(staff.uncounted, row["n"], _waiting(row), self.windows[row["plan_id"]])
        for row in self._of_decided(arrivals, "to_body", *columns).annotate(n=Count("pk")):
            number = row["n"] if row["decided"] == FATE.FOUND else -row["n"]
            for window in self.windows[row["decided_by"]]:
                both = (_waiting(row), Span(row["confirmed"], NEVER), window)
                for own in self.windows[row["plan_id"]]:
                    staff.uncounted.add(number, *both, own)

    # --- What both have in common ----------------------------------------------------------------

    def _move(self, steps: Steps, number: int, row: Mapping[str, Any]) -> None:
        _add_each(steps, number, Span(row["confirmed_on"], NEVER), self.windows[row["plan_id"]])

    def _moved(
        self,
        rows: QuerySet[Any, Any],
        subject: str,
        what: str,
        moving: Collection[str],
        *,
        all_of_them: bool = True,
    ) -> Iterator[tuple[int, list[Span]]]:
        """Yield the spans in which each record that several owners decide on has moved."""
        decided: dict[int, list[Decided]] = {}
        for key, done, plan_id, day in rows.values_list(subject, what, "plan_id", "confirmed_on"):
            decided.setdefault(key, []).append(Decided(plan_id, done in moving, day))
        for key, decisions in decided.items():
            yield key, list(moved_in(decisions, self.windows, all_of_them=all_of_them))


def _of_several(decisions: QuerySet[Any, Any], subject: str) -> QuerySet[Any, Any]:
    """Return the keys of the records that plans of more than one owner decide on."""
    several: QuerySet[Any, Any] = (
        decisions.order_by()
        .values(subject)
        .annotate(owners=Count("plan__division", distinct=True))
        .filter(owners__gt=1)
        .values(subject)
    )
    return several


def _by_day(decisions: QuerySet[Any, Any], number: Count, *more: str) -> QuerySet[Any, Any]:
    grouped: QuerySet[Any, Any] = (
        decisions.order_by().values("plan_id", "confirmed_on", *more).annotate(n=number)
    )
    return grouped


def _earliest(counts: QuerySet[HeadCount, Any]) -> Subquery:
    first = counts.order_by().values("body").annotate(day=Min("counted_on"))
    return Subquery(first.values("day"))


def _counted_in(row: Mapping[str, Any]) -> Span:
    return Span(row["counted_on"], row["until"] or NEVER)


def _waiting(row: Mapping[str, Any]) -> Span:
    return Span(row["abolished_on"], row["again"] or NEVER)


def _count(staff: Staff, row: Mapping[str, Any], sign: int, *spans: Span) -> None:
    staff.people.add(sign * row["people"], *spans)
    staff.given.add(sign * row["given"], *spans)


def _add_each(steps: Steps, number: int, span: Span, windows: Iterable[Span]) -> None:
    for window in windows:
        steps.add(number, span, window)


def _add_all(steps: Steps, number: int, spans: Iterable[Span]) -> None:
    for span in spans:
        steps.add(number, span)

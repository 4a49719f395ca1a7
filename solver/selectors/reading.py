"""Reading a situation out of the rows of the one selector, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import F, Sum

from consolidation.models import (
    MergePlan,
    Quota,
    QuotaException,
    Target,
)
from consolidation.selectors.plans import effective_plans, owners_of
from consolidation.selectors.state import (
    REMOVING,
    State,
    StateView,
    body_rows,
    plate_rows,
    platform_rows,
)
from solver.engine.situation import (
    MODELLED,
    Body,
    Mode,
    Owner,
    Plate,
    Platform,
    Situation,
    Wishes,
)
from solver.selectors.limits import limits_of
from staffing.selectors import head_counts, staff_plans
from zones.models import Adjacency, BodyPlatform, Level

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping

    from consolidation.models import Programme
    from zones.models import Division

APPROVED = (
    MergePlan.State.APPROVED,
    MergePlan.State.IN_EXECUTION,
    MergePlan.State.COMPLETED,
)


@dataclass(frozen=True)
class Asked:
    """What a run is about: the whole city or one owner, on a day, with the wishes of who asks.

    ``with_draft`` lets the owner's open draft stand in the place of what it submitted.
    """

    programme: Programme
    as_of: datetime.date
    owner: Division | None = None
    with_draft: bool = False
    wishes: Wishes = field(default_factory=Wishes)
    pinned: tuple[int, ...] = ()


@dataclass(frozen=True)
class Read:
    """A situation with the view it was read from and the plans that count in it."""

    situation: Situation
    view: StateView
    plans: Mapping[int, MergePlan]
    owners: list[Division]
    rests_on_placeholders: bool


def read_situation(asked: Asked) -> Read:
    """Return what the solver has to look at."""
    programme = asked.programme
    draft_of = asked.owner if asked.with_draft else None
    plans = effective_plans(programme, asked.as_of, draft_of=draft_of)
    view = StateView(
        programme=programme,
        state=State.PLANNED,
        as_of=asked.as_of,
        plan_ids=tuple(sorted(plan.pk for plan in plans.values())),
        planned_owner_ids=tuple(sorted(plans)),
        is_tried=True,
    )
    divisions = owners_of(programme)
    targets = _targets(programme)
    platforms, placeholders = _platforms(view, asked.pinned)
    bodies = tuple(_bodies(view))
    borders = _borders(programme)
    return Read(
        situation=Situation(
            owners=_owners(asked, divisions, plans, borders),
            platforms=platforms,
            bodies=bodies,
            plates=tuple(_plates(view)),
            limits=limits_of(programme, targets, bodies, borders_known=bool(borders)),
            wishes=_possible(asked.wishes, targets, view),
        ),
        view=view,
        plans=plans,
        owners=divisions,
        rests_on_placeholders=placeholders,
    )


def _targets(programme: Programme) -> dict[tuple[str, str], Target]:
    lines = Target.objects.filter(programme=programme)
    return {(line.rule, line.name): line for line in lines}


def _possible(
    wishes: Wishes,
    targets: Mapping[tuple[str, str], Target],
    view: StateView,
) -> Wishes:
    """Return the wishes as the programme allows them: its own rules, and a kind to transform into."""
    judged = {rule for rule, _name in targets}
    rules = tuple(rule for rule in MODELLED if rule in wishes.rules and rule in judged)
    into = wishes.transform_into or _usual_kind(view)
    return Wishes(
        rules=rules,
        mode=wishes.mode if wishes.mode in _MODES else Mode.EVERYTHING,
        list_may_change=wishes.list_may_change,
        may_designate=wishes.may_designate,
        far_with_reason=wishes.far_with_reason,
        transform_into=into,
    )


_MODES = (Mode.UNDECIDED, Mode.UNAPPROVED, Mode.EVERYTHING)


def _usual_kind(view: StateView) -> str:
    """Return what the plans transform platforms into most often; empty where none does."""
    named = (
        platform_rows(view)
        .filter(decided_kind="transform")
        .values_list("disposition__transform_into", flat=True)
    )
    counted = Counter(kind for kind in named if kind)
    return min(counted, key=lambda kind: (-counted[kind], kind)) if counted else ""


def _borders(programme: Programme) -> dict[int, set[int]]:
    borders: dict[int, set[int]] = defaultdict(set)
    pairs = Adjacency.objects.filter(division__parent=programme.division_id)
    for one, other in pairs.values_list("division", "neighbour"):
        borders[one].add(other)
    return borders


def _owners(
    asked: Asked,
    divisions: list[Division],
    plans: Mapping[int, MergePlan],
    borders: Mapping[int, set[int]],
) -> tuple[Owner, ...]:
    programme = asked.programme
    quotas: dict[int, int] = {
        quota.division_id: quota.base + quota.extra
        for quota in Quota.objects.filter(programme=programme)
    }
    granted = QuotaException.objects.filter(programme=programme, granted_on__lte=asked.as_of)
    for row in granted.order_by().values("division").annotate(places=Sum("places")):
        if row["division"] in quotas:
            quotas[row["division"]] += row["places"]
    city = programme.division_id
    found = []
    for division in divisions:
        pk = division.pk
        near = {pk, city, *borders.get(pk, set())}
        if pk == city:
            near = {other.pk for other in divisions}
        plan = plans.get(pk)
        found.append(
            Owner(
                pk=pk,
                name=division.name,
                quota=quotas.get(pk),
                near=tuple(sorted(near & {other.pk for other in divisions})),
                planned=plan is not None,
                approved=plan is not None and plan.state in APPROVED,
                in_scope=asked.owner is None or asked.owner.pk == pk,
            )
        )
    return tuple(found)


def _platforms(view: StateView, pinned: Collection[int]) -> tuple[tuple[Platform, ...], bool]:
    """Return the platforms, each once, and whether any of them or its decision is a placeholder."""
    rows = (
        platform_rows(view)
        .annotate(
            decided_target=F("disposition__target_id"),
            named_kind=F("disposition__transform_into"),
            reason_given=F("disposition__reason"),
            confirmed=F("disposition__confirmed_on"),
            founding=F("retention__founding_confirmed_on"),
            on_list=F("retention__sequence"),
            high_level=F("retention__is_high_level"),
            high_class=F("retention__high_level_class"),
            lead=F("retention__lead_department_id"),
        )
        .order_by("pk", "disposition_id")
        .values(*_PLATFORM_COLUMNS)
    )
    found: dict[int, dict[str, Any]] = {}
    doubled: set[int] = set()
    for row in rows:
        if row["pk"] in found:
            doubled.add(row["pk"])
        found.setdefault(row["pk"], row)
    platforms = tuple(
        _platform(row, doubled=pk in doubled, pinned=pk in pinned) for pk, row in found.items()
    )
    return platforms, any(row["rests_on_placeholder"] for row in found.values())


_PLATFORM_COLUMNS = (
    "pk", "division_id", "level", "in_baseline", "is_retained", "sub_area", "decided_kind",
    "decided_target", "named_kind", "reason_given", "confirmed", "founding", "on_list",
    "high_level", "high_class", "lead", "rests_on_placeholder",
)  # fmt: skip


def _platform(row: Mapping[str, Any], *, doubled: bool, pinned: bool) -> Platform:
    confirmed = row["confirmed"] is not None
    founded = not row["in_baseline"] and row["founding"] is not None
    return Platform(
        pk=row["pk"],
        owner=row["division_id"],
        level=row["level"],
        kind=row["decided_kind"] or "",
        target=row["decided_target"],
        named=bool(row["named_kind"]),
        reasoned=bool(row["reason_given"]),
        retained=row["is_retained"],
        sub_area=row["is_retained"] and row["sub_area"],
        in_baseline=row["in_baseline"],
        high_level=bool(row["high_level"] and row["high_class"] and row["lead"]),
        doubled=doubled,
        done=confirmed and row["decided_kind"] in REMOVING,
        # A platform whose founding is confirmed is there: it is not taken off the list.
        pinned=pinned or founded,
        order=row["on_list"] or 0,
    )


def _bodies(view: StateView) -> Iterable[Body]:
    remits: dict[int, list[int]] = defaultdict(list)
    pairs = BodyPlatform.objects.filter(body__ledger=view.programme.ledger_id)
    for body, platform in pairs.order_by("platform").values_list("body", "platform"):
        remits[body].append(platform)
    before = _people(head_counts(view), view)
    after = _people(staff_plans(view), view)
    rows = (
        body_rows(view)
        .annotate(
            planned_teams=F("disposition__leadership_teams"),
            confirmed=F("disposition__confirmed_on"),
        )
        .order_by("pk", "disposition_id")
        .values(
            "pk", "division_id", "in_baseline", "decided_fate", "decided_serves",
            "planned_teams", "confirmed", "leadership_teams",
        )
    )  # fmt: skip
    seen: set[int] = set()
    for row in rows:
        pk = row["pk"]
        if pk in seen:
            continue
        seen.add(pk)
        sent = row["decided_serves"] is not None
        yield Body(
            pk=pk,
            owner=row["division_id"],
            fate=row["decided_fate"] or "",
            serves=row["decided_serves"],
            remits=tuple(remits.get(pk, ())),
            teams=row["planned_teams"] if sent else row["leadership_teams"],
            before=before.get(pk) if row["in_baseline"] else 0,
            after=after.get(pk),
            in_baseline=row["in_baseline"],
            done=row["confirmed"] is not None and row["decided_fate"] != "keep",
        )


def _people(rows: Any, view: StateView) -> dict[int, int]:
    """Return the staff on post of each body of which every category that counts is given."""
    given: dict[int, dict[str, int | None]] = defaultdict(dict)
    for body, category, number in rows.order_by().values_list("body", "category", "on_post"):
        given[body][category] = number
    wanted = set(view.programme.counted_categories)
    return {
        body: sum(number for number in numbers.values() if number is not None)
        for body, numbers in given.items()
        if wanted <= set(numbers) and None not in numbers.values()
    }


def _plates(view: StateView) -> Iterable[Plate]:
    rows = (
        plate_rows(view)
        .filter(level__in=[Level.NATIONAL, Level.PROVINCIAL])
        .annotate(decided_carrier=F("decision__carrier_id"))
        .order_by("pk", "decision__pk")
        .values(
            "pk", "division_id", "platform_id", "level", "decided_fate", "decided_carrier"
        )
    )  # fmt: skip
    seen: set[int] = set()
    for row in rows:
        if row["pk"] not in seen:
            seen.add(row["pk"])
            yield Plate(
                pk=row["pk"],
                owner=row["division_id"],
                platform=row["platform_id"],
                level=row["level"],
                fate=row["decided_fate"] or "",
                carrier=row["decided_carrier"],
            )

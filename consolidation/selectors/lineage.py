"""Where a record comes from and goes to: decisions, what is merged into it, its past.

"What was this on date X" has two answers, and a page gives both: what was so on that day (names,
founding, decisions confirmed by then), and what the portal's own record said on that day.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from consolidation.models import (
    BodyDisposition,
    Disposition,
    ExecutionStep,
    MergePlan,
    PlateDisposition,
    QuotaException,
    RetainedPlatform,
)
from consolidation.selectors.ledger import bodies_visible_to, plates_visible_to
from consolidation.selectors.plans import versions_of_owner
from consolidation.selectors.state import REMOVING
from zones.models import (
    BodyPlatform,
    LeadershipPost,
    ManagementBody,
    Origin,
    Plate,
    Platform,
    PlatformName,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from consolidation.models import Programme
    from consolidation.selectors.state import StateView
    from platforms_portal.access import Scope


def platforms_in_ledger(scope: Scope, programme: Programme) -> QuerySet[Platform]:
    """Return every platform of the programme's ledger in ``scope``, also those not counted."""
    return Platform.objects.filter(
        scope.q("division_id"), ledger=programme.ledger_id
    ).select_related("division", "current_division")


def bodies_in_ledger(scope: Scope, programme: Programme) -> QuerySet[ManagementBody]:
    """Return every management body of the programme's ledger in ``scope``."""
    return ManagementBody.objects.filter(
        scope.q("division_id"), ledger=programme.ledger_id
    ).select_related("division", "current_division")


def plates_in_ledger(scope: Scope, programme: Programme) -> QuerySet[Plate]:
    """Return every plate of the programme's ledger in ``scope``."""
    return Plate.objects.filter(
        scope.q("platform__division_id"), ledger=programme.ledger_id
    ).select_related("platform__division")


def retained_in(scope: Scope, programme: Programme) -> QuerySet[RetainedPlatform]:
    """Return the programme's retained platforms in ``scope``."""
    return RetainedPlatform.objects.filter(
        scope.q("platform__division_id"), programme=programme
    ).select_related("programme", "platform__division", "lead_department")


def decisions_on(view: StateView, platform: Platform) -> list[Disposition]:
    """Return what the plans that count make of ``platform``, with the steps of each."""
    return list(
        Disposition.objects.filter(platform=platform, plan_id__in=view.plan_ids)
        .select_related("plan__division", "target__division")
        .prefetch_related("steps")
        .order_by("pk")
    )


def decisions_on_body(view: StateView, body: ManagementBody) -> list[BodyDisposition]:
    """Return what the plans that count make of ``body``, with the steps of each."""
    return list(
        BodyDisposition.objects.filter(body=body, plan_id__in=view.plan_ids)
        .select_related("plan__division", "serves__division")
        .prefetch_related("steps")
        .order_by("pk")
    )


def decisions_on_plate(view: StateView, plate: Plate) -> list[PlateDisposition]:
    """Return what the plans that count make of ``plate``."""
    return list(
        PlateDisposition.objects.filter(plate=plate, plan_id__in=view.plan_ids)
        .select_related("plan__division", "carrier__division")
        .order_by("pk")
    )


class Incoming(NamedTuple):
    """What is merged into a platform: the decisions in scope, and how many are out of it."""

    decisions: list[Disposition]
    elsewhere: int


def merged_into(scope: Scope, view: StateView, platform: Platform) -> Incoming:
    """Return the merges into ``platform`` in the plans that count; other owners' only counted."""
    merges = Disposition.objects.filter(
        target=platform, plan_id__in=view.plan_ids, kind=Disposition.Kind.MERGE
    )
    seen = list(
        merges.filter(scope.q("platform__division_id"))
        .select_related("platform__division", "plan__division")
        .order_by("platform__division__code", "platform__code", "pk")
    )
    elsewhere = 0 if scope.is_city else merges.exclude(scope.q("platform__division_id")).count()
    return Incoming(seen, elsewhere)


def bodies_of(scope: Scope, view: StateView, platform: Platform) -> list[Any]:
    """Return the bodies that manage ``platform`` at the baseline, or that a plan makes serve it."""
    managing = BodyPlatform.objects.filter(platform=platform).values("body")
    rows = bodies_visible_to(scope, view).filter(Q(pk__in=managing) | Q(decided_serves=platform.pk))
    return list(rows.order_by("code"))


def plates_of(scope: Scope, view: StateView, platform: Platform) -> list[Any]:
    """Return the plates of ``platform``, and those that the plans move to it."""
    arriving = PlateDisposition.objects.filter(carrier=platform, plan_id__in=view.plan_ids)
    rows = plates_visible_to(scope, view).filter(
        Q(platform=platform) | Q(pk__in=arriving.values("plate"))
    )
    return list(rows.order_by("code"))


def platforms_of(body: ManagementBody) -> list[Platform]:
    """Return the platforms that ``body`` manages at the baseline."""
    remits = BodyPlatform.objects.filter(body=body).select_related("platform__division")
    return [remit.platform for remit in remits.order_by("platform__code")]


def exceptions_of(programme: Programme, division_id: int) -> list[QuotaException]:
    """Return the places that the commission granted an owner beyond its quota."""
    granted = QuotaException.objects.filter(programme=programme, division=division_id)
    return list(granted.order_by("granted_on", "pk"))


class Presence(NamedTuple):
    """Whether a platform was there on a day: a word for it, since when, and by which decision."""

    word: str
    day: datetime.date | None = None
    decision: Disposition | None = None

    @property
    def existed(self) -> bool:
        """Whether it was a platform on that day, as far as is known."""
        return self.word in ("there", "presumed")


@dataclass(frozen=True)
class PlatformOnDay:
    """What a platform was on a day.

    ``record_begins`` is the day since which the portal holds the record; ``record`` is what it
    said at the end of the day asked for, ``None`` for a day before that.
    """

    day: datetime.date
    presence: Presence
    name: str
    record_begins: datetime.date | None
    record: Any


def platform_on(
    view: StateView,
    platform: Platform,
    retention: RetainedPlatform | None,
    decisions: list[Disposition],
) -> PlatformOnDay:
    """Return what ``platform`` was on the day of ``view``, by its dates, names and decisions."""
    day = view.as_of
    kept = _history(Platform).filter(id=platform.pk).order_by("history_date", "history_id")
    first = kept.values_list("history_date", flat=True).first()
    return PlatformOnDay(
        day=day,
        presence=_presence(view, platform, retention, decisions),
        name=_name_on(platform, day),
        record_begins=timezone.localdate(first) if first else None,
        record=kept.filter(history_date__lt=_end_of(day)).last(),
    )


def _end_of(day: datetime.date) -> datetime.datetime:
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time())
    return timezone.make_aware(midnight)


def _presence(
    view: StateView,
    platform: Platform,
    retention: RetainedPlatform | None,
    decisions: list[Disposition],
) -> Presence:
    day = view.as_of
    if platform.origin == Origin.FOUNDED:
        founded = retention.founding_confirmed_on if retention else None
        if founded is None or founded > day:
            return Presence("not_founded", founded)
    elif platform.established_on and platform.established_on > day:
        return Presence("not_yet", platform.established_on)
    if platform.closed_on and platform.closed_on <= day:
        return Presence("closed", platform.closed_on)
    for decision in decisions:
        done = decision.confirmed_on
        if decision.kind in REMOVING and done is not None and done <= day:
            return Presence("gone", done, decision)
    if platform.established_on is None and day < view.programme.baseline_date:
        return Presence("unknown")
    return Presence("there" if platform.established_on else "presumed", platform.established_on)


def _name_on(platform: Platform, day: datetime.date) -> str:
    starts = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    ends = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    names = PlatformName.objects.filter(starts, ends, platform=platform)
    return names.order_by("valid_from", "pk").values_list("name", flat=True).last() or platform.name


def newer_plan(plan: MergePlan) -> MergePlan | None:
    """Return the latest submitted version of the same owner's plan, if it is a newer one."""
    versions = versions_of_owner(plan.programme_id, plan.division_id)
    newer = [one for one in versions if one.version > plan.version and not one.is_internal]
    return newer[-1] if newer else None


def dispositions_in(plan: MergePlan) -> QuerySet[Disposition]:
    """Return what ``plan`` makes of platforms."""
    return (
        Disposition.objects.filter(plan=plan)
        .select_related("platform__division", "target__division")
        .order_by("platform__code", "pk")
    )


def fates_in(plan: MergePlan) -> dict[str, QuerySet[Any]]:
    """Return what ``plan`` makes of bodies and plates."""
    return {
        "bodies": BodyDisposition.objects.filter(plan=plan)
        .select_related("body__division", "serves__division")
        .order_by("body__code", "pk"),
        "plates": PlateDisposition.objects.filter(plan=plan)
        .select_related("plate__platform__division", "carrier__division")
        .order_by("plate__code", "pk"),
    }


def histories_of_platform(
    platform: Platform, retention: RetainedPlatform | None, decisions: list[Disposition]
) -> list[QuerySet[Any]]:
    """Return the rows of history that tell what was changed about ``platform``."""
    rows = [
        _history(Platform).filter(id=platform.pk),
        _history(PlatformName).filter(platform_id=platform.pk),
        _history(Disposition).filter(id__in=[decision.pk for decision in decisions]),
        _history(ExecutionStep).filter(disposition_id__in=[decision.pk for decision in decisions]),
    ]
    return rows + (histories_of_retained(retention) if retention is not None else [])


def histories_of_retained(retained: RetainedPlatform) -> list[QuerySet[Any]]:
    """Return the rows of history that tell what was decided about a retained platform."""
    return [
        _history(RetainedPlatform).filter(id=retained.pk),
        _history(ExecutionStep).filter(retained_id=retained.pk),
        _history(QuotaException).filter(
            programme_id=retained.programme_id, division_id=retained.platform.division_id
        ),
    ]


def histories_of_body(
    body: ManagementBody, decisions: list[BodyDisposition]
) -> list[QuerySet[Any]]:
    """Return the rows of history that tell what was changed about ``body``."""
    keys = [decision.pk for decision in decisions]
    return [
        _history(ManagementBody).filter(id=body.pk),
        _history(LeadershipPost).filter(body_id=body.pk),
        _history(BodyDisposition).filter(id__in=keys),
        _history(ExecutionStep).filter(body_disposition_id__in=keys),
    ]


def histories_of_plate(plate: Plate, decisions: list[PlateDisposition]) -> list[QuerySet[Any]]:
    """Return the rows of history that tell what was changed about ``plate``."""
    return [
        _history(Plate).filter(id=plate.pk),
        _history(PlateDisposition).filter(id__in=[decision.pk for decision in decisions]),
    ]


def histories_of_plan(plan: MergePlan) -> list[QuerySet[Any]]:
    """Return the rows of history that tell what was changed about ``plan`` itself."""
    return [_history(MergePlan).filter(id=plan.pk)]


def _history(model: Any) -> Any:
    return model.history

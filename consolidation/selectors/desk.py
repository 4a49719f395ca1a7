"""The desk of an official: one row per baseline platform with all that is decided for it.

A row's ``values`` are what its form shows and sends, and ``seen`` is their digest: whoever saves
says what was seen, so that nothing is overwritten unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from consolidation.checks.base import Scope as Owner
from consolidation.models import (
    BodyDisposition,
    Disposition,
    MergePlan,
    Opinion,
    PlateDisposition,
    RetainedPlatform,
)
from consolidation.sections import baseline_bodies, baseline_plates, baseline_platforms
from zones.models import Adjacency, BodyPlatform

if TYPE_CHECKING:
    from collections.abc import Collection

    from zones.models import ManagementBody, Plate, Platform


@dataclass(frozen=True)
class DeskBody:
    """A management body at its row, and its fate."""

    body: ManagementBody
    decision: BodyDisposition | None

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"body-{self.body.pk}"

    @property
    def fate(self) -> str:
        """What is decided, empty where nothing is."""
        return self.decision.fate if self.decision else ""


@dataclass(frozen=True)
class DeskPlate:
    """A plate at its row, its fate and who carries it."""

    plate: Plate
    decision: PlateDisposition | None

    @property
    def name(self) -> str:
        """The name of the field of its fate."""
        return f"plate-{self.plate.pk}"

    @property
    def carrier_name(self) -> str:
        """The name of the field of its carrier."""
        return f"carrier-{self.plate.pk}"

    @property
    def fate(self) -> str:
        """What is decided, empty where nothing is."""
        return self.decision.fate if self.decision else ""

    @property
    def carrier_id(self) -> int | None:
        """The platform that carries it on, where one is named."""
        return self.decision.carrier_id if self.decision else None


@dataclass(frozen=True)
class DeskRow:
    """Everything that a plan decides for one baseline platform."""

    platform: Platform
    decision: Disposition | None
    retained: RetainedPlatform | None
    bodies: list[DeskBody] = field(default_factory=list)
    plates: list[DeskPlate] = field(default_factory=list)

    @property
    def values(self) -> dict[str, str]:
        """The values of the row's fields, as a form sends them."""
        decision = self.decision
        values = {
            "kind": decision.kind if decision else "",
            "target": _key(decision.target_id if decision else None),
            "into": decision.transform_into if decision else "",
            "planned_on": (
                decision.planned_on.isoformat() if decision and decision.planned_on else ""
            ),
            "reason": decision.reason if decision else "",
        }
        values |= {body.name: body.fate for body in self.bodies}
        for plate in self.plates:
            values[plate.name] = plate.fate
            values[plate.carrier_name] = _key(plate.carrier_id)
        return values

    @property
    def seen(self) -> str:
        """The digest of the values: the same as long as nobody changes one."""
        text = json.dumps(self.values, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def is_decided(self) -> bool:
        """Whether the platform, its bodies and its plates are all decided on."""
        fates = [self.decision, *(body.fate for body in self.bodies)]
        return all(fates) and all(plate.fate for plate in self.plates)


def _key(pk: int | None) -> str:
    return "" if pk is None else str(pk)


def desk_rows(plan: MergePlan, keys: Collection[int] | None = None) -> list[DeskRow]:
    """Return the rows of ``plan``, or those of the platforms called ``keys``, in seven queries.

    A body that manages several platforms stands at the first of them alone, by code.
    """
    found = baseline_platforms(plan).select_related("division")
    platforms = list(found if keys is None else found.filter(pk__in=keys))
    shown = [platform.pk for platform in platforms]
    decisions = {
        row.platform_id: row
        for row in Disposition.objects.filter(plan=plan, platform__in=shown).select_related(
            "target__division"
        )
    }
    retained = {
        row.platform_id: row
        for row in RetainedPlatform.objects.filter(programme=plan.programme_id, platform__in=shown)
    }
    bodies, plates = _bodies(plan, shown), _plates(plan, shown)
    return [
        DeskRow(
            platform,
            decisions.get(platform.pk),
            retained.get(platform.pk),
            bodies.get(platform.pk, []),
            plates.get(platform.pk, []),
        )
        for platform in platforms
    ]


def desk_row(plan: MergePlan, platform_id: int) -> DeskRow | None:
    """Return the row of one platform; ``None`` where the plan has none such to decide on."""
    rows = desk_rows(plan, [platform_id])
    return rows[0] if rows else None


def _bodies(plan: MergePlan, shown: list[int]) -> dict[int, list[DeskBody]]:
    remits = (
        BodyPlatform.objects.filter(
            body__in=baseline_bodies(plan), platform__in=baseline_platforms(plan)
        )
        .order_by("platform__code", "body__code")
        .select_related("body")
    )
    first: dict[int, BodyPlatform] = {}
    for remit in remits:
        first.setdefault(remit.body_id, remit)
    wanted = [remit for remit in first.values() if remit.platform_id in set(shown)]
    decisions = {
        row.body_id: row
        for row in BodyDisposition.objects.filter(
            plan=plan, body__in=[remit.body_id for remit in wanted]
        ).select_related("serves")
    }
    by_platform: dict[int, list[DeskBody]] = defaultdict(list)
    for remit in wanted:
        by_platform[remit.platform_id].append(DeskBody(remit.body, decisions.get(remit.body_id)))
    return by_platform


def _plates(plan: MergePlan, shown: list[int]) -> dict[int, list[DeskPlate]]:
    plates = list(baseline_plates(plan).filter(platform__in=shown))
    decisions = {
        row.plate_id: row
        for row in PlateDisposition.objects.filter(plan=plan, plate__in=plates).select_related(
            "carrier"
        )
    }
    by_platform: dict[int, list[DeskPlate]] = defaultdict(list)
    for plate in plates:
        by_platform[plate.platform_id].append(DeskPlate(plate, decisions.get(plate.pk)))
    return by_platform


def bodies_elsewhere(plan: MergePlan) -> list[DeskBody]:
    """Return the bodies of the division that stand at no row: they manage none of its platforms."""
    at_rows = BodyPlatform.objects.filter(platform__in=baseline_platforms(plan)).values("body")
    bodies = list(baseline_bodies(plan).exclude(pk__in=at_rows))
    decisions = {
        row.body_id: row for row in BodyDisposition.objects.filter(plan=plan, body__in=bodies)
    }
    return [DeskBody(body, decisions.get(body.pk)) for body in bodies]


@dataclass(frozen=True)
class TargetChoice:
    """A platform that others can be merged into; ``text`` names it without doubt."""

    pk: int
    text: str
    is_near: bool


def target_choices(plan: MergePlan) -> list[TargetChoice]:
    """Return the retained platforms, the sensible ones first. 方案(三): neighbours are joined.

    Near are those of the plan's own division, of its neighbours and of the municipal level.
    """
    programme = plan.programme
    near = set(
        Adjacency.objects.filter(division=plan.division_id).values_list("neighbour", flat=True)
    ) | {plan.division_id, programme.division_id}
    listed = (
        RetainedPlatform.objects.filter(programme=programme)
        .select_related("platform__division")
        .order_by("sequence", "pk")
    )
    choices = [
        TargetChoice(
            entry.platform_id,
            f"{entry.platform.name}（{Owner(entry.platform.division).label}）",
            entry.platform.division_id in near,
        )
        for entry in listed
    ]
    return sorted(choices, key=lambda choice: not choice.is_near)


def undecided_count(plan: MergePlan) -> int:
    """Return how many baseline platforms ``plan`` says nothing of."""
    return (
        baseline_platforms(plan)
        .filter(~Q(pk__in=Disposition.objects.filter(plan=plan).values("platform")))
        .count()
    )


def opinions_at_rows(plan: MergePlan) -> dict[int, list[Opinion]]:
    """Return what was said of the rows of the version that ``plan`` mends, by platform.

    An opinion on a body or a plate stands at the row where that record is decided on.
    """
    before = (
        MergePlan.objects.filter(
            programme=plan.programme_id,
            division=plan.division_id,
            variant="",
            version__lt=plan.version,
        )
        .order_by("version")
        .last()
    )
    if before is None:
        return {}
    sent = (
        Opinion.objects.filter(plan=before, is_sent=True)
        .exclude(subject=Opinion.Subject.PLAN)
        .select_related("author", "department")
    )
    opinions = list(sent)
    if not opinions:
        return {}
    places = places_of_records(desk_rows(plan))
    found: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in opinions:
        place = places.get(f"{opinion.subject}-{opinion.subject_id}")
        if place is not None:
            found[place].append(opinion)
    return dict(found)


def places_of_records(rows: list[DeskRow]) -> dict[str, int]:
    """Return at which row each platform, body and plate stands, by type and key."""
    places: dict[str, int] = {}
    for row in rows:
        places[f"platform-{row.platform.pk}"] = row.platform.pk
        places |= {f"body-{body.body.pk}": row.platform.pk for body in row.bodies}
        places |= {f"plate-{plate.plate.pk}": row.platform.pk for plate in row.plates}
    return places

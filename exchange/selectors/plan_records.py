"""What a plan says, record by record, as the columns of its template hold it; and in words."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from consolidation.models import BodyDisposition, Disposition, PlateDisposition, RetainedPlatform
from consolidation.models.programmes import StaffCategory
from consolidation.sections import baseline_bodies, baseline_plates, baseline_platforms
from consolidation.selectors.document import ledger_digest
from exchange.selectors.resolving import (
    Named,
    Names,
    names_of_bodies,
    names_of_plates,
    names_of_platforms,
)
from exchange.subjects import subject_with
from platforms_portal.words import in_words
from staffing.drafting import draft_of
from staffing.models import Redeployment, StaffPlan
from zones.models import ManagementBody, Plate, Platform

if TYPE_CHECKING:
    from consolidation.models import MergePlan

Key = tuple[str | int, ...]
"""A record of a plan: its subject, and what it is about. The same in every version of the plan."""

Stored = dict[Key, dict[str, str]]
"""The values of records by column, as text; a reference by the key of what it names."""

ALONGSIDE = ("serves", "leadership_teams", "internal_departments", "secretary_is_director")
"""What a plan says of a body beside its fate: no column of the template, yet changed with it."""

_COLUMNS: dict[str, tuple[type[Any], tuple[str, ...], dict[str, str]]] = {
    "dispositions": (
        Disposition,
        ("platform_id",),
        {
            "kind": "kind",
            "target": "target_id",
            "transform_into": "transform_into",
            "planned_on": "planned_on",
            "reason": "reason",
        },
    ),
    "body_dispositions": (
        BodyDisposition,
        ("body_id",),
        {"fate": "fate", "serves": "serves_id", **{name: name for name in ALONGSIDE[1:]}},
    ),
    "plate_dispositions": (
        PlateDisposition,
        ("plate_id",),
        {"fate": "fate", "carrier": "carrier_id"},
    ),
    "staff_plans": (
        StaffPlan,
        ("body_id", "category"),
        {"authorised": "authorised", "on_post": "on_post"},
    ),
    "redeployments": (
        Redeployment,
        ("body_id", "category", "destination", "to_body_id"),
        {"people": "people"},
    ),
}


def stored_in(plan: MergePlan) -> Stored:
    """Return everything that ``plan`` says and its template holds, in one query a subject."""
    found: Stored = {}
    for subject, (model, about, columns) in _COLUMNS.items():
        rows = model._default_manager.filter(plan=plan).order_by("pk")  # noqa: SLF001 - documented by Django
        for row in rows.values_list(*about, *columns.values()):
            key = (subject, *(part or 0 for part in row[: len(about)]))
            texts = (_text(value) for value in row[len(about) :])
            found[key] = dict(zip(columns, texts, strict=True))
    return found


def plan_digest(plan: MergePlan) -> str:
    """Return the digest of what ``plan`` says, and of the ledger and the list that it is judged by."""
    said = sorted(([*map(str, key)], values) for key, values in stored_in(plan).items())
    listed = RetainedPlatform.objects.filter(programme=plan.programme_id).order_by("platform")
    content = [said, [*listed.values_list("platform", flat=True)], ledger_digest(plan)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def nothing_in(subject: str) -> dict[str, str]:
    """Return the columns of a record of which the plan says nothing."""
    return dict.fromkeys(_COLUMNS[subject][2], "")


@dataclass(frozen=True)
class PlanNames:
    """What the cells of a plan's template can name.

    ``targets`` are the platforms into which others merge or which carry plates, ``receiving`` the
    bodies to which people go. Whether one of them may stand at a place is the services' to say.
    """

    platforms: Names
    bodies: Names
    plates: Names
    targets: Names
    receiving: Names


def names_for(plan: MergePlan, stored: Stored) -> PlanNames:
    """Return what the cells of the template of ``plan`` can name, with all that it names by now."""
    decided: dict[str, set[Any]] = {subject: set() for subject in _COLUMNS}
    for key in stored:
        decided[str(key[0])].add(key[1])
    bodies = set(baseline_bodies(plan).values_list("pk", flat=True)).union(
        *(decided[name] for name in ("body_dispositions", "staff_plans", "redeployments"))
    )
    going_on = {choice.pk for choice in draft_of(plan).choices}
    moved_to = {key[4] for key in stored if key[0] == "redeployments"}
    own = Q(pk__in=baseline_platforms(plan).order_by().values("pk")) | Q(
        pk__in=decided["dispositions"]
    )
    plates = Q(pk__in=baseline_plates(plan).order_by().values("pk"))
    receiving = ManagementBody.objects.filter(pk__in=bodies | going_on | moved_to)
    return PlanNames(
        names_of_platforms(Platform.objects.filter(own)),
        names_of_bodies(ManagementBody.objects.filter(pk__in=bodies)),
        names_of_plates(Plate.objects.filter(plates | Q(pk__in=decided["plate_dispositions"]))),
        _targets(plan, own, stored),
        names_of_bodies(receiving),
    )


def _targets(plan: MergePlan, own: Q, stored: Stored) -> Names:
    """Return the retained platforms, which win where a name is another's too, and the others."""
    listed = RetainedPlatform.objects.filter(programme=plan.programme_id)
    retained = names_of_platforms(
        Platform.objects.filter(pk__in=listed.order_by().values("platform"))
    )
    named = {
        int(values[name])
        for values in stored.values()
        for name in ("target", "carrier")
        if values.get(name)
    }
    others = names_of_platforms(
        Platform.objects.filter(own | Q(pk__in=named)).exclude(pk__in=[*retained.by_key])
    )
    listed_names = [
        (pk, name) for pk, name in listed.values_list("platform_id", "listed_name") if name
    ]
    return retained.before(others, former=listed_names)


_NUMBERS = {"authorised", "on_post", "people", *ALONGSIDE[1:3]}

_LABELS: dict[tuple[str, str], Any] = {
    ("dispositions", "kind"): Disposition.Kind,
    ("body_dispositions", "fate"): BodyDisposition.Fate,
    ("plate_dispositions", "fate"): PlateDisposition.Fate,
}


class PlanWords:
    """The values of a plan's records as a reader sees them, in the language of the moment."""

    def __init__(self, names: PlanNames) -> None:
        """Take the names of what is referred to."""
        self.names = names

    def value(self, subject: str, column: str, text: str) -> str:
        """Return a value in words; nothing for one that is not given."""
        if not text:
            return ""
        choices = _LABELS.get((subject, column))
        if choices is not None and text in choices.values:
            return str(choices(text).label)
        if column in {"target", "carrier", "serves"} and text.isdecimal():
            return _named(self.names.targets.by_key, int(text))
        if text in {"True", "False"}:
            return in_words(text == "True")
        return in_words(int(text)) if text.isdecimal() and column in _NUMBERS else text

    def column(self, subject: str, column: str) -> str:
        """Return the heading of a column, or what a plan calls what it says alongside."""
        if column in ALONGSIDE:
            return str(BodyDisposition._meta.get_field(column).verbose_name)  # type: ignore[union-attr]  # noqa: SLF001 - documented by Django
        return str(subject_with(subject).column(column).label)

    def label(self, key: Key) -> str:
        """Return what a record is called: what it is about, and for people the category."""
        subject, pk = str(key[0]), int(key[1])
        if subject == "dispositions":
            return _named(self.names.platforms.by_key, pk)
        if subject == "plate_dispositions":
            return _named(self.names.plates.by_key, pk)
        body = _named(self.names.bodies.by_key, pk)
        if subject == "body_dispositions":
            return body
        category = str(key[2])
        known = category in StaffCategory.values
        parts = [body, str(StaffCategory(category).label) if known else category]
        if subject == "redeployments":
            parts.append(self.destination(key))
        return " · ".join(parts)

    def destination(self, key: Key) -> str:
        """Return where the people of a move go."""
        if key[4]:
            return _named(self.names.receiving.by_key, int(key[4]))
        return str(Redeployment.Destination(str(key[3])).label)

    def code(self, key: Key) -> str:
        """Return the code of what a record is about."""
        names = {
            "dispositions": self.names.platforms,
            "plate_dispositions": self.names.plates,
        }.get(str(key[0]), self.names.bodies)
        found = names.by_key.get(int(key[1]))
        return found.code if found else ""


def _named(known: dict[int, Named], pk: int) -> str:
    return known[pk].name if pk in known else str(pk)

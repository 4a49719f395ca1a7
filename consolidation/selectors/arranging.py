"""The result of a plan: one card per retained platform of its division, and the bodies beside it.

A card's ``values`` are what its form shows and sends, and ``seen`` is their digest: whoever saves
says what was seen, so that nothing is overwritten unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from consolidation.models import (
    Arrangement,
    BodyDisposition,
    RetainedPlatform,
    Target,
)
from consolidation.selectors.desk import DeskBody, bodies_elsewhere
from consolidation.selectors.plans import effective_plans
from consolidation.selectors.state import STAYING
from zones.models import BodyPlatform, Industry

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from consolidation.models import MergePlan
    from zones.models import ManagementBody

SEPARATOR = "、"
"""What stands between the names of several industries."""

BODY_FIELDS = ("leadership_teams", "internal_departments", "secretary_is_director")
"""What a card says of the body that serves its platform."""

ARRANGED_FIELDS = (
    "high_level_class",
    "operator_company",
    "operator_uscc",
    "operator_is_separate",
    "discipline",
    "has_cooperation_park",
    "parcels",
)
"""What a card says of the platform itself, beside its industries."""


def text_of(value: object) -> str:
    """Return a stored value as a form sends it; nothing for one that is not given."""
    if value is None or value == RetainedPlatform.Discipline.UNKNOWN:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def digest(values: Mapping[str, str]) -> str:
    """Return the mark of ``values``: the same as long as nobody changes one."""
    text = json.dumps(dict(values), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class ResultCard:
    """What a plan says of one retained platform, and what the list says where the plan is silent.

    ``serving`` are the division's bodies that serve it in this plan, by their decisions;
    ``undecided`` those that manage it at the baseline and of which the plan says nothing;
    ``from_elsewhere`` the bodies that other plans send to it. ``managing`` has the keys of the
    bodies that manage it at the baseline.
    """

    retained: RetainedPlatform
    arrangement: Arrangement | None
    serving: tuple[BodyDisposition, ...]
    undecided: tuple[ManagementBody, ...]
    from_elsewhere: tuple[BodyDisposition, ...]
    managing: frozenset[int]

    @property
    def pk(self) -> int:
        """The key of the platform, which names the card."""
        return self.retained.platform_id

    @property
    def name(self) -> str:
        """The name of the platform in the list, or in the ledger."""
        return self.retained.listed_name or self.retained.platform.name

    @property
    def industries(self) -> list[str]:
        """The names of the leading industries that the plan gives."""
        rows = self.arrangement.industries.all() if self.arrangement else ()
        return sorted(row.industry.name for row in rows)

    @property
    def listed_industries(self) -> list[str]:
        """The names of the leading industries that the list gives."""
        return sorted(row.industry.name for row in self.retained.industries.all())

    @property
    def serving_key(self) -> str:
        """The bodies that serve it as one value; more than one is to be mended."""
        return ",".join(str(decision.body_id) for decision in self.serving)

    @cached_property
    def values(self) -> dict[str, str]:
        """The values of the card's fields, as a form sends them."""
        values = {"industries": SEPARATOR.join(self.industries), "body": self.serving_key}
        values |= {name: self._of_bodies(name) for name in BODY_FIELDS}
        for name in ARRANGED_FIELDS:
            values[name] = text_of(getattr(self.arrangement, name) if self.arrangement else None)
        return values

    @property
    def seen(self) -> str:
        """The digest of the values."""
        return digest(self.values)

    def _of_bodies(self, name: str) -> str:
        """Return the value that all the serving bodies share, as a rule of the one."""
        found = {text_of(getattr(decision, name)) for decision in self.serving}
        return found.pop() if len(found) == 1 else ""


@dataclass(frozen=True)
class Result:
    """The cards of a plan, with what they have in common.

    ``kept`` are the decisions by which the division's bodies go on or are founded; ``elsewhere``
    are the bodies that stand at no row of the decide page.
    """

    cards: list[ResultCard]
    kept: list[BodyDisposition]
    elsewhere: list[DeskBody]
    industries: list[str]
    industries_max: int | None

    def card(self, platform_id: int) -> ResultCard | None:
        """Return the card of a platform; ``None`` where the division retains none such."""
        return next((card for card in self.cards if card.pk == platform_id), None)

    def beside(self, body_id: int) -> DeskBody | None:
        """Return the body at no row with this key, where there is one."""
        return next((body for body in self.elsewhere if body.body.pk == body_id), None)

    @property
    def unattached(self) -> list[BodyDisposition]:
        """The bodies that go on and serve none of the cards' platforms."""
        shown = {decision.pk for card in self.cards for decision in card.serving}
        return [decision for decision in self.kept if decision.pk not in shown]


def result_of(plan: MergePlan) -> Result:
    """Return what ``plan`` makes of its division, in a number of queries that is always the same."""
    listed = list(
        RetainedPlatform.objects.filter(
            programme=plan.programme_id, platform__division=plan.division_id
        )
        .select_related("platform__division")
        .prefetch_related("industries__industry")
        .order_by("sequence", "pk")
    )
    shown = [entry.platform_id for entry in listed]
    arrangements = {
        row.platform_id: row
        for row in Arrangement.objects.filter(plan=plan, platform__in=shown).prefetch_related(
            "industries__industry"
        )
    }
    decisions = list(
        BodyDisposition.objects.filter(plan=plan)
        .select_related("body", "serves")
        .order_by("body__code", "pk")
    )
    kept = [row for row in decisions if row.fate in STAYING]
    managing = _managing(plan, shown)
    sent_here = _from_elsewhere(plan, shown)
    decided = {row.body_id for row in decisions}
    cards = [
        ResultCard(
            entry,
            arrangements.get(entry.platform_id),
            tuple(_serving(entry.platform_id, kept, managing)),
            tuple(
                body
                for pk, body in managing.get(entry.platform_id, {}).items()
                if pk not in decided
            ),
            tuple(sent_here.get(entry.platform_id, ())),
            frozenset(managing.get(entry.platform_id, ())),
        )
        for entry in listed
    ]
    names = list(Industry.objects.order_by("name").values_list("name", flat=True))
    return Result(cards, kept, bodies_elsewhere(plan), names, industries_max(plan))


def industries_max(plan: MergePlan) -> int | None:
    """Return how many leading industries the programme allows; ``None`` where it sets no limit."""
    line = Target.objects.filter(
        programme=plan.programme_id, rule="R12", name="industries_max"
    ).first()
    return line.numerator if line else None


def _serving(
    platform_id: int,
    kept: list[BodyDisposition],
    managing: Mapping[int, Mapping[int, ManagementBody]],
) -> list[BodyDisposition]:
    """Return who serves a platform, as R09 counts: who is sent to it, and who stays with it."""
    at_baseline = managing.get(platform_id, {})
    return [
        row
        for row in kept
        if row.serves_id == platform_id or (row.serves_id is None and row.body_id in at_baseline)
    ]


def _managing(plan: MergePlan, shown: Collection[int]) -> dict[int, dict[int, ManagementBody]]:
    """Return the division's bodies that manage each platform at the baseline."""
    remits = (
        BodyPlatform.objects.filter(platform__in=shown, body__division=plan.division_id)
        .select_related("body")
        .order_by("body__code")
    )
    found: dict[int, dict[int, ManagementBody]] = defaultdict(dict)
    for remit in remits:
        found[remit.platform_id][remit.body_id] = remit.body
    return found


def _from_elsewhere(plan: MergePlan, shown: Collection[int]) -> dict[int, list[BodyDisposition]]:
    """Return the bodies that the plans of other divisions, as far as they count, send here."""
    plans = effective_plans(plan.programme, plan.programme.opens_as_of)
    others = [other for owner, other in plans.items() if owner != plan.division_id]
    found: dict[int, list[BodyDisposition]] = defaultdict(list)
    for row in (
        BodyDisposition.objects.filter(plan__in=others, serves__in=shown, fate__in=STAYING)
        .select_related("body__division")
        .order_by("body__code")
    ):
        if row.serves_id is not None:
            found[row.serves_id].append(row)
    return found

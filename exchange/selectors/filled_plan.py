"""What the template of a plan is filled with: a row for each thing to decide, decided or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consolidation.models import BodyDisposition, Disposition, MergePlan, PlateDisposition
from consolidation.sections import baseline_bodies, baseline_plates, baseline_platforms
from staffing.models import HeadCount, Redeployment, StaffPlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from consolidation.models import Programme
    from exchange.selectors.filled_names import Names
    from zones.models import Division, ManagementBody

    Row = dict[str, Any]


def plan_to_fill(programme: Programme, division: Division) -> MergePlan:
    """Return the division's open draft, else its newest version; of none at all, an unsaved one."""
    plans = MergePlan.objects.filter(programme=programme, division=division, variant="")
    found = list(plans.select_related("programme", "division").order_by("version"))
    drafts = [plan for plan in found if plan.is_internal]
    return (drafts or found or [MergePlan(programme=programme, division=division)])[-1]


class PlanRows:
    """The rows of one plan; each reads what it needs, in a number of queries that stays the same."""

    def __init__(self, plan: MergePlan, names: Names) -> None:
        """Remember the plan and how records are named."""
        self._plan = plan
        self._names = names

    def _decided(self, model: Any, *related: str) -> list[Any]:
        # Of a plan that is not saved yet nothing is found.
        return list(
            model.objects.filter(plan_id=self._plan.pk).select_related(*related).order_by("pk")
        )

    def dispositions(self) -> Iterator[Row]:
        """Yield every platform of the baseline, and what becomes of it."""
        decided = {row.platform_id: row for row in self._decided(Disposition, "platform", "target")}
        known = {platform.pk: platform for platform in baseline_platforms(self._plan)}
        known |= {pk: row.platform for pk, row in decided.items() if pk not in known}
        for pk, platform in known.items():
            row = decided.get(pk)
            target = row.target if row else None
            yield {
                "platform": platform.code,
                "platform_name": platform.name,
                "kind": row.kind if row else "",
                "target": self._names.platform(target.code, target.name) if target else "",
                "transform_into": row.transform_into if row else "",
                "planned_on": row.planned_on if row else None,
                "reason": row.reason if row else "",
                "flag": platform.is_placeholder or (row is not None and row.is_placeholder),
            }

    def _bodies(self) -> dict[int, ManagementBody]:
        """Return the bodies to decide on, and those that the plan founds."""
        known = {body.pk: body for body in baseline_bodies(self._plan)}
        for row in self._decided(BodyDisposition, "body"):
            known.setdefault(row.body_id, row.body)
        return known

    def body_dispositions(self) -> Iterator[Row]:
        """Yield every management body of the baseline or founded by the plan, and its fate."""
        decided = {row.body_id: row for row in self._decided(BodyDisposition)}
        for pk, body in self._bodies().items():
            row = decided.get(pk)
            yield {
                **_of_body(body),
                "fate": row.fate if row else "",
                "flag": body.is_placeholder or (row is not None and row.is_placeholder),
            }

    def plate_dispositions(self) -> Iterator[Row]:
        """Yield every plate of the baseline's platforms, and its fate."""
        decided = {row.plate_id: row for row in self._decided(PlateDisposition, "plate", "carrier")}
        known = {plate.pk: plate for plate in baseline_plates(self._plan)}
        known |= {pk: row.plate for pk, row in decided.items() if pk not in known}
        for pk, plate in known.items():
            row = decided.get(pk)
            carrier = row.carrier if row else None
            yield {
                "plate": plate.code,
                "plate_title": plate.title,
                "fate": row.fate if row else "",
                "carrier": self._names.platform(carrier.code, carrier.name) if carrier else "",
                "flag": plate.is_placeholder or (row is not None and row.is_placeholder),
            }

    def staff_plans(self) -> Iterator[Row]:
        """Yield every body and counted category, its staff at the baseline and as planned."""
        programme = self._plan.programme
        planned = {(row.body_id, row.category): row for row in self._decided(StaffPlan, "body")}
        bodies = self._bodies()
        for row in planned.values():
            bodies.setdefault(row.body_id, row.body)
        before = {
            (row.body_id, row.category): row
            for row in HeadCount.objects.filter(body__in=bodies, counted_on=programme.baseline_date)
        }
        for pk, body in bodies.items():
            own = {category for of, category in planned if of == pk}
            for category in dict.fromkeys([*programme.counted_categories, *sorted(own)]):
                was, now = before.get((pk, category)), planned.get((pk, category))
                yield {
                    **_of_body(body),
                    "category": category,
                    "before": was.on_post if was else None,
                    "authorised": now.authorised if now else None,
                    "on_post": now.on_post if now else None,
                    "flag": any(row.is_placeholder for row in (was, now) if row is not None),
                }

    def redeployments(self) -> Iterator[Row]:
        """Yield the moves of people that the plan names."""
        for row in self._decided(Redeployment, "body", "to_body"):
            to = row.to_body
            yield {
                **_of_body(row.body),
                "category": row.category,
                "destination": row.destination,
                "to_body": self._names.body(to.code, to.name) if to else "",
                "people": row.people,
                "flag": row.is_placeholder,
            }


def _of_body(body: ManagementBody) -> Row:
    return {"body": body.code, "body_name": body.name}

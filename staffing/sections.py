"""What a plan says of the people, as sections of its document; and what is copied with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from consolidation.models import MergePlan, Part
from consolidation.models.programmes import StaffCategory
from consolidation.sections import baseline_bodies, cell_of
from consolidation.selectors.document import LEDGERS, Cell, Line, Section, register
from consolidation.services.versions import COPIED, Copied
from platforms_portal.words import in_words
from staffing.models import HeadCount, Redeployment, StaffPlan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


def _baseline_counts(plan: MergePlan) -> QuerySet[HeadCount]:
    return HeadCount.objects.filter(
        body__in=baseline_bodies(plan), counted_on=plan.programme.baseline_date
    )


def _staff(plan: MergePlan) -> list[Line]:
    planned = {
        (row.body_id, row.category): row
        for row in StaffPlan.objects.filter(plan=plan).select_related("body")
    }
    before = {(row.body_id, row.category): row for row in _baseline_counts(plan)}
    bodies = {body.pk: body for body in baseline_bodies(plan)}
    bodies |= {row.body_id: row.body for row in planned.values()}
    lines = []
    for pk, body in bodies.items():
        for category in StaffCategory:
            was, now = before.get((pk, category)), planned.get((pk, category))
            if was is None and now is None:
                continue
            lines.append(
                Line(
                    key=f"{pk}:{category.value}",
                    subject="body",
                    subject_id=pk,
                    label=f"{body.name} · {category.label}",
                    cells=(
                        _number("before", _("staff before"), was.on_post if was else None),
                        cell_of(now, "on_post", label=_("staff after")),
                        cell_of(now, "authorised", label=_("authorised posts after")),
                    ),
                    is_placeholder=any(row.is_placeholder for row in (was, now) if row),
                )
            )
    return lines


def _number(name: str, label: Any, value: int | None) -> Cell:
    return Cell(name, label, in_words(value), value)


def _moves(plan: MergePlan) -> list[Line]:
    rows = (
        Redeployment.objects.filter(plan=plan)
        .select_related("body", "to_body")
        .order_by("body__code", "category", "destination", "to_body__code", "pk")
    )
    return [
        Line(
            key=f"{row.body_id}:{row.category}:{row.destination}:{row.to_body_id or ''}",
            subject="body",
            subject_id=row.body_id,
            label=f"{row.body.name} · {row.get_category_display()}",
            cells=(
                cell_of(row, "destination"),
                cell_of(row, "to_body"),
                cell_of(row, "people"),
            ),
            is_placeholder=row.is_placeholder,
        )
        for row in rows
    ]


def _ledger_staff(plan: MergePlan) -> Iterable[Any]:
    return _baseline_counts(plan).values_list("pk", "body_id", "category", "on_post", "authorised")


STAFF = register(Section("staff", Part.PEOPLE, _("Staff before and after"), _staff))
MOVES = register(Section("redeployments", Part.PEOPLE, _("Redeployment"), _moves))

LEDGERS["staff"] = _ledger_staff
COPIED.extend([Copied(StaffPlan), Copied(Redeployment)])

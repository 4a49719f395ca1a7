"""What a plan says of platforms, plates, bodies and retained platforms, as sections to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy

from consolidation.models import (
    Arrangement,
    Attachment,
    BodyDisposition,
    BreachReason,
    Disposition,
    MergePlan,
    Part,
    PlateDisposition,
)
from consolidation.selectors.document import LEDGERS, Cell, Line, Section, register
from consolidation.selectors.state import baseline_q
from platforms_portal.words import in_words
from zones.models import BodyPlatform, ManagementBody, Plate, Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Model, QuerySet

NOT_DECIDED = gettext_lazy("Not decided")


def cell_of(record: Model | None, name: str, *, label: Any = None, empty: str = "") -> Cell:
    """Return a field of ``record`` as a cell; of no record at all, an empty one."""
    if record is None:
        return Cell(name, label or name, empty, None)
    field = record._meta.get_field(name)  # noqa: SLF001 - a documented name of Django
    raw = getattr(record, getattr(field, "attname", name))
    display = getattr(record, f"get_{name}_display", None)
    shown = str(display()) if display is not None else in_words(getattr(record, name))
    heading = label or getattr(field, "verbose_name", name)
    return Cell(name, heading, shown or empty, None if raw is None else _plain(raw))


def _plain(raw: Any) -> Any:
    return raw if isinstance(raw, (bool, int, str)) else str(raw)


def baseline_platforms(plan: MergePlan) -> QuerySet[Platform]:
    """Return the platforms that ``plan`` has to decide on: its owner's at the baseline."""
    programme = plan.programme
    return Platform.objects.filter(
        baseline_q(programme), ledger=programme.ledger_id, division=plan.division_id
    ).order_by("code")


def baseline_bodies(plan: MergePlan) -> QuerySet[ManagementBody]:
    """Return the management bodies that ``plan`` has to decide on."""
    programme = plan.programme
    return ManagementBody.objects.filter(
        baseline_q(programme, end="abolished_on"),
        ledger=programme.ledger_id,
        division=plan.division_id,
    ).order_by("code")


def baseline_plates(plan: MergePlan) -> QuerySet[Plate]:
    """Return the plates of the platforms that ``plan`` has to decide on."""
    return (
        Plate.objects.filter(ledger=plan.programme.ledger_id, platform__in=baseline_platforms(plan))
        .select_related("platform")
        .order_by("code")
    )


def _lines(
    subject: str,
    known: Mapping[int, Platform | ManagementBody],
    decided: Mapping[int, Model],
    fields: Mapping[str, Any],
) -> list[Line]:
    """Return a line for each known record; the first of ``fields`` says when nothing is decided."""
    first = next(iter(fields))
    return [
        Line(
            key=str(pk),
            subject=subject,
            subject_id=pk,
            label=record.name,
            cells=tuple(
                cell_of(
                    decided.get(pk),
                    name,
                    label=label,
                    empty=str(NOT_DECIDED) if name == first else "",
                )
                for name, label in fields.items()
            ),
            is_placeholder=record.is_placeholder,
        )
        for pk, record in known.items()
    ]


def _platforms(plan: MergePlan) -> list[Line]:
    decided = {
        row.platform_id: row
        for row in Disposition.objects.filter(plan=plan).select_related("platform", "target")
    }
    known = {platform.pk: platform for platform in baseline_platforms(plan)}
    known |= {row.platform_id: row.platform for row in decided.values()}
    fields = {
        "kind": gettext_lazy("disposition"),
        "target": gettext_lazy("merged into"),
        "transform_into": gettext_lazy("transformed into"),
        "planned_on": gettext_lazy("planned for"),
        "reason": gettext_lazy("reason"),
    }
    return _lines("platform", known, decided, fields)


def _plates(plan: MergePlan) -> list[Line]:
    decided = {
        row.plate_id: row
        for row in PlateDisposition.objects.filter(plan=plan).select_related("plate", "carrier")
    }
    known = {plate.pk: plate for plate in baseline_plates(plan)}
    known |= {row.plate_id: row.plate for row in decided.values()}
    return [
        Line(
            key=str(pk),
            subject="plate",
            subject_id=pk,
            label=plate.title,
            cells=(
                Cell("level", gettext_lazy("level"), str(plate.get_level_display()), plate.level),
                cell_of(
                    decided.get(pk), "fate", label=gettext_lazy("fate"), empty=str(NOT_DECIDED)
                ),
                cell_of(decided.get(pk), "carrier", label=gettext_lazy("carried by")),
            ),
            is_placeholder=plate.is_placeholder,
        )
        for pk, plate in known.items()
    ]


def _bodies(plan: MergePlan) -> list[Line]:
    decided = {
        row.body_id: row
        for row in BodyDisposition.objects.filter(plan=plan).select_related("body", "serves")
    }
    known = {body.pk: body for body in baseline_bodies(plan)}
    known |= {row.body_id: row.body for row in decided.values()}
    fields = {
        "fate": gettext_lazy("fate"),
        "serves": gettext_lazy("serves"),
        "leadership_teams": gettext_lazy("leadership teams"),
        "internal_departments": gettext_lazy("internal departments"),
        "secretary_is_director": gettext_lazy("one person is secretary and director"),
        "reason": gettext_lazy("reason"),
    }
    return _lines("body", known, decided, fields)


def _arrangements(plan: MergePlan) -> list[Line]:
    rows = (
        Arrangement.objects.filter(plan=plan)
        .select_related("platform")
        .prefetch_related(Prefetch("industries__industry"))
        .order_by("platform__code")
    )
    fields = (
        "high_level_class",
        "operator_company",
        "operator_uscc",
        "operator_is_separate",
        "discipline",
        "has_cooperation_park",
        "parcels",
    )
    lines = []
    for row in rows:
        industries = sorted(arranged.industry.name for arranged in row.industries.all())
        named = Cell(
            "industries", gettext_lazy("leading industries"), "、".join(industries), industries
        )
        lines.append(
            Line(
                key=str(row.platform_id),
                subject="platform",
                subject_id=row.platform_id,
                label=row.platform.name,
                cells=(named, *(cell_of(row, name) for name in fields)),
                is_placeholder=row.is_placeholder,
            )
        )
    return lines


def _reasons(plan: MergePlan) -> list[Line]:
    return [
        Line(
            key=f"{row.rule}:{row.aspect}",
            subject="plan",
            subject_id=None,
            label=row.rule,
            cells=(cell_of(row, "reason"),),
        )
        for row in BreachReason.objects.filter(plan=plan).order_by("rule", "aspect")
    ]


def _attachments(plan: MergePlan) -> list[Line]:
    return [
        Line(
            # The same file may be attached under two names.
            key=f"{row.sha256}:{row.name}",
            subject="plan",
            subject_id=None,
            label=row.name,
            cells=(
                Cell("name", gettext_lazy("file name"), row.name, row.name),
                Cell("size", gettext_lazy("size in bytes"), in_words(row.size), row.size),
                Cell("sha256", "SHA-256", row.sha256[:16], row.sha256),
            ),
        )
        for row in Attachment.objects.filter(plan=plan).order_by("pk")
    ]


def _ledger_platforms(plan: MergePlan) -> Iterable[Any]:
    return baseline_platforms(plan).values_list("pk", "code", "name", "level", "kind")


def _ledger_bodies(plan: MergePlan) -> Iterable[Any]:
    return baseline_bodies(plan).values_list("pk", "code", "name", "rank", "nature")


def _ledger_plates(plan: MergePlan) -> Iterable[Any]:
    return baseline_plates(plan).values_list("pk", "code", "title", "level", "platform_id")


def _ledger_remits(plan: MergePlan) -> Iterable[Any]:
    remits = BodyPlatform.objects.filter(platform__in=baseline_platforms(plan))
    return remits.order_by("pk").values_list("body_id", "platform_id")


PLATFORMS = register(Section("platforms", Part.CONTENT, gettext_lazy("Platforms"), _platforms))
PLATES = register(Section("plates", Part.CONTENT, gettext_lazy("Plates"), _plates))
BODIES = register(Section("bodies", Part.BODIES, gettext_lazy("Management bodies"), _bodies))
ARRANGEMENTS = register(
    Section("arrangements", Part.CONTENT, gettext_lazy("Retained platforms"), _arrangements)
)
REASONS = register(Section("reasons", Part.CONTENT, gettext_lazy("Reasons for breaches"), _reasons))
ATTACHMENTS = register(
    Section("attachments", Part.CONTENT, gettext_lazy("Attachments"), _attachments)
)

LEDGERS["platforms"] = _ledger_platforms
LEDGERS["bodies"] = _ledger_bodies
LEDGERS["plates"] = _ledger_plates
LEDGERS["remits"] = _ledger_remits

"""Carrying out: a decision counts as carried out once the commission confirmed all its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import transaction
from django.db.models import Case, DateField, Exists, F, OuterRef, Q, Subquery, When

from consolidation.models import (
    BodyDisposition,
    Disposition,
    ExecutionStep,
    RetainedPlatform,
    StepTemplate,
)
from platforms_portal.history import create_recorded, update_recorded
from zones.models import Origin

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import MergePlan, Programme

Subject: TypeAlias = Disposition | BodyDisposition | RetainedPlatform

CONFIRMATION: dict[type[Subject], str] = {
    Disposition: "confirmed_on",
    BodyDisposition: "confirmed_on",
    RetainedPlatform: "founding_confirmed_on",
}
"""The field of each kind of subject that its steps decide."""

_STEPS_OF: dict[type[Subject], str] = {
    Disposition: "disposition",
    BodyDisposition: "body_disposition",
    RetainedPlatform: "retained",
}
_BATCH = 2000


def settle_confirmations(
    programme: Programme, *, actor: str, reason: str, user: User | None = None
) -> int:
    """Let every decision of ``programme`` that has steps say when it was carried out.

    That is the day on which its last step was confirmed, once all are, and else empty. Decisions
    without steps stay as they are. Returns how many changed; each has its row of history.
    """
    scopes: tuple[QuerySet[Any], ...] = (
        Disposition.objects.filter(plan__programme=programme),
        BodyDisposition.objects.filter(plan__programme=programme),
        RetainedPlatform.objects.filter(programme=programme),
    )
    with transaction.atomic():
        return sum(_settle(rows, actor=actor, reason=reason, user=user) for rows in scopes)


def settle(subject: Subject, *, actor: str, reason: str, user: User | None = None) -> bool:
    """Do the same for one decision, whose steps were just changed; return whether it changed.

    The subject is brought up to date in memory too.
    """
    model = type(subject)
    with transaction.atomic():
        changed = _settle(
            model.objects.filter(pk=subject.pk), actor=actor, reason=reason, user=user
        )
    subject.refresh_from_db(fields=[CONFIRMATION[model]])
    return bool(changed)


def _settle(rows: QuerySet[Any], *, actor: str, reason: str, user: User | None) -> int:
    model: type[Subject] = rows.model
    field = CONFIRMATION[model]
    steps = ExecutionStep.objects.filter(**{_STEPS_OF[model]: OuterRef("pk")})
    last = steps.order_by("-confirmed_on").values("confirmed_on")[:1]
    settled_on = Case(
        When(Exists(steps.filter(confirmed_on=None)), then=None),
        default=Subquery(last),
        output_field=DateField(),
    )
    # Spelled out, for NOT (a = b) is unknown in SQL where either is empty.
    differs = (
        Q(**{f"{field}__lt": F("settled_on")})
        | Q(**{f"{field}__gt": F("settled_on")})
        | Q(**{f"{field}__isnull": True, "settled_on__isnull": False})
        | Q(**{f"{field}__isnull": False, "settled_on__isnull": True})
    )
    found = list(rows.filter(Exists(steps)).annotate(settled_on=settled_on).filter(differs))
    for subject in found:
        setattr(subject, field, subject.settled_on)
    for start in range(0, len(found), _BATCH):
        batch = found[start : start + _BATCH]
        update_recorded(model, batch, [field], actor=actor, reason=reason, user=user)
    return len(found)


DEFAULT_STEPS: dict[str, tuple[str, ...]] = {
    StepTemplate.Subject.ABOLISH: ("撤销批文", "摘牌", "资产移交"),
    StepTemplate.Subject.TRANSFORM: ("转型批文", "摘牌"),
    StepTemplate.Subject.MERGE: ("整合批文", "资产移交"),
    StepTemplate.Subject.UPGRADE: ("整合到位",),
    StepTemplate.Subject.BODY_ABOLISH: ("撤销批文", "人员分流"),
    StepTemplate.Subject.BODY_KEEP: ("核定机构编制",),
    StepTemplate.Subject.BODY_FOUND: ("设立批文",),
    StepTemplate.Subject.PLATFORM_FOUND: ("设立批文", "授牌"),
}
"""What is asked of a decision where the programme says nothing: titles are data, so in Chinese."""


def prepare_steps(*, plan: MergePlan, user: User) -> list[ExecutionStep]:
    """Give every decision of an approved ``plan`` the steps that its programme asks for.

    So does every platform that the programme founds in the plan's division.

    A decision that has steps already (carried out early, or in an earlier version) keeps them.
    Returns the new ones.
    """
    asked: dict[str, list[str]] = {}
    for template in StepTemplate.objects.filter(programme=plan.programme_id):
        asked.setdefault(template.subject, []).append(template.title)
    steps: list[ExecutionStep] = []
    for disposition in Disposition.objects.filter(plan=plan, steps=None):
        steps += [
            ExecutionStep(disposition=disposition, title=title, planned_on=disposition.planned_on)
            for title in asked.get(disposition.kind, DEFAULT_STEPS[disposition.kind])
        ]
    for fate in BodyDisposition.objects.filter(plan=plan, steps=None):
        subject = f"body_{fate.fate}"
        steps += [
            ExecutionStep(body_disposition=fate, title=title)
            for title in asked.get(subject, DEFAULT_STEPS[subject])
        ]
    founded = RetainedPlatform.objects.filter(
        programme=plan.programme_id,
        platform__division=plan.division_id,
        platform__origin=Origin.FOUNDED,
        founding_confirmed_on=None,
        steps=None,
    )
    for retained in founded:
        subject = StepTemplate.Subject.PLATFORM_FOUND
        steps += [
            ExecutionStep(retained=retained, title=title)
            for title in asked.get(subject, DEFAULT_STEPS[subject])
        ]
    return create_recorded(ExecutionStep, steps, actor=user.get_username(), reason="", user=user)

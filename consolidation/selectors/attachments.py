"""Which files are attached to what, and who may open them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from django.db.models import Q

from consolidation.models import Attachment, Correction, ExecutionStep, MergePlan, TaskNote
from consolidation.selectors.corrections import corrections_visible_to
from consolidation.selectors.ledger import tasks_in_sight
from consolidation.selectors.plans import plans_of_official, plans_visible_to
from platforms_portal.access import DISTRICT_ROLES, Right, has_right, scope_of
from platforms_portal.stored_files import orphaned

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from consolidation.models import Programme
    from platforms_portal.access import Scope

STORED_UNDER = "attachments"
"""The folder of ``MEDIA_ROOT`` in which files are kept (see ``storage_path``)."""


AttachmentSubject: TypeAlias = MergePlan | ExecutionStep | Correction | TaskNote

FIELD_OF: dict[type[AttachmentSubject], str] = {
    MergePlan: "plan",
    ExecutionStep: "step",
    Correction: "correction",
    TaskNote: "task_note",
}
"""The field of ``Attachment`` for each kind of subject."""


def attachments_of(subject: AttachmentSubject) -> list[Attachment]:
    """Return the files of a plan, a step, a correction or a task's report, the oldest first."""
    rows = Attachment.objects.filter(**{FIELD_OF[type(subject)]: subject})
    return list(rows.select_related("uploaded_by").order_by("pk"))


def attachments_visible_to(user: User, programme: Programme) -> QuerySet[Attachment]:
    """Return the files of ``programme`` whose subject ``user`` may see.

    That is a plan that the user sees (an official: drafts and variants too), a step of such a
    plan or of a founding in scope, a correction in scope, a report on a task that the user sees.
    """
    scope = scope_of(user)
    visible = Q(plan__in=_plans(user, programme).values("pk"))
    visible |= Q(step__in=steps_visible_to(user, programme).values("pk"))
    visible |= Q(correction__in=corrections_visible_to(user, programme).values("pk"))
    visible |= Q(task_note__task__in=tasks_in_sight(user, programme).values("pk"))
    rows = Attachment.objects.filter(visible) if not scope.nothing else Attachment.objects.none()
    return rows.select_related(
        "plan",
        "correction",
        "task_note",
        "step__disposition",
        "step__body_disposition",
        "step__retained",
    )


def _plans(user: User, programme: Programme) -> QuerySet[MergePlan]:
    scope = scope_of(user)
    own = user.division_id if user.role in DISTRICT_ROLES else None
    seen = Q(pk__in=plans_visible_to(scope, programme, viewer_division_id=own).values("pk"))
    if has_right(user, Right.EDIT_PLAN):
        seen |= Q(pk__in=plans_of_official(scope, programme).values("pk"))
    return MergePlan.objects.filter(seen)


def steps_visible_to(user: User, programme: Programme) -> QuerySet[ExecutionStep]:
    """Return the steps that carry out what ``user`` may see; those of bodies need their right."""
    plans = _plans(user, programme).values("pk")
    seen = Q(disposition__plan__in=plans) | Q(
        scope_of(user).q("retained__platform__division_id"), retained__programme=programme
    )
    if has_right(user, Right.VIEW_BODIES):
        seen |= Q(body_disposition__plan__in=plans)
    return ExecutionStep.objects.filter(seen)


def steps_of_official(scope: Scope, programme: Programme) -> QuerySet[ExecutionStep]:
    """Return the steps of a district reader's own division, of its plans and its foundings."""
    if scope.division_id is None:
        return ExecutionStep.objects.none()
    plans = plans_of_official(scope, programme).values("pk")
    return ExecutionStep.objects.filter(
        Q(disposition__plan__in=plans)
        | Q(body_disposition__plan__in=plans)
        | Q(
            retained__programme=programme,
            retained__platform__division=scope.division_id,
        )
    )


def division_of_step(step: ExecutionStep) -> int:
    """Return the key of the division that carries ``step`` out."""
    if step.disposition is not None:
        return step.disposition.plan.division_id
    if step.body_disposition is not None:
        return step.body_disposition.plan.division_id
    assert step.retained is not None  # noqa: S101 - a constraint: a step has one subject
    return step.retained.platform.division_id


def plan_id_of_step(step: ExecutionStep) -> int | None:
    """Return the key of the plan that ``step`` carries out; none for a founding."""
    decision = step.disposition or step.body_disposition
    return decision.plan_id if decision is not None else None


def orphaned_files() -> list[str]:
    """Return the names of stored files to which no record refers, as left by an upload undone."""
    return orphaned(Attachment._meta.get_field("file"), STORED_UNDER)  # noqa: SLF001 - documented by Django

"""Attaching files: checked by content, stored out of reach, told apart by their digest."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext as _

from consolidation.models import Attachment, Correction, ExecutionStep, MergePlan, Task, TaskNote
from consolidation.selectors.attachments import (
    FIELD_OF,
    AttachmentSubject,
    division_of_step,
    orphaned_files,
)
from consolidation.services.drafting import locked_draft
from platforms_portal.access import Right, has_right, scope_of
from platforms_portal.file_formats import recognise
from platforms_portal.history import delete_recorded, save_recorded

if TYPE_CHECKING:
    from django.core.files.storage import Storage
    from django.core.files.uploadedfile import UploadedFile

    from accounts.models import User

FILE_BYTES_MAX = 20 * 1024 * 1024
FILES_MAX = 20
"""How many files one plan, step, correction or report holds."""

NAME_MAX = 200


@dataclass(frozen=True)
class CheckedFile:
    """A file that was sent and may be kept: its name for display, its type, its digest."""

    uploaded: UploadedFile[bytes]
    name: str
    content_type: str
    sha256: str


def attach(
    *,
    uploaded: UploadedFile[bytes],
    user: User,
    plan: MergePlan | None = None,
    step: ExecutionStep | None = None,
    correction: Correction | None = None,
    task_note: TaskNote | None = None,
) -> Attachment:
    """Attach a file that was sent to exactly one plan, step, correction or report, and return it.

    The same file under the same name, sent twice by the same user, is attached once. Raises
    ``PermissionDenied`` for all but the division's officials (for a report: its department), and
    ``ValidationError`` where the file is refused, where it is attached already, or where the
    subject no longer changes.
    """
    return attach_checked(
        checked=check_upload(uploaded), user=user, to=_one(plan, step, correction, task_note)
    )


def attach_checked(*, checked: CheckedFile, user: User, to: AttachmentSubject) -> Attachment:
    """Attach a file that ``check_upload`` let through; returns and raises as ``attach``."""
    with transaction.atomic():
        subject = _locked(to, user)
        field = FIELD_OF[type(subject)]
        present = list(Attachment.objects.filter(**{field: subject}))
        for other in present:
            if other.sha256 == checked.sha256:
                return _attached_already(other, checked, user)
        if len(present) >= FILES_MAX:
            raise ValidationError(
                _("There are %(n)d files already, and no more can be kept here.")
                % {"n": FILES_MAX},
                code="too_many",
            )
        checked.uploaded.seek(0)
        attachment = Attachment(
            name=checked.name,
            content_type=checked.content_type,
            size=checked.uploaded.size or 0,
            sha256=checked.sha256,
            uploaded_by=user,
            **{field: subject},
        )
        attachment.file = checked.uploaded
        save_recorded(attachment, user=user, reason=_("Attached"))
        return attachment


def detach(*, attachment: Attachment, user: User) -> None:
    """Remove ``attachment`` from its subject; who did it, and the digest, stay in the history.

    The stored file goes with the last record that refers to it. Raises as ``attach``.
    """
    with transaction.atomic():
        subject = _one(
            attachment.plan, attachment.step, attachment.correction, attachment.task_note
        )
        _locked(subject, user)
        found = Attachment.objects.select_for_update(of=("self",)).filter(pk=attachment.pk).first()
        if found is not None:
            delete_recorded(found, user=user, reason=_("Removed"))


def check_upload(uploaded: UploadedFile[bytes]) -> CheckedFile:
    """Return a file that was sent with what is to be known of it; its size is looked at first.

    Raises ``ValidationError`` where it is empty, too large, or not what it says it is.
    """
    name = clean_name(uploaded.name or "")
    size = uploaded.size or 0
    if size == 0:
        raise ValidationError(_("The file is empty."), code="empty")
    if size > FILE_BYTES_MAX:
        raise ValidationError(
            _("The file is larger than %(n)d MB.") % {"n": FILE_BYTES_MAX // 1024 // 1024},
            code="too_large",
        )
    found = recognise(uploaded, name)
    digest = hashlib.sha256()
    for chunk in uploaded.chunks():
        digest.update(chunk)
    return CheckedFile(uploaded, name, found.content_type, digest.hexdigest())


def clean_name(name: str) -> str:
    """Return the name to show: no folders, no characters that can't be seen, not too long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # Cf: the marks of direction among them make “…fdp.exe” look like “…exe.pdf”.
    seen = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs"}).strip()
    suffix = PurePosixPath(seen).suffix[:20]
    return seen if len(seen) <= NAME_MAX else seen[: NAME_MAX - len(suffix)] + suffix


def _attached_already(other: Attachment, checked: CheckedFile, user: User) -> Attachment:
    if other.name == checked.name and other.uploaded_by_id == user.pk:
        return other
    raise ValidationError(
        _("This file is attached already, as “%(name)s”.") % {"name": other.name}, code="twice"
    )


def _one(*subjects: AttachmentSubject | None) -> AttachmentSubject:
    given = [subject for subject in subjects if subject is not None]
    if len(given) != 1:
        raise ValueError("A file is attached to exactly one thing.")
    return given[0]


# --- What may still be changed --------------------------------------------------------------------


def _locked(subject: AttachmentSubject, user: User) -> AttachmentSubject:
    if isinstance(subject, MergePlan):
        return locked_draft(subject, user)
    if isinstance(subject, ExecutionStep):
        return _locked_step(subject, user)
    if isinstance(subject, TaskNote):
        return _locked_note(subject, user)
    return _locked_correction(subject, user)


def _locked_step(step: ExecutionStep, user: User) -> ExecutionStep:
    rows = ExecutionStep.objects.select_for_update(of=("self",)).select_related(
        "disposition__plan", "body_disposition__plan", "retained__platform"
    )
    locked = rows.get(pk=step.pk)
    _only_its_officials(user, division_of_step(locked))
    if locked.confirmed_on is not None:
        raise ValidationError(
            _("The step was confirmed on %(day)s, so its evidence stays as it is.")
            % {"day": locked.confirmed_on.isoformat()},
            code="frozen",
        )
    return locked


def _locked_correction(correction: Correction, user: User) -> Correction:
    locked = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    _only_its_officials(user, locked.division_id)
    if locked.state != Correction.State.REQUESTED:
        raise ValidationError(
            _("The correction is “%(state)s”, so nothing of it can be changed.")
            % {"state": locked.get_state_display()},
            code="frozen",
        )
    return locked


def _locked_note(note: TaskNote, user: User) -> TaskNote:
    # The task first, as in every act on it: its state says whether its reports still change.
    task = Task.objects.select_for_update(of=("self",)).get(pk=note.task_id)
    if not has_right(user, Right.ANSWER_TASKS) or user.department_id != note.department_id:
        raise PermissionDenied(_("Only the department itself attaches files to its reports."))
    if task.state not in {Task.State.UNDER_WAY, Task.State.RETURNED}:
        raise ValidationError(
            _("The task is “%(state)s”, so the files of its reports stay as they are.")
            % {"state": task.get_state_display()},
            code="frozen",
        )
    return TaskNote.objects.select_for_update(of=("self",)).get(pk=note.pk)


def _only_its_officials(user: User, division_id: int) -> None:
    if not has_right(user, Right.EDIT_PLAN) or not scope_of(user).covers(division_id):
        raise PermissionDenied(_("Only the division's own officials attach files here."))


# --- The stored files -----------------------------------------------------------------------------


@receiver(post_delete, sender=Attachment)
def forget_file(instance: Attachment, **_signal: Any) -> None:
    """Delete the stored file after the commit, unless a copy of the plan still refers to it.

    A signal, for files go with their plan too when a variant of it is deleted.
    """
    if instance.file.name:
        storage, name = instance.file.storage, instance.file.name
        transaction.on_commit(partial(_delete_unused, storage, name), robust=True)


def delete_orphaned() -> list[str]:
    """Delete the stored files to which no record refers; return their names."""
    names = orphaned_files()
    storage = Attachment._meta.get_field("file").storage  # noqa: SLF001 - documented by Django
    for name in names:
        _delete_unused(storage, name)
    return names


def _delete_unused(storage: Storage, name: str) -> None:
    if not Attachment.objects.filter(file=name).exists():
        storage.delete(name)

"""Attached files: opened by who sees what they belong to, added and removed by its officials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consolidation.models import Attachment, Correction, ExecutionStep, MergePlan, TaskNote
from consolidation.selectors.attachments import (
    AttachmentSubject,
    attachments_visible_to,
    plan_id_of_step,
    steps_of_official,
)
from consolidation.selectors.corrections import corrections_visible_to
from consolidation.selectors.plans import plans_of_official
from consolidation.services.attachments import (
    CheckedFile,
    attach_checked,
    check_upload,
    clean_name,
    detach,
)
from consolidation.views.base import ProgrammePage
from consolidation.views.reader import reader_of
from platforms_portal.access import Right

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from accounts.models import User


class AttachmentFile(ProgrammePage):
    """One file, to be saved: it is never shown inside the portal's own pages."""

    http_method_names = ["get", "head", "options"]
    right: ClassVar[Right] = Right.VIEW_LEDGER

    def get(self, _request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the file under the name that it was given."""
        files = attachments_visible_to(reader_of(self.request), self.programme)
        attachment = get_object_or_404(files, key=kwargs["key"])
        try:
            content = attachment.file.open("rb")
        except (OSError, ValueError) as error:
            raise Http404(_("The file is no longer stored here.")) from error
        response = FileResponse(
            content,
            as_attachment=True,
            filename=attachment.name,
            content_type=attachment.content_type,
        )
        response["X-Content-Type-Options"] = "nosniff"
        # Should a browser show it all the same: no scripts, no address of ours.
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["Cache-Control"] = "private, no-store"
        return response


class AttachmentAct(ProgrammePage):
    """Something done to attached files by POST; leads back to ``next``, or to their subject."""

    http_method_names = ["post", "options"]
    right: ClassVar[Right] = Right.EDIT_PLAN

    def back(self, subject: AttachmentSubject) -> HttpResponseBase:
        """Return the way back."""
        wanted = self.request.POST.get("next", "")
        if url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        ):
            return redirect(wanted)
        return redirect(self.page_of(subject))

    def page_of(self, subject: AttachmentSubject) -> str:
        """Return the address of the page that shows ``subject``."""
        code = self.programme.code
        if isinstance(subject, Correction):
            return reverse("correction", args=[code, subject.pk])
        if isinstance(subject, MergePlan):
            name = "plan" if not subject.variant else "plan-edit"
            return reverse(name, args=[code, subject.pk])
        if isinstance(subject, TaskNote):
            return reverse("task", args=[code, subject.task_id])
        plan_id = plan_id_of_step(subject)
        if plan_id is not None:
            return reverse("plan", args=[code, plan_id])
        return reverse("retained", args=[code, subject.retained_id])


class AttachFiles(AttachmentAct):
    """Attaches several files at once; what is refused is told file by file."""

    def subject(self, pk: int) -> AttachmentSubject:
        """Return what the files are attached to; another division's is not found (404)."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Attach what was sent."""
        subject = self.subject(kwargs["pk"])
        sent = request.FILES.getlist("files")
        if not sent:
            messages.error(request, _("Choose a file first."))
        problems = attach_all(sent, to=subject, user=reader_of(request))
        for problem in problems:
            messages.error(request, problem)
        number = len(sent) - len(problems)
        if number:
            done = ngettext("%(n)d file is attached.", "%(n)d files are attached.", number)
            messages.success(request, done % {"n": number})
        return self.back(subject)


def attach_all(sent: list[UploadedFile[bytes]], *, to: AttachmentSubject, user: User) -> list[str]:
    """Attach each of the files, and return a sentence for each that was refused."""
    problems = []
    for uploaded in sent:
        try:
            attach_checked(checked=check_upload(uploaded), user=user, to=to)
        except ValidationError as refused:
            problems.append(told_of(uploaded, refused))
    return problems


def checked_all(sent: list[UploadedFile[bytes]]) -> tuple[list[CheckedFile], list[str]]:
    """Check each of the files; return those that may be attached, and a sentence for each other."""
    files, problems = [], []
    for uploaded in sent:
        try:
            files.append(check_upload(uploaded))
        except ValidationError as refused:
            problems.append(told_of(uploaded, refused))
    return files, problems


def told_of(uploaded: UploadedFile[bytes], refused: ValidationError) -> str:
    """Return the sentence that says which file was refused, and why."""
    return _("“%(name)s”: %(problem)s") % {
        "name": clean_name(uploaded.name or ""),
        "problem": " ".join(refused.messages),
    }


class AttachToPlan(AttachFiles):
    """Attaches files to a draft."""

    def subject(self, pk: int) -> MergePlan:
        """Return a plan of the official's own division."""
        return get_object_or_404(plans_of_official(self.scope, self.programme), pk=pk)


class AttachToStep(AttachFiles):
    """Attaches evidence to a step that is not confirmed yet."""

    def subject(self, pk: int) -> ExecutionStep:
        """Return a step of the official's own division."""
        return get_object_or_404(steps_of_official(self.scope, self.programme), pk=pk)


class AttachToCorrection(AttachFiles):
    """Attaches files to a correction that awaits its answer."""

    def subject(self, pk: int) -> Correction:
        """Return a correction of the official's own division."""
        own = corrections_visible_to(reader_of(self.request), self.programme)
        return get_object_or_404(own, pk=pk)


class DetachFile(AttachmentAct):
    """Removes a file."""

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Remove it; one that is gone already is not found (404)."""
        user = reader_of(request)
        attachment = get_object_or_404(
            attachments_visible_to(user, self.programme), key=kwargs["key"]
        )
        subject = subject_of(attachment)
        try:
            detach(attachment=attachment, user=user)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, _("“%(name)s” was removed.") % {"name": attachment.name})
        return self.back(subject)


def subject_of(attachment: Attachment) -> AttachmentSubject:
    """Return what a file is attached to."""
    subject = attachment.plan or attachment.step or attachment.correction or attachment.task_note
    assert subject is not None  # noqa: S101 - a constraint: a file has one subject
    return subject

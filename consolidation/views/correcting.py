"""Asking for a correction: the record as it stands, the fields to change, why, and the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.correctable import CORRECTABLE
from consolidation.forms_corrections import OWN_FIELDS, RequestForm
from consolidation.models import Correction
from consolidation.selectors.corrections import open_corrections
from consolidation.services.attachments import CheckedFile, check_upload
from consolidation.services.requesting import (
    Asked,
    digest_of,
    judge_request,
    request_correction,
)
from consolidation.services.seen import ConflictError
from consolidation.views.attachments import told_of
from consolidation.views.base import asked_choice
from consolidation.views.corrections import CHECK_TITLE, OwnLedgerPage
from consolidation.views.reader import reader_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django_stubs_ext import StrOrPromise

    from consolidation.correctable import Correctable, Reading

TITLES = {
    Correction.Kind.CHANGE: gettext_lazy("Correct a record"),
    Correction.Kind.ADD: gettext_lazy("Add a record"),
    Correction.Kind.STRIKE: gettext_lazy("Strike out a record"),
}


class CorrectionNew(OwnLedgerPage):
    """The form of a request; ``subject``, ``kind`` and ``id`` in the address say about what."""

    template_name = "consolidation/corrections/new.html"

    subject: str
    kind: str
    correctable: Correctable
    record: Any = None
    reading: Reading | None = None
    form: RequestForm | None = None
    seen: str = ""
    conflict: ConflictError | None = None
    file_problems: tuple[str, ...] = ()

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the record too; one of another division is not found (404)."""
        super().prepare(request, **kwargs)
        asked = request.GET
        self.subject = asked_choice("subject", asked.get("subject", "platform"), [*CORRECTABLE])
        self.correctable = CORRECTABLE[self.subject]
        self.kind = asked_choice("kind", asked.get("kind", "add"), [*self.correctable.kinds])
        if self.kind != Correction.Kind.ADD:
            self._find(asked.get("id", ""))

    def _find(self, key: str) -> None:
        records = self.correctable.records(self.programme, self.own.pk)
        self.record = records.filter(pk=int(key)).first() if key.isdecimal() else None
        if self.record is None:
            raise Http404(_("The record is no longer in the division's baseline."))
        self.reading = self.correctable.read(self.programme, [self.record])[self.record.pk]
        self.seen = digest_of(self.reading.values)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the check of the ledger."""
        address = reverse("ledger-check", args=[self.programme.code])
        return [(str(CHECK_TITLE), address), (str(self.title), "")]

    @property
    def title(self) -> StrOrPromise:
        """What is asked for."""
        return TITLES[Correction.Kind(self.kind)]

    def _form(self, data: Any = None) -> RequestForm:
        form = RequestForm(data, values=self.reading.values if self.reading else None)
        if self.kind == Correction.Kind.STRIKE:
            return form.without_source().dressed()
        return form.with_record(self.correctable, self.programme, self.own, self.record).dressed()

    def get(self, _request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form, or the request that is open about this record already."""
        if self.record is not None:
            asked = open_corrections(self.programme, self.own.pk)
            present = asked.filter(subject=self.subject, subject_id=self.record.pk).first()
            if present is not None:
                messages.info(
                    self.request, _("A correction of this record already awaits an answer.")
                )
                return redirect("correction", self.programme.code, present.pk)
        return super().get(self.request, *args, **kwargs)

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the request; what is refused is shown beside the fields, with all that was typed."""
        self.form = self._form(request.POST)
        valid = self.form.is_valid()
        files = self._files(request)
        correction = None
        if valid and not self.file_problems:
            correction = self._request(request, files)
        else:
            self._judge(request)
        if correction is None:
            return self.render_to_response(self.get_context_data(**kwargs), status=422)
        messages.success(
            request,
            _("The request went to the commission. The ledger changes once it is confirmed."),
        )
        return redirect("correction", self.programme.code, correction.pk)

    def _files(self, request: HttpRequest) -> list[CheckedFile]:
        checked, problems = [], []
        for uploaded in request.FILES.getlist("files"):
            try:
                checked.append(check_upload(uploaded))
            except ValidationError as refused:
                problems.append(told_of(uploaded, refused))
        self.file_problems = tuple(problems)
        return checked

    def _asked(self, form: RequestForm, request: HttpRequest) -> Asked:
        """Return what is asked for, as far as the form could be read."""
        return Asked(
            subject=self.subject,
            kind=self.kind,
            record_id=self.record.pk if self.record is not None else None,
            reason=form.cleaned_data.get("reason", ""),
            source=form.cleaned_data.get("source", ""),
            given=form.given(),
            seen=request.POST.get("seen", ""),
        )

    def _judge(self, request: HttpRequest) -> None:
        """Add what the service would refuse to what form and files were refused for."""
        assert self.form is not None  # noqa: S101 - post() made it
        # Values that could not be read are compared next time: until then the digest stays.
        self.seen = request.POST.get("seen", "")
        try:
            judge_request(
                programme=self.programme,
                division=self.own,
                asked=self._asked(self.form, request),
                user=reader_of(request),
            )
        except ConflictError as conflict:
            self.conflict = conflict
            if set(self.form.errors) <= {*OWN_FIELDS}:
                self.seen = conflict.seen
        except ValidationError as refused:
            self.form.refuse(refused)

    def _request(self, request: HttpRequest, files: list[CheckedFile]) -> Correction | None:
        assert self.form is not None  # noqa: S101 - post() made it
        try:
            return request_correction(
                programme=self.programme,
                division=self.own,
                asked=self._asked(self.form, request),
                user=reader_of(request),
                files=files,
            )
        except ConflictError as conflict:
            self.conflict, self.seen = conflict, conflict.seen
        except ValidationError as refused:
            self.form.refuse(refused)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form, and what somebody else changed in the meantime."""
        theirs = [
            (self.correctable.label(field.name), field.theirs, field.mine)
            for field in (self.conflict.fields if self.conflict else [])
        ]
        return super().get_context_data(
            title=self.title,
            kind=self.kind,
            subject_label=Correction.Subject(self.subject).label,
            name=self.correctable.name_of(self.record) if self.record is not None else "",
            is_placeholder=bool(self.reading and self.reading.is_placeholder),
            form=self.form or self._form(),
            seen=self.seen,
            theirs=theirs,
            file_problems=self.file_problems,
            **kwargs,
        )

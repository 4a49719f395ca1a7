"""Where an import starts: what can be filled in, the upload, and the uploads so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from consolidation.checks.base import Scope as Owner
from consolidation.views.base import ProgrammePage, asked_choice
from consolidation.views.drafts import told_at_once
from consolidation.views.reader import reader_of
from exchange.forms import UploadForm
from exchange.models import ImportRun
from exchange.selectors.runs import runs_visible_to
from exchange.services.guessing import template_of
from exchange.services.importing import receive
from exchange.subjects import TEMPLATES
from exchange.templates_out.files import template_file
from exchange.views.base import ImportsBase
from platforms_portal.access import Right, has_right
from platforms_portal.pages import BadParameterError
from staffing.reporting import months_to_report

if TYPE_CHECKING:
    import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from zones.models import Division

SHOWN = 50
"""How many uploads the list shows: the newest."""

_MEGABYTE = 1024 * 1024
_FORM_BYTES = 64 * 1024
"""What the other fields and the frame of a form with a file take."""

_READ = 64 * 1024
_DISCARDED = 4
"""How many times the limit is read and thrown away, so that the browser hears the answer."""


def discard(request: HttpRequest, limit: int) -> None:
    """Read what is still coming and keep none of it: a browser listens once it has sent all."""
    left = limit
    while left > 0:
        part = request.read(min(_READ, left))
        if not part:
            return
        left -= len(part)


# The size is looked at before anything is read; the form's token is in what is read.
@method_decorator(csrf_exempt, name="dispatch")
class ImportsPage(ImportsBase):
    """What can be filled in, the upload, and the uploads so far."""

    template_name = "exchange/imports.html"

    def form(self, data: Any = None, files: Any = None, **kwargs: Any) -> UploadForm:
        """Return the form, with the template chosen that the address names."""
        known = {template.key for template in self.templates}
        asked = self.request.GET.get("template", "")
        return UploadForm(
            data,
            files,
            templates=self.templates,
            owners=self.owners,
            megabytes=settings.IMPORT_MEGABYTES_MAX,
            of_city=self.scope.is_city,
            initial={
                "template": asked if asked in known else "",
                "division": self.asked.division.code if self.asked.division else "",
            },
            **kwargs,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the templates, the form and the newest uploads."""
        runs = runs_visible_to(self.reader, self.programme)[:SHOWN]
        kwargs.setdefault("form", None)
        return super().get_context_data(
            **kwargs
            | {
                "form": kwargs["form"] or self.form(),
                "runs": list(runs),
                "templates": self.templates,
                "months": [] if self.scope.is_city else months_to_report(self.programme),
                "owners": [(owner.code, Owner(owner).label) for owner in self.owners],
                "own": self.own,
            }
        )

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the file where it is not too large."""
        limit = settings.IMPORT_MEGABYTES_MAX * _MEGABYTE + _FORM_BYTES
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > limit:
            discard(request, min(length, limit * _DISCARDED))
            return self.too_large()
        return self.take(request, **kwargs)

    def too_large(self) -> HttpResponseBase:
        """Say so on the form: nothing of the file was kept, nor of what was chosen beside it."""
        form = self.form()
        message = _(
            "The file is larger than %(n)d MB. Save it without pictures and unused sheets, or split it by division."
        )
        problem = message % {"n": settings.IMPORT_MEGABYTES_MAX}
        return self.render_to_response(
            self.get_context_data(form=form, problem=problem), status=413
        )

    @method_decorator(csrf_protect)
    def take(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Receive the file and open its page; or show the form again with what was refused."""
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        upload = form.cleaned_data["file"]
        try:
            template = form.cleaned_data["template"] or template_of(upload, self.templates)
            run = receive(
                programme=self.programme,
                division=form.division_asked,
                template=template,
                upload=upload,
                user=self.reader,
                direct=self.loads_directly,
            )
        except ValidationError as refused:
            form.add_error("file", told_at_once(refused))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if run.state == ImportRun.State.REFUSED:
            form.add_error("file", f"{run.refusal} {run.remedy}".strip())
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return redirect("import-run", self.programme.code, run.pk)


TEMPLATE_RIGHTS = {
    "ledger": Right.VIEW_LEDGER,
    "bodies": Right.VIEW_BODIES,
    "staff": Right.VIEW_PEOPLE,
    "plan": Right.EDIT_PLAN,
    "head_counts": Right.EDIT_PLAN,
}
"""What a reader must be allowed to see to download a template with it."""


class TemplateFile(ProgrammePage):
    """One filled template: of the reader's division, of the division asked for, or of the city."""

    right = Right.VIEW_LEDGER
    http_method_names = ["get", "head", "options"]

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the template; refuse who may not see what it is filled with."""
        super().prepare(request, **kwargs)
        if kwargs["template"] not in TEMPLATES:
            raise Http404(_("There is no such template."))
        self.template = TEMPLATES[kwargs["template"]]
        right = TEMPLATE_RIGHTS[self.template.key]
        if not has_right(request.user, right):
            raise PermissionDenied(
                _("Your role does not have the right to “%(right)s”.") % {"right": right.label}
            )

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Send the workbook."""
        response = template_file(
            self.template, programme=self.programme, division=self.division, day=self.day
        )
        response["Cache-Control"] = "private, no-store"
        return response

    @property
    def division(self) -> Division | None:
        """Whose records it is filled with."""
        if self.scope.is_city:
            return self.asked.division
        return reader_of(self.request).division

    @property
    def day(self) -> datetime.date:
        """The day as which it is filled: the programme's, or the end of the month asked for."""
        if self.template.key != "head_counts":
            return self.asked.as_of
        months = {f"{day:%Y-%m}": day for day in months_to_report(self.programme)}
        if not months:
            raise BadParameterError(_("No month since the baseline date is over yet."))
        asked = self.request.GET.get("month") or next(iter(months))
        return months[asked_choice("month", asked, list(months))]

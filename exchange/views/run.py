"""One upload on its way: what waits, and what is done about it."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.views.base import asked_choice
from consolidation.views.drafts import told_at_once
from exchange.forms import CommitForm
from exchange.models import ImportRun
from exchange.problems import RefusedError
from exchange.selectors.runs import (
    LEDGER_TEMPLATES,
    errs_in_rows_alone,
    problems_of,
    progress_of,
    rows_of,
    runs_visible_to,
)
from exchange.services.columns import choose
from exchange.services.importing import cancel, check_again, commit, confirm
from exchange.services.marked_file import mark
from exchange.subjects import TEMPLATES, subject_with
from exchange.views.base import ImportsBase
from exchange.views.results import ways_on
from exchange.views.shown import (
    first_tab,
    shown_problems,
    shown_rows,
    shown_sheets,
    tabs_of,
)
from platforms_portal.listings import as_attachment
from platforms_portal.xlsx_files import XLSX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from exchange.services.columns import Chosen

PER_PAGE = 50
State = ImportRun.State
_HAS_PREVIEW = (State.CHECKED, State.COMMITTED, State.STALE)
_CHECKED_AGAIN = (State.FAILED, State.CANCELLED)
_COLUMNS_AGAIN = (State.CHECKED, State.STALE)


class RunPage(ImportsBase):
    """One upload. That of another division, or of nobody's concern here, is not found (404)."""

    template_name = "exchange/run.html"
    run: ImportRun

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read the upload too."""
        super().prepare(request, **kwargs)
        runs = runs_visible_to(self.reader, self.programme)
        self.run = get_object_or_404(runs, pk=kwargs["pk"])

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list of uploads."""
        return [self.way_up(), (self.run.file_name, "")]

    @property
    def address(self) -> str:
        """The address of the upload's page, also where something was done to it."""
        return reverse("import-run", args=[self.programme.code, self.run.pk])

    def get(self, _request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page, or the part that moves."""
        if getattr(self.request, "htmx", False):
            return self.progress()
        return super().get(self.request, *args, **kwargs)

    def progress(self) -> HttpResponseBase:
        """Return how far it is; where it is over, tell the browser to load the page anew."""
        shown = progress_of(self.run)
        response = self.response_class(
            request=self.request,
            template=["exchange/progress.html"],
            context={"run": self.run, "progress": shown},
        )
        if not shown.is_under_way or shown.is_lost:
            response["HX-Refresh"] = "true"
        return response

    @cached_property
    def is_requested(self) -> bool:
        """Whether what differs is asked of the commission."""
        return self.run.template in LEDGER_TEMPLATES and not self.run.direct

    @property
    def may_commit(self) -> bool:
        """Whether anything can be written, if need be without the rows that have errors."""
        run = self.run
        return (
            run.state == State.CHECKED
            and run.to_write > 0
            and (not run.errors or errs_in_rows_alone(run))
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the upload and what waits in it."""
        run = self.run
        template = TEMPLATES.get(run.template)
        context = {
            "run": run,
            "address": self.address,
            "template_label": template.label if template else run.template,
            "progress": progress_of(run) if run.is_under_way else None,
            "is_waiting": run.is_under_way or run.state == State.RECEIVED,
            "is_requested": self.is_requested,
            "may_cancel": run.state not in ImportRun.OVER,
            "may_check_again": run.is_lost or run.state in _CHECKED_AGAIN,
            "may_choose_columns": run.state in _COLUMNS_AGAIN and bool(run.matches),
            "has_preview": run.state in _HAS_PREVIEW,
            **kwargs,
        }
        again = "columns" in self.request.GET and context["may_choose_columns"]
        if run.state == State.TO_CONFIRM or again:
            context.setdefault("sheets", shown_sheets(run))
        if context.get("sheets"):
            context["has_preview"] = False
        if context["has_preview"]:
            context |= self.preview()
        if self.may_commit:
            initial = {"digest": run.data_digest}
            context.setdefault("form", CommitForm(initial=initial, faulty=run.faulty))
        if run.state == State.COMMITTED:
            context["ways"] = ways_on(run)
        return super().get_context_data(**context)

    def preview(self) -> dict[str, Any]:
        """Return the counts, and the page of rows or problems that was asked for."""
        tabs = tabs_of(self.run)
        asked = self.request.GET.get("show", "") or first_tab(self.run)
        show = asked_choice("show", asked, [tab.key for tab in tabs])
        sheet = self.request.GET.get("sheet", "")
        is_problems = show in {"errors", "warnings"}
        rows: Any = problems_of(self.run, show[:-1]) if is_problems else rows_of(self.run, show)
        if sheet:
            rows = rows.filter(sheet=sheet)
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("page"))
        return {
            "tabs": tabs,
            "show": show,
            "shown_tab": next(tab for tab in tabs if tab.key == show),
            "sheet": sheet,
            "sheet_names": [match["sheet"] for match in self.run.matches],
            "page_obj": page,
            "problems": shown_problems(page.object_list) if is_problems else [],
            "rows": [] if is_problems else shown_rows(page.object_list),
            "absent": [
                (subject_with(key).label, number)
                for key, number in self.run.absent.items()
                if number
            ],
        }


class RunAct(RunPage):
    """Something done to an upload: by POST, and back to its page."""

    http_method_names = ["post", "options"]

    def refused(self, problem: str, **context: Any) -> HttpResponseBase:
        """Show the page again with what was refused."""
        self.run.refresh_from_db()
        return self.render_to_response(
            self.get_context_data(problem=problem, **context), status=422
        )

    def back(self) -> HttpResponseBase:
        """Return to the page."""
        return redirect(self.address)


class ConfirmColumns(RunAct):
    """Takes the columns as they were chosen, and lets the file be checked."""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Confirm them, or show the form again with what was chosen."""
        sent = {name: str(value) for name, value in request.POST.items()}
        chosen = choose(self.run, sent)
        if not chosen.is_valid:
            return self.again(sent, chosen)
        try:
            confirm(run=self.run, matches=chosen.matches, user=self.reader)
        except ValidationError as refused:
            chosen.general.append(told_at_once(refused))
            return self.again(sent, chosen)
        return self.back()

    def again(self, sent: Mapping[str, str], chosen: Chosen) -> HttpResponseBase:
        """Show the columns as they were sent."""
        sheets = shown_sheets(self.run, sent, chosen.at_fields)
        return self.refused("", sheets=sheets, general=chosen.general, at_fields=chosen.at_fields)


class CommitRun(RunAct):
    """Writes exactly what the preview shows, or sends it as requests."""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Commit it, or show the preview again with what was refused."""
        form = CommitForm(request.POST, faulty=self.run.faulty)
        if not form.is_valid():
            return self.refused("", form=form)
        try:
            commit(
                run=self.run,
                digest=form.cleaned_data["digest"],
                reason=form.cleaned_data["reason"],
                leave_faulty=form.cleaned_data.get("leave_faulty", False),
                user=self.reader,
            )
        except ValidationError as refused:
            form.add_error(NON_FIELD_ERRORS, told_at_once(refused))
            return self.refused("", form=form)
        return self.back()


class _SimpleAct(RunAct):
    """An act without a form."""

    act: ClassVar[Callable[..., Any]]
    done: ClassVar[Any] = ""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Do it, or say why not."""
        try:
            type(self).act(run=self.run, user=self.reader)
        except ValidationError as refused:
            return self.refused(told_at_once(refused))
        if self.done:
            messages.success(request, self.done)
        return self.back()


class CancelRun(_SimpleAct):
    """Gives an upload up: nothing of it is written."""

    act = staticmethod(cancel)


class CheckAgain(_SimpleAct):
    """Checks the same file anew, on what stands in the portal today."""

    act = staticmethod(check_again)


class MarkedFile(RunPage):
    """The workbook as it was sent, with what is wrong marked in it; or only the rows to be mended."""

    http_method_names = ["get", "head", "options"]

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Send it."""
        run = self.run
        if not (run.errors or run.warnings) or not run.file:
            raise Http404(_("There is nothing marked in this file."))
        only = self.request.GET.get("rows") == "faulty"
        folder = tempfile.TemporaryDirectory(prefix="marked-")
        target = Path(folder.name) / "marked.xlsx"
        try:
            mark(run, target, only_faulty=only)
            file = target.open("rb")
        except (OSError, ValueError, RefusedError) as error:
            raise Http404(_("The file is no longer stored here.")) from error
        finally:
            # The open file stays readable after its folder is gone.
            folder.cleanup()
        response = FileResponse(file, content_type=XLSX)
        stem = PurePosixPath(run.file_name).stem
        word = _("rows to be mended") if only else _("marked")
        response["Content-Disposition"] = as_attachment(
            f"{stem}-{word}", f"import-{run.pk}", ".xlsx"
        )
        response["Cache-Control"] = "private, no-store"
        return response

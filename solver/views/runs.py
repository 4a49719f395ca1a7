"""Runs of the solver: the list with the form, a run with its result, and what is done to it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.models import Target
from consolidation.selectors.plans import owners_of
from consolidation.services.versions import VARIANTS_MAX
from consolidation.views.base import ProgrammePage
from consolidation.views.drafts import told_at_once
from consolidation.views.reader import reader_of
from platforms_portal.access import Right
from platforms_portal.exports import format_asked, sent
from solver.engine.search import AIMS
from solver.forms import SolverForm
from solver.models import SolverRun
from solver.selectors.runs import SHOWN, has_moved, runs_visible_to
from solver.services.asking import ask, ask_again, cancel
from solver.services.variants import open_draft, show_as_variant
from solver.views.result import listing_of, shown

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class SolverPage(ProgrammePage):
    """The runs that the reader may see, and the form that asks for another."""

    right: ClassVar[Right] = Right.SOLVE
    section: ClassVar[str] = "solver"
    template_name = "solver/runs.html"

    def form(self, data: Any = None) -> SolverForm:
        """Return the form, for the owners that the reader may ask for."""
        owners = [o for o in owners_of(self.programme) if self.scope.covers(o.pk)]
        lines = Target.objects.filter(programme=self.programme)
        return SolverForm(
            data,
            programme=self.programme,
            owners=owners,
            judged=set(lines.values_list("rule", flat=True)),
            whole_city=self.scope.is_city,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the newest runs and the form."""
        runs = list(runs_visible_to(self.scope, self.programme)[:SHOWN])
        kwargs.setdefault("form", None)
        return super().get_context_data(
            **kwargs | {"runs": runs, "form": kwargs["form"] or self.form()}
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Ask, and open the run; or show the form again with what was refused."""
        form = self.form(request.POST)
        if form.is_valid():
            try:
                run = ask(
                    programme=self.programme,
                    owner=form.owner_asked,
                    options=form.options(),
                    seconds=form.cleaned_data["seconds"],
                    as_of=self.asked.as_of,
                    user=reader_of(request),
                )
            except ValidationError as refused:
                form.add_error(NON_FIELD_ERRORS, refused)
            else:
                return redirect("solver-run", self.programme.code, run.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class RunPage(ProgrammePage):
    """One run: how far it is, or what came of it. Another division's is not found (404)."""

    right: ClassVar[Right] = Right.SOLVE
    section: ClassVar[str] = "solver"
    template_name = "solver/run.html"

    run: SolverRun

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read the run too."""
        super().prepare(request, **kwargs)
        runs = runs_visible_to(self.scope, self.programme)
        self.run = get_object_or_404(runs, pk=kwargs["pk"])

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list of runs."""
        return [(_("Solver"), reverse("solver", args=[self.programme.code])), (self.label, "")]

    @property
    def label(self) -> str:
        """The name of the run."""
        return _("Run %(n)d") % {"n": self.run.pk}

    @cached_property
    def draft(self) -> Any:
        """The draft beside which the proposal can be laid."""
        return open_draft(self.run)

    def get(self, _request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page; its part that moves; or the changes as a file."""
        if kind := format_asked(self.request):
            return sent(listing_of(self.run), kind)
        if getattr(self.request, "htmx", False):
            return self._progress()
        return super().get(self.request, *args, **kwargs)

    def _progress(self) -> HttpResponseBase:
        response = self.response_class(
            request=self.request,
            template=["solver/progress.html"],
            context={"run": self.run, "programme": self.programme, "aims": len(AIMS)},
        )
        if not self.run.is_under_way or self.run.is_lost:
            response["HX-Refresh"] = "true"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the run and what came of it."""
        run = self.run
        result = run.result or {}
        return super().get_context_data(
            run=run,
            label=self.label,
            aims=len(AIMS),
            moved=not run.is_under_way and has_moved(run),
            result=shown(run) if result else None,
            draft=self.draft if result.get("changes") else None,
            variants_max=VARIANTS_MAX,
            rests_on_placeholders=bool(result.get("placeholders")),
            problem=getattr(self, "problem", ""),
            **kwargs,
        )


class RunAct(RunPage):
    """Something done to a run: by POST, and back to it."""

    http_method_names = ["post", "options"]

    def refused(self, refused: ValidationError) -> HttpResponseBase:
        """Show the page again with what was refused."""
        self.problem = told_at_once(refused)
        return self.render_to_response(self.get_context_data(), status=422)


class CancelRun(RunAct):
    """Gives a run up."""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Cancel it."""
        try:
            cancel(run=self.run, user=reader_of(request))
        except ValidationError as refused:
            return self.refused(refused)
        messages.success(request, _("The run is cancelled as soon as the worker notices."))
        return redirect("solver-run", self.programme.code, self.run.pk)


class AskAgain(RunAct):
    """Asks for the same once more."""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Ask, and open the new run."""
        try:
            run = ask_again(run=self.run, user=reader_of(request))
        except ValidationError as refused:
            return self.refused(refused)
        return redirect("solver-run", self.programme.code, run.pk)


class RunAsVariant(RunAct):
    """Lays the proposal beside the draft, as a variant of it."""

    right: ClassVar[Right] = Right.EDIT_PLAN

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Make the variant and open the comparison."""
        try:
            made = show_as_variant(run=self.run, user=reader_of(request))
        except ValidationError as refused:
            return self.refused(refused)
        told = _(
            "Variant “%(name)s” holds %(written)d proposed changes; %(left)d are left to people."
        )
        numbers = {"name": made.plan.variant, "written": made.written, "left": len(made.left)}
        messages.success(request, told % numbers)
        return redirect("plan-variants", self.programme.code, made.plan.pk)

"""One task: its way, its reports by month, and what the reader may do with it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.models import Attachment, Task, TaskNote
from consolidation.services.attachments import CheckedFile, attach_checked, detach
from consolidation.services.seen import SAVE_AGAIN, ConflictError
from consolidation.views.attachments import attach_all, checked_all
from consolidation.views.base import ProgrammePage
from consolidation.views.drafts import errors_by_field, told_at_once
from consolidation.views.reader import reader_of
from followup.forms import ActForm, ReportForm
from followup.models import TaskAct
from followup.selectors.items import Item, items_of
from followup.selectors.lights import clock_of
from followup.selectors.parts import parts, rows
from followup.selectors.shape import Wanted, reach_of
from followup.selectors.tasks import acts_of, notes_of, reminders_of, task_in_sight
from followup.services.acting import WITH_A_DAY, WITH_A_REASON, Report, act, report, seen_of
from followup.transitions import TRANSITIONS, allowed, entitled
from platforms_portal.access import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from accounts.models import User

Action = TaskAct.Action

BUTTONS: dict[str, Callable[[], str]] = {
    Action.HAND_OUT: lambda: _("Hand out"),
    Action.ACCEPT: lambda: _("Take up"),
    Action.CLOSE: lambda: _("Close the task"),
    Action.SEND_BACK: lambda: _("Send back to be redone"),
    Action.RESCHEDULE: lambda: _("Set another date"),
    Action.SUSPEND: lambda: _("Suspend"),
    Action.RESUME: lambda: _("Resume"),
}
"""The acts that have a form of their own, in the words of their buttons."""


class Offered(NamedTuple):
    """An act that the reader may do, and its form."""

    action: str
    words: str
    form: ActForm
    is_main: bool


class TaskPage(ProgrammePage):
    """A task that the reader may see; a department sees only its own (404)."""

    right: ClassVar[Right] = Right.VIEW_TASKS
    section: ClassVar[str] = "tasks"
    template_name = "followup/task.html"

    refused: tuple[str, ActForm] | None = None
    refused_report: ReportForm | None = None

    @cached_property
    def reader(self) -> User:
        """Who reads."""
        return reader_of(self.request)

    @cached_property
    def record(self) -> Task:
        """The task that the address names."""
        found = task_in_sight(self.reader, self.programme, int(self.kwargs["pk"]))
        if found is None:
            raise Http404(_("There is no such task for you."))
        return found

    @cached_property
    def notes(self) -> list[TaskNote]:
        """The reports on the task, the latest month first."""
        return notes_of(self.record)

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the task before anything else is asked."""
        super().prepare(request, **kwargs)
        self.task_found = self.record

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list of tasks."""
        return [(_("Tasks"), reverse("tasks", args=[self.programme.code])), (str(self.record), "")]

    def address(self) -> str:
        """Return the address of the task's page."""
        return reverse("task", args=[self.programme.code, self.record.pk])

    def item(self) -> Item | None:
        """Return the task as one of the things that are due."""
        clock = clock_of(self.programme, self.asked.as_of)
        wanted = Wanted(kind="task", items=(("task", self.record.pk),))
        found = parts(self.programme, clock, reach_of(self.reader), wanted)
        return next(iter(items_of(self.programme, clock, rows(found, ["rank"]))), None)

    def offered(self) -> list[Offered]:
        """Return the acts that the reader may do now."""
        found = []
        for action, words in BUTTONS.items():
            if allowed(self.record, action, self.reader):
                form = self._form(action)
                is_main = action not in {Action.RESCHEDULE, Action.SUSPEND}
                found.append(Offered(action, words(), form, is_main))
        return found

    def _form(self, action: str) -> ActForm:
        if self.refused is not None and self.refused[0] == action:
            return self.refused[1]
        return act_form(action, initial={"due_on": self.record.due_on})

    def report_form(self) -> ReportForm | None:
        """Return the form of the month's report, with what stands there; none for who may not."""
        if not allowed(self.record, Action.REPORT, self.reader):
            return None
        if self.refused_report is not None:
            return self.refused_report
        month = self.programme.opens_as_of.replace(day=1)
        own = next(
            (
                note
                for note in self.notes
                if note.period == month and note.department_id == self.reader.department_id
            ),
            None,
        )
        initial = {"period": f"{month:%Y-%m}"}
        if own is not None:
            initial |= {
                "progress": own.text,
                "problems": own.problems,
                "next_steps": own.next_steps,
                "seen": seen_of(own),
            }
        return ReportForm(initial=initial, auto_id="report-%s")

    def tell_above(self, form: forms.Form) -> None:
        """Say why an act was refused whose form is gone with the state that allowed it."""
        for told in form.errors.get_json_data().values():
            for problem in told:
                messages.error(self.request, problem["message"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the task, its light, its reports, its way, and what may be done."""
        task = self.record
        item = self.item()
        answers = entitled(task, Right.ANSWER_TASKS, self.reader)
        still = task.state in {Task.State.UNDER_WAY, Task.State.RETURNED}
        return super().get_context_data(
            task=task,
            item=item,
            notes=[
                (note, answers and still and note.department_id == self.reader.department_id)
                for note in self.notes
            ],
            acts=acts_of(task),
            reminders=reminders_of(task),
            offered=self.offered(),
            report_form=self.report_form(),
            answers=answers,
            may_remind=entitled(task, Right.FOLLOW_UP, self.reader)
            and item is not None
            and item.can_be_reminded
            and not self.asked.as_of_given,
            rests_on_placeholders=task.is_placeholder or any(n.is_placeholder for n in self.notes),
            **kwargs,
        )


def add_errors(form: forms.Form, refused: ValidationError) -> None:
    """Put what a service refused at the fields of ``form``."""
    for name, told in errors_by_field(refused).items():
        form.add_error(name if name in form.fields else None, told)


def act_form(action: str, *args: Any, **kwargs: Any) -> ActForm:
    """Return the form of ``action``."""
    return ActForm(
        *args,
        day=action in WITH_A_DAY,
        reason=action in WITH_A_REASON,
        auto_id=f"{action}-%s",
        **kwargs,
    )


class TaskActView(TaskPage):
    """Something done to a task by POST."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it; show the page again where it was refused."""
        action = str(kwargs["act"])
        if action not in BUTTONS:
            raise Http404(_("There is no such act."))
        if not entitled(self.record, TRANSITIONS[action].right, self.reader):
            raise PermissionDenied(_("You may not do this to this task."))
        form = act_form(action, request.POST)
        if form.is_valid() and self._done(action, form):
            messages.success(request, _("Done: %(act)s.") % {"act": Action(action).label})
            return redirect(self.address())
        self.refused = (action, form)
        if not allowed(self.record, action, self.reader):
            self.tell_above(form)
        return self.render_to_response(self.get_context_data(), status=422)

    def _done(self, action: str, form: ActForm) -> bool:
        """Do it; false where it was refused, and the form says why."""
        try:
            act(task=self.record, action=action, user=self.reader, **form.cleaned_data)
        except ValidationError as refused:
            add_errors(form, refused)
            return False
        return True


class ReportAct(TaskPage):
    """A department reports on a month, and may ask to have the task closed."""

    http_method_names = ["post", "options"]
    right: ClassVar[Right] = Right.ANSWER_TASKS

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Save the report and its files; show the page again where it was refused."""
        if not entitled(self.record, Right.ANSWER_TASKS, self.reader):
            raise PermissionDenied(_("Only the responsible departments report on this task."))
        form = ReportForm(request.POST, auto_id="report-%s")
        if form.is_valid() and self._saved(form):
            return redirect(self.address())
        self.refused_report = form
        if not allowed(self.record, Action.REPORT, self.reader):
            self.tell_above(form)
        return self.render_to_response(self.get_context_data(), status=422)

    def _saved(self, form: ReportForm) -> bool:
        """Save the report with its files, and ask for the review; false where it was refused.

        A file that is refused leaves everything as it was: it is told together with the rest.
        """
        request = self.request
        for_review = "for_review" in request.POST
        files, problems = checked_all(request.FILES.getlist("files"))
        for problem in problems:
            form.add_error(None, problem)
        if problems:
            return False
        try:
            self._write(Report(**form.cleaned_data), files, for_review=for_review)
        except ValidationError as refused:
            add_errors(form, refused)
            return False
        except ConflictError as conflict:
            for field in conflict.fields:
                theirs = field.theirs or _("nothing")
                form.add_error(field.name, SAVE_AGAIN % {"theirs": theirs})
            sent = {name: form.data.get(name) for name in form.fields}
            form.data = sent | {"seen": conflict.seen}
            return False
        told = _("The report is saved.")
        if for_review:
            told = _("The report is saved and the task awaits review.")
        messages.success(request, told)
        return True

    def _write(self, said: Report, files: list[CheckedFile], *, for_review: bool) -> None:
        """Save the report, its files, and what is asked, all or nothing.

        The files need the report, and the task must still be under way to take them.
        """
        task, user = self.record, self.reader
        with transaction.atomic():
            note = report(task=task, user=user, said=said, for_review=for_review and not files)
            for checked in files:
                attach_checked(checked=checked, user=user, to=note)
            if for_review and files:
                again = replace(said, seen=seen_of(note))
                report(task=task, user=user, said=again, for_review=True)


class AttachToNote(TaskPage):
    """Attaches files to a report of the reader's own department."""

    http_method_names = ["post", "options"]
    right: ClassVar[Right] = Right.ANSWER_TASKS

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Attach what was sent; what is refused is told file by file."""
        own = TaskNote.objects.filter(task=self.record, department=self.reader.department_id)
        note = get_object_or_404(own, pk=kwargs["note"])
        sent = request.FILES.getlist("files")
        if not sent:
            messages.error(request, _("Choose a file first."))
        for problem in attach_all(sent, to=note, user=self.reader):
            messages.error(request, problem)
        return redirect(self.address())


class DetachFromNote(TaskPage):
    """Removes a file from a report of the reader's own department."""

    http_method_names = ["post", "options"]
    right: ClassVar[Right] = Right.ANSWER_TASKS

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Remove it; one that is gone already is not found (404)."""
        own = Attachment.objects.filter(
            task_note__task=self.record, task_note__department=self.reader.department_id
        )
        attachment = get_object_or_404(own, key=kwargs["key"])
        try:
            detach(attachment=attachment, user=self.reader)
        except ValidationError as refused:
            messages.error(request, told_at_once(refused))
        else:
            messages.success(request, _("“%(name)s” was removed.") % {"name": attachment.name})
        return redirect(self.address())

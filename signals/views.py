"""The pages of signals: the summary with its list, one signal, and what is said of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.selectors.plans import owners_of
from consolidation.views.base import ExportedPage, ProgrammePage, asked_choice
from consolidation.views.reader import reader_of
from platforms_portal.access import Right, has_right, rights_of
from platforms_portal.words import labelled
from signals.export import headings, rows
from signals.forms import NoteForm
from signals.kinds.base import KINDS
from signals.models import SignalNote
from signals.selectors.seen import Status, signals_visible_to, summary_of
from signals.services import note_signal
from signals.words import titles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from signals.selectors.seen import Seen

PAGE_SIZE = 20
TITLE = gettext_lazy("Figures to verify")
OPEN, ALL = "open", "all"
SHOWN = {
    OPEN: gettext_lazy("To be verified"),
    Status.REOPENED.value: Status.REOPENED.label,
    Status.EXPLAINED.value: Status.EXPLAINED.label,
    ALL: gettext_lazy("All"),
}
"""What the list may be narrowed to, and in which words."""


class SignalsPage(ProgrammePage):
    """What a page of signals shares: those that the reader may see on the day."""

    right = Right.VIEW_LEDGER
    section = "signals"
    lists_records = True

    @cached_property
    def seen(self) -> list[Seen]:
        """Every signal that the reader may see."""
        rights = rights_of(self.request.user)
        return signals_visible_to(self.scope, rights, self.programme, self.asked.as_of)


class SignalList(SignalsPage, ExportedPage):
    """Their numbers by kind and owner, then the signals that the address asks for."""

    template_name = "signals/list.html"
    export_name = "signals"
    export_title = TITLE

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read the kind and the status too."""
        super().prepare(request, **kwargs)
        kind, status = (request.GET.get(name, "").strip() for name in ("signal", "status"))
        self.kind = asked_choice("signal", kind, sorted(KINDS)) if kind else ""
        self.status = asked_choice("status", status, list(SHOWN)) if status else OPEN

    @cached_property
    def chosen(self) -> list[Seen]:
        """The signals that the address asks for."""
        division = self.asked.division
        return [
            item
            for item in self.seen
            if (not self.kind or item.signal.code == self.kind)
            and (division is None or item.owner.pk == division.pk)
            and (self.status in {ALL, item.status.value} or (self.status == OPEN and item.is_open))
        ]

    def export_about(self) -> list[str]:
        """Say what is listed."""
        return [str(TITLE), *self.described()]

    def export_table(self, shown: dict[str, Any]) -> tuple[list[Any], Iterable[Iterable[Any]]]:  # noqa: ARG002 - of every page of the list
        """Return a line for each record of the signals listed."""
        return headings(), rows(self.chosen)

    def described(self) -> list[str]:
        """Return in words what is listed."""
        told = [self.asked.as_of.isoformat(), str(SHOWN[self.status])]
        if self.kind:
            told.append(labelled(_("Signal"), titles([self.kind])[0][1]))
        if self.asked.division is not None:
            told.append(labelled(_("Division"), self.asked.division.label))
        return told

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the numbers and the page of the list."""
        page = Paginator(self.chosen, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            title=TITLE,
            summary=summary_of(self.seen),
            page_obj=page,
            number=len(self.chosen),
            kinds=titles(sorted(KINDS)),
            kind=self.kind,
            owners=[o for o in owners_of(self.programme) if self.scope.covers(o.pk)],
            statuses=SHOWN.items(),
            status=self.status,
            described=self.described(),
            rests_on_placeholders=any(item.signal.placeholders for item in self.chosen),
            **kwargs,
        )


class SignalPage(SignalsPage):
    """One signal: all of its records, what may explain it, what was said of it."""

    template_name = "signals/signal.html"
    form: NoteForm | None = None

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the signal; one that is gone, or out of scope, is not found (404)."""
        super().prepare(request, **kwargs)
        found = next((item for item in self.seen if item.key == kwargs["pk"]), None)
        if found is None:
            raise Http404(_("There is no such signal, or what it told of is mended."))
        self.item = found

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list."""
        return [(str(TITLE), reverse("signals", args=[self.programme.code])), (self.item.title, "")]

    def _acts(self) -> list[SignalNote.Kind]:
        """Return what the reader may say of it."""
        user = self.request.user
        acts = []
        if has_right(user, Right.REVIEW) and not self.item.signal.settled:
            acts.append(SignalNote.Kind.EXPLAIN)
            if not self.item.is_open:
                acts.append(SignalNote.Kind.REOPEN)
        if has_right(user, Right.EDIT_PLAN):
            acts.append(SignalNote.Kind.ANSWER)
        return acts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the signal and what the reader may say."""
        return super().get_context_data(
            item=self.item,
            kind=KINDS[self.item.signal.code],
            acts=self._acts(),
            form=self.form or NoteForm(),
            rests_on_placeholders=self.item.signal.placeholders,
            **kwargs,
        )


class NoteOnSignal(SignalPage):
    """Writes what is said of a signal; a refusal of the service is shown on its page."""

    http_method_names = ["post", "options"]

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Refuse who neither explains nor answers."""
        if not {Right.REVIEW, Right.EDIT_PLAN} & rights_of(request.user):
            raise PermissionDenied(
                _("The commission explains a signal, and the division's own officials answer it.")
            )
        super().prepare(request, **kwargs)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Write the note."""
        self.form = NoteForm(request.POST)
        known = {"programme": self.programme, "signal": self.item.signal}
        if self.form.save(note_signal, user=reader_of(request), **known):
            messages.success(request, _("The note is saved."))
            return redirect(self._here())
        return self.render_to_response(self.get_context_data(), status=422)

    def _here(self) -> str:
        address = reverse("signal", args=[self.programme.code, self.item.key])
        asked = self.asked
        return f"{address}?as_of={asked.as_of.isoformat()}" if asked.as_of_given else address

"""Submitting a plan: everything that stands in the way, the whole plan, the confirmation."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.forms_review import SubmitForm
from consolidation.selectors.aspects import aspect_label
from consolidation.selectors.attachments import attachments_of
from consolidation.selectors.document import digest_of, document_of, ledger_digest
from consolidation.selectors.opinions import opinions_for_draft, previous_version
from consolidation.selectors.readiness import Readiness
from consolidation.selectors.reading import reading_of
from consolidation.selectors.submission import figures_of, obstacles_of, remarks_of
from consolidation.services.reasons import save_reason
from consolidation.services.seen import SAVE_AGAIN, ConflictError
from consolidation.services.workflow import Seen, submit
from consolidation.views.decide import ROWS_ON_A_PAGE
from consolidation.views.drafts import DraftPage, told_at_once
from consolidation.views.pieces import pieces_of
from consolidation.views.plans import Typed
from consolidation.views.reader import reader_of
from consolidation.views.records import rest_on_placeholders
from platforms_portal.access import rights_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class SubmitPage(DraftPage):
    """The plan as it will be read, what keeps it from being submitted, and the submission."""

    template_name = "consolidation/submit/page.html"

    form: SubmitForm | None = None
    typed: Typed | None = None

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Refuse a variant: it goes no way of its own."""
        super().prepare(request, **kwargs)
        if self.plan.variant:
            raise Http404(_("A variant is not submitted; take it over first."))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Submit what was shown; show the page again where it was refused."""
        form = SubmitForm(request.POST)
        try:
            done = form.sign(submit, plan=self.plan, user=reader_of(request))
        except ValidationError as refused:
            # No draft any more: submitted twice, or by a colleague.
            messages.error(request, told_at_once(refused))
            return self.to_plan()
        if not done:
            self.form = form
            return self.again()
        if self.programme.leader_approves:
            messages.success(request, _("The plan is with your division's leader now."))
        else:
            messages.success(request, _("The plan is submitted. It is with the commission now."))
        return self.to_plan()

    def to_plan(self) -> HttpResponseBase:
        """Go to the plan's page."""
        return redirect("plan", self.programme.code, self.plan.pk)

    def again(self) -> HttpResponseBase:
        """Show the page with what was refused, status 422."""
        return self.render_to_response(self.get_context_data(), status=422)

    @cached_property
    def readiness(self) -> Readiness:
        """What the rules say of the plan: what is asked again when it is submitted."""
        return Readiness(self.plan)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what stands in the way, the figures and the document."""
        plan, reader, readiness = self.plan, reader_of(self.request), self.readiness
        rights = rights_of(reader)
        before = previous_version(plan)
        document = document_of(plan, rights)
        opinions = opinions_for_draft(plan, reader)
        seen = Seen(digest_of(document), ledger_digest(plan))
        lines = [line for part in document for line in part.lines]
        obstacles = obstacles_of(readiness, rows_on_a_page=ROWS_ON_A_PAGE)
        earlier = document_of(before, rights) if before else None
        reading = reading_of(document, before=earlier, opinions=opinions)
        return super().get_context_data(
            before=before,
            obstacles=[(found, aspect_label(found.blocking.finding.aspect)) for found in obstacles],
            open_obstacles=sum(not found.blocking.is_settled for found in obstacles),
            remarks=[(found, aspect_label(found.aspect)) for found in remarks_of(readiness)],
            figures=figures_of(readiness, rights),
            reading=reading,
            **pieces_of(reading.sections, self.request.GET.get("page")),
            unanswered=[opinion for opinion in opinions if not opinion.answer],
            attachments=attachments_of(plan),
            may_attach=True,
            form=self.form.shown_again(seen) if self.form else SubmitForm.showing(seen),
            typed=self.typed,
            rests_on_placeholders=rest_on_placeholders(plan, *lines),
            **kwargs,
        )


class SaveReason(SubmitPage):
    """Saves why the plan is submitted in spite of a breach."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Save it, and go back to the breach."""
        given = {name: request.POST.get(name, "") for name in ("breach", "reason", "seen")}
        place, text = given["breach"], given["reason"]
        try:
            save_reason(plan=self.plan, user=reader_of(request), **given)
        except ConflictError as conflict:
            errors = [SAVE_AGAIN % {"theirs": conflict.fields[0].theirs}]
            self.typed = Typed(place, text, errors, conflict.seen)
            return self.again()
        except ValidationError as refused:
            if getattr(refused, "code", "") == "frozen":
                messages.error(request, told_at_once(refused))
                return self.to_plan()
            self.typed = Typed(place, text, refused.messages, given["seen"])
            return self.again()
        page = reverse("plan-submit", args=[self.programme.code, self.plan.pk])
        return redirect(f"{page}#breach-{place}")

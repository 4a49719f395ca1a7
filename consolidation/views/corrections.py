"""Correcting the ledger: a division checks its records and asks, the commission answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.forms_corrections import AnswerForm
from consolidation.models import Correction
from consolidation.selectors.attachments import attachments_of
from consolidation.selectors.checking import ledger_check
from consolidation.selectors.corrections import changes_of, corrections_visible_to
from consolidation.selectors.plans import owners_of
from consolidation.services.confirming import effect_of
from consolidation.services.corrections import (
    confirm_correction,
    refuse_correction,
    withdraw_correction,
)
from consolidation.views.base import ProgrammePage, asked_choice
from consolidation.views.reader import reader_of
from platforms_portal.access import Right, has_right

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from zones.models import Division

PAGE_SIZE = 50
LIST_TITLE = gettext_lazy("Corrections of the ledger")
CHECK_TITLE = gettext_lazy("Check the ledger")


class OwnLedgerPage(ProgrammePage):
    """A page of an official on the own division's ledger; sets ``own``.

    Where the division is no owner of the programme there is nothing of it to check (404).
    """

    right: ClassVar[Right] = Right.EDIT_PLAN
    section: ClassVar[str] = "ledger"

    own: Division

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find the division too."""
        super().prepare(request, **kwargs)
        owners = {owner.pk: owner for owner in owners_of(self.programme)}
        own = owners.get(self.scope.division_id or 0)
        if own is None:
            raise Http404(_("Your division is no owner of this programme."))
        self.own = own

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the division."""
        return super().get_context_data(own=self.own, **kwargs)


class LedgerCheckPage(OwnLedgerPage):
    """Every baseline record of the own division, and what to do about a wrong one."""

    template_name = "consolidation/corrections/check.html"

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way here."""
        return [(str(CHECK_TITLE), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page of the ledger that is asked for."""
        check = ledger_check(self.programme, self.own.pk, self.request.GET.get("page", "1"))
        return super().get_context_data(
            title=CHECK_TITLE,
            check=check,
            page_obj=check.page,
            rests_on_placeholders=check.placeholders > 0,
            **kwargs,
        )


class CorrectionList(ProgrammePage):
    """The corrections in the reader's scope, the open ones first."""

    right: ClassVar[Right] = Right.VIEW_LEDGER
    section: ClassVar[str] = "corrections"
    template_name = "consolidation/corrections/list.html"
    lists_records = True

    def corrections(self) -> QuerySet[Correction]:
        """Return those in scope, in the state asked for."""
        found = corrections_visible_to(reader_of(self.request), self.programme)
        wanted = self.request.GET.get("correction_state", "")
        if not wanted:
            return found
        return found.filter(state=asked_choice("correction_state", wanted, Correction.State.values))

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way here."""
        return [(str(LIST_TITLE), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page of the list that is asked for."""
        pages = Paginator(self.corrections(), PAGE_SIZE)
        return super().get_context_data(
            title=LIST_TITLE,
            page_obj=pages.get_page(self.request.GET.get("page")),
            correction_states=Correction.State.choices,
            chosen_state=self.request.GET.get("correction_state", ""),
            may_check=has_right(self.request.user, Right.EDIT_PLAN),
            **kwargs,
        )


class CorrectionPage(ProgrammePage):
    """One correction: what it changes, why, what confirming does to the counts."""

    right: ClassVar[Right] = Right.VIEW_LEDGER
    section: ClassVar[str] = "corrections"
    template_name = "consolidation/corrections/correction.html"

    correction: Correction
    form: AnswerForm | None = None

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Read the correction too; one out of scope is not found (404)."""
        super().prepare(request, **kwargs)
        seen = corrections_visible_to(reader_of(request), self.programme)
        self.correction = get_object_or_404(seen, pk=kwargs["pk"])
        self.correction.programme = self.programme

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list."""
        address = reverse("corrections", args=[self.programme.code])
        return [(str(LIST_TITLE), address), (str(self.correction), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is asked for, and to the commission what confirming it does."""
        correction = self.correction
        is_open = correction.state == Correction.State.REQUESTED
        may_decide = is_open and has_right(self.request.user, Right.REVIEW)
        may_change = is_open and has_right(self.request.user, Right.EDIT_PLAN)
        return super().get_context_data(
            correction=correction,
            changes=changes_of(correction),
            attachments=attachments_of(correction),
            may_attach=may_change,
            may_decide=may_decide,
            effect=effect_of(correction, reader_of(self.request)) if may_decide else None,
            form=self.form or AnswerForm(),
            **kwargs,
        )

    def here(self) -> HttpResponseBase:
        """Return the way back to the correction."""
        return redirect("correction", self.programme.code, self.correction.pk)


class CorrectionDecide(CorrectionPage):
    """Confirms or refuses a correction; a refusal of the service is shown on its page."""

    http_method_names = ["post", "options"]
    right: ClassVar[Right] = Right.REVIEW

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the decision that the button names."""
        self.form = form = AnswerForm(request.POST)
        confirms = request.POST.get("decision") == "confirm"
        if form.is_valid() and (confirms or request.POST.get("decision") == "refuse"):
            decide = confirm_correction if confirms else refuse_correction
            answer = form.cleaned_data["answer"]
            try:
                decide(correction=self.correction, answer=answer, user=reader_of(request))
            except ValidationError as refused:
                field = "answer" if "answer" in getattr(refused, "error_dict", {}) else None
                form.add_error(field, refused.messages)
            else:
                messages.success(request, self._told(confirms=confirms))
                return self.here()
        return self.render_to_response(self.get_context_data(**kwargs), status=422)

    def _told(self, *, confirms: bool) -> str:
        if confirms:
            return _("The correction is confirmed, and the ledger is changed.")
        return _("The correction is refused. The ledger stays as it is.")


class CorrectionWithdraw(CorrectionPage):
    """Withdraws a correction that is not answered yet."""

    http_method_names = ["post", "options"]
    right: ClassVar[Right] = Right.EDIT_PLAN

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Withdraw it."""
        try:
            withdraw_correction(correction=self.correction, user=reader_of(request))
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, _("The request is withdrawn."))
        return self.here()

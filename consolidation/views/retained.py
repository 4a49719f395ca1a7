"""Retained platforms: the list, the page of one, and what the commission decides about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from consolidation.checks.run import findings_of
from consolidation.filters import RetainedFilters
from consolidation.forms import DecisionForm, ExceptionForm
from consolidation.selectors.findings import findings_in
from consolidation.selectors.ledger import retained_visible_to
from consolidation.selectors.lineage import (
    exceptions_of,
    histories_of_retained,
    merged_into,
    retained_in,
)
from consolidation.selectors.visible import findings_visible_to
from consolidation.services.retained import (
    designate_sub_area,
    grant_quota_exception,
    withdraw_designation,
)
from consolidation.tables import RetainedTable, name_of_retained
from consolidation.views.facts import Fact, facts_of
from consolidation.views.lists import RecordList
from consolidation.views.reader import reader_of
from consolidation.views.records import RecordWithHistory, rest_on_placeholders
from platforms_portal.access import Right, rights_of
from platforms_portal.words import in_words

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Finding

TITLE = gettext_lazy("Retained platforms")


class RetainedList(RecordList):
    """The platforms on the programme's list of retained ones."""

    right = Right.VIEW_LEDGER
    section = "retained"
    title = TITLE
    unit = pgettext_lazy("unit", "retained platforms")
    file_name = "retained"
    table_class = RetainedTable
    filters_class = RetainedFilters

    def rows(self) -> QuerySet[Any, Any]:
        """Return the retained platforms asked for."""
        return retained_visible_to(self.scope, self.state_view, self.wanted())


class RetainedPage(RecordWithHistory):
    """One retained platform: what is merged into it, its marks, its owner's quota."""

    right = Right.VIEW_LEDGER
    section = "retained"
    template_name = "consolidation/retained.html"

    def records(self) -> QuerySet[Any, Any]:
        """Return the retained platforms in scope."""
        return retained_in(self.scope, self.programme)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list."""
        return self.way_here("retained-list", TITLE, name_of_retained(self.record))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is known of the retained platform, and the forms of who may decide."""
        retained, view = self.record, self.planned_view
        now = retained_visible_to(self.scope, self.actual_view).get(pk=retained.pk)
        incoming = merged_into(self.scope, view, retained.platform)
        return super().get_context_data(
            retained=retained,
            name=name_of_retained(retained),
            facts=self._facts(),
            industries=list(retained.industries.select_related("industry")),
            ranks=list(retained.ranks.order_by("zone_kind", "-year")),
            steps=list(retained.steps.order_by("planned_on", "pk")),
            incoming=incoming,
            actual=now,
            quota=self._quota(),
            exceptions=exceptions_of(self.programme, retained.platform.division_id),
            changes=self.changes(histories_of_retained(retained)),
            rests_on_placeholders=rest_on_placeholders(retained, *incoming.decisions),
            **self._forms(),
            **kwargs,
        )

    def _facts(self) -> list[Fact]:
        retained = self.record
        facts = facts_of(
            retained, "sequence", "listed_name", "former_name", "is_provisional", "is_high_level"
        )
        if retained.is_high_level:
            facts += facts_of(retained, "high_level_class", "lead_department")
        facts += facts_of(retained, "parcels", "has_cooperation_park", "discipline")
        facts += facts_of(retained, "operator_company", "operator_uscc", "operator_is_separate")
        if retained.platform.origin == "founded":
            confirmed = in_words(retained.founding_confirmed_on)
            facts.append(Fact(_("Founding confirmed on"), confirmed))
        return facts

    def _quota(self) -> list[Finding]:
        """Return what the rules say of the owner's quota, and of the sub-areas in the city."""
        found = [
            finding
            for finding in findings_in(self.planned_view)
            if finding.rule == "R04" or (finding.rule, finding.aspect) == ("R05", "sub_areas_max")
        ]
        seen = findings_visible_to(self.scope, rights_of(reader_of(self.request)), found)
        own = findings_of(
            seen,
            division_id=self.record.platform.division_id,
            city_id=None,
        )
        return own + [f for f in seen if f.scope.is_city and f.rule == "R05"]

    def _forms(self) -> dict[str, Any]:
        if not self.may(Right.DECIDE):
            return {}
        initial = {"day": min(self.asked.as_of, timezone.localdate())}
        bound = getattr(self, "bound", {})
        return {
            "may_decide": True,
            "designation_form": bound.get("designation")
            or DecisionForm(initial=initial, prefix="designation"),
            "exception_form": bound.get("exception")
            or ExceptionForm(initial=initial, prefix="exception"),
        }


class RetainedDecision(RetainedPage):
    """A decision of the commission on a retained platform: taken by POST, shown on its page."""

    http_method_names = ["post", "options"]
    right = Right.DECIDE
    form_name: ClassVar[str] = "designation"
    form_class: ClassVar[type[DecisionForm]] = DecisionForm
    done: ClassVar[StrOrPromise]

    def decide(self, form: DecisionForm) -> bool:
        """Take the decision; false where it was refused, and the form says why."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the decision and go back to the page; show the form again where it was refused."""
        form = self.form_class(request.POST, prefix=self.form_name)
        if form.is_valid() and self.decide(form):
            messages.success(request, self._told(form.cleaned_data["day"]))
            page = reverse("retained", args=[self.programme.code, self.record.pk])
            return redirect(page)
        self.bound = {self.form_name: form}
        return self.render_to_response(self.get_context_data(**kwargs), status=422)

    def _told(self, day: datetime.date) -> str:
        if day <= self.programme.opens_as_of:
            return str(self.done)
        # Otherwise the reader would look for the effect on a day on which there is none.
        return _("%(done)s It counts from %(day)s, which is after the day shown here.") % {
            "done": self.done,
            "day": day.isoformat(),
        }


class DesignateSubArea(RetainedDecision):
    """Designates the platform a sub-area."""

    done = gettext_lazy("The platform is designated a sub-area.")

    def decide(self, form: DecisionForm) -> bool:
        """Designate it."""
        return form.save(designate_sub_area, retained=self.record, user=reader_of(self.request))


class WithdrawDesignation(RetainedDecision):
    """Withdraws the designation."""

    done = gettext_lazy("The designation is withdrawn.")

    def decide(self, form: DecisionForm) -> bool:
        """Withdraw it."""
        return form.save(withdraw_designation, retained=self.record, user=reader_of(self.request))


class GrantException(RetainedDecision):
    """Grants the platform's owner places beyond its quota."""

    form_name = "exception"
    form_class = ExceptionForm
    done = gettext_lazy("The exception is granted.")

    def decide(self, form: DecisionForm) -> bool:
        """Grant it."""
        return form.save(
            grant_quota_exception,
            programme=self.programme,
            division=self.record.platform.division,
            user=reader_of(self.request),
        )

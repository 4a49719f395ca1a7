"""The page of one rule: its findings, the arithmetic, and the records behind them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from consolidation.checks.base import RULES, Finding, Status
from consolidation.checks.run import findings_of
from consolidation.models import Target
from consolidation.selectors.allowances import allowances_of
from consolidation.selectors.aspects import aspect_label
from consolidation.selectors.counts import COUNTERS
from consolidation.selectors.findings import findings_in
from consolidation.selectors.kept import KeptRows
from consolidation.selectors.narrowing import Counted
from consolidation.selectors.plans import owners_of
from consolidation.selectors.rule_records import (
    JudgedRecord,
    judged_records,
    judged_rows,
    row_checks_of,
)
from consolidation.selectors.state import State
from consolidation.selectors.visible import findings_visible_to, rights_for
from consolidation.views.base import ProgrammePage, asked_choice
from platforms_portal.access import Right, rights_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from consolidation.checks.base import RecordRef
    from consolidation.checks.rows import RowCheck

PAGE_SIZE = 50
LISTS = {
    "sub_areas_max": ("retained-list", {"sub_area": "yes"}),
    "high_level_min": ("retained-list", {"is_high_level": "yes"}),
    "plans": ("plans", {}),
}
"""The lists that hold the records of aspects which are no count and are not judged one by one."""


class RulePage(ProgrammePage):
    """One rule of one programme in one state; a rule that it leaves out is not found."""

    right = Right.VIEW_CITY
    section: ClassVar[str] = "overview"
    template_name = "consolidation/rule.html"
    lists_records = True
    rule: str

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Refuse a rule that is not among those of the programme."""
        super().prepare(request, **kwargs)
        self.rule = kwargs["rule"]
        known = self.rule in RULES
        lines = Target.objects.filter(programme=self.programme, rule=self.rule)
        if not known or not lines.exists():
            raise Http404(_("This programme has no such rule."))

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way to this rule."""
        return [(f"{self.rule} {RULES[self.rule].title}", "")]

    @cached_property
    def findings(self) -> list[Finding]:
        """The findings of the rule that the reader may see, at the place that is asked for."""
        rights = rights_of(self.request.user)
        found = [finding for finding in findings_in(self.state_view) if finding.rule == self.rule]
        division = self.asked.division
        return findings_of(
            findings_visible_to(self.scope, rights, found),
            division_id=division.pk if division else None,
            city_id=self.programme.division_id,
        )

    @cached_property
    def checks(self) -> dict[str, RowCheck]:
        """The record-by-record parts of the rule, by aspect."""
        return row_checks_of(self.state_view, self.rule)

    @cached_property
    def aspect(self) -> str:
        """The aspect whose records are listed: the one asked for, else the first."""
        aspects = self.aspects
        first = aspects[0] if aspects else ""
        return asked_choice("aspect", self.request.GET.get("aspect") or first, aspects or [""])

    @cached_property
    def aspects(self) -> list[str]:
        """The aspects of the rule in this state, in the order in which it answers them."""
        return list(dict.fromkeys(finding.aspect for finding in self.findings))

    @property
    def may_list(self) -> bool:
        """Whether the reader's rights cover the records of the aspect."""
        needed = [rights_for(f) for f in self.findings if f.aspect == self.aspect]
        return set().union(*needed) <= rights_of(self.request.user)

    def _records(self) -> dict[str, Any]:
        """Return the page of records: all that were judged, or those that a count names."""
        check = self.checks.get(self.aspect)
        if check is None or not self.findings_judged:
            listed: Any = self._breaking()
        else:
            listed = self._judged_rows(check)
        page = Paginator(listed, PAGE_SIZE).get_page(self.request.GET.get("page"))
        rows = list(page.object_list)
        judged = check is not None and self.findings_judged
        return {
            "page_obj": page,
            "judged": judged,
            "verdict": self.request.GET.get("verdict") or "all",
            "verdicts": [("all", _("All")), *Status.choices],
            "records": judged_records(check, rows)
            if judged and check
            else [_judged(r) for r in rows],
        }

    def _judged_rows(self, check: RowCheck) -> KeptRows:
        """Return the records with the verdict asked for, each piece read once until data changes."""
        choice = self.request.GET.get("verdict") or "all"
        asked_choice("verdict", choice, ["all", *Status.values])
        place, view = self._place(check), self.state_view
        rows = judged_rows(check, place, None if choice == "all" else Status(choice))
        asked = (self.rule, self.aspect, choice, place, view.state.value, view.as_of, view.plan_ids)
        return KeptRows("records", (self.programme.pk, *asked), rows)

    @property
    def findings_judged(self) -> bool:
        """Whether the aspect was judged at all: at the baseline most rules are not."""
        return any(f.counted or f.breaking for f in self.findings if f.aspect == self.aspect)

    def _place(self, check: RowCheck) -> Q:
        place = self.scope.q(check.division)
        if self.asked.division is not None:
            place &= Q(**{check.division: self.asked.division.pk})
        return place

    def _breaking(self) -> list[RecordRef]:
        division = self.asked.division
        named = {
            (record.type, record.id): record
            for finding in self.findings
            if finding.aspect == self.aspect
            for record in finding.breaking
            if division is None or record.division_id == division.pk
        }
        return list(named.values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add findings and records."""
        rule = RULES[self.rule]
        counts = next((f.counts for f in self.findings if f.aspect == self.aspect), "")
        may_list = self.may_list
        return super().get_context_data(
            rule=rule,
            findings=[(finding, aspect_label(finding.aspect)) for finding in self.findings],
            clause=next((finding.clause for finding in self.findings), ""),
            aspect=self.aspect,
            aspects=[(aspect, aspect_label(aspect) or rule.title) for aspect in self.aspects],
            owners={owner.pk: owner for owner in owners_of(self.programme)},
            rests_on_placeholders=any(finding.placeholders for finding in self.findings),
            shares=any(finding.limit.is_share for finding in self.findings),
            may_list=may_list,
            lists=self._lists(counts),
            allowances=allowances_of(self.rule, self.state_view, self.scope),
            api_url=self._api_url(),
            **(self._records() if may_list else {"records": [], "judged": False}),
            **kwargs,
        )

    def _lists(self, counts: str) -> list[tuple[str, str]]:
        """Return (label, address) of the lists that show the records which the figures count."""
        if self.aspect in self.checks:
            return []
        asked = {"as_of": self.asked.as_of.isoformat()}
        if self.asked.division is not None:
            asked["division"] = self.asked.division.code
        if self.aspect in LISTS:
            name, narrowed = LISTS[self.aspect]
            return [(_("The list of these records"), self._list_url(name, asked | narrowed))]
        if counts not in COUNTERS:
            return []
        state = self.asked.state
        numbers = [
            (Counted.BASELINE, State.BASELINE, Counted.BASELINE.label),
            (Counted.STATE, state, f"{Counted.STATE.label} ({state.label})"),
        ]
        return [
            (str(label), self._list_url(counts, asked | {"state": of.value, "counted": one.value}))
            for one, of, label in numbers
        ]

    def _list_url(self, name: str, asked: dict[str, str]) -> str:
        return f"{reverse(name, args=[self.programme.code])}?{urlencode(asked)}"

    def _api_url(self) -> str:
        asked = {
            "state": self.asked.state.value,
            "rule": self.rule,
            "as_of": self.asked.as_of.isoformat(),
        }
        if self.asked.division is not None:
            asked["division"] = self.asked.division.code
        address = reverse("api-programme-checks", args=[self.programme.code])
        return f"{address}?{urlencode(asked)}"


def _judged(record: RecordRef) -> JudgedRecord:
    return JudgedRecord(
        type=record.type,
        id=record.id,
        name=record.name,
        division_id=record.division_id,
        status=Status.NOT_MET,
        why=record.why,
        placeholder=False,
    )

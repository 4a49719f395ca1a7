"""The review desk: what waits for the reader, and two divisions' plans abreast."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consolidation.selectors.findings import judged_in
from consolidation.selectors.home import days_left
from consolidation.selectors.narrowing import owner_with_code
from consolidation.selectors.plans import effective_of, owners_of, plans_handed_in
from consolidation.selectors.state import State, state_views
from consolidation.views.base import ExportedPage, asked_choice
from consolidation.views.compare import PlanCompare
from consolidation.views.drafts import label_of
from consolidation.views.reader import reader_of
from dashboards.selectors.abreast import count_lines, kind_lines, rule_lines
from dashboards.selectors.queue import queue_for
from dashboards.selectors.sides import sides_of
from dashboards.views.exports import (
    abreast_headings,
    abreast_rows,
    queue_headings,
    queue_rows,
    side_headings,
    side_rows,
)
from platforms_portal.access import Right, rights_of
from platforms_portal.pages import BadParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from consolidation.models import MergePlan
    from zones.models import Division


class ReviewDesk(ExportedPage):
    """What waits for who reviews or countersigns, the longest waiting first."""

    right = Right.VIEW_LEDGER
    section = "review"
    template_name = "dashboards/review/desk.html"
    export_name = "review"
    export_title = gettext_lazy("Review desk")

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Refuse who neither reviews nor countersigns: nothing would ever wait for them here."""
        super().prepare(request, **kwargs)
        if not {Right.REVIEW, Right.COUNTERSIGN} & rights_of(request.user):
            raise PermissionDenied(_("Plans are reviewed by the commission and countersigned."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the queue."""
        day = self.asked.as_of
        queue = queue_for(reader_of(self.request), self.programme, day)
        left = days_left(queue.completion, day) if queue.completion is not None else 0
        return super().get_context_data(
            queue=queue,
            left=max(left, 0),
            overdue=max(-left, 0),
            may_review=Right.REVIEW in rights_of(self.request.user),
            rests_on_placeholders=any(item.plan.is_placeholder for item in queue.plans),
            **kwargs,
        )

    def export_table(self, shown: dict[str, Any]) -> tuple[list[Any], Iterable[Iterable[Any]]]:
        """Return the queue."""
        return queue_headings(), queue_rows(shown["queue"].plans)


class PlansAbreast(ExportedPage):
    """Two divisions' plans side by side; ``a`` and ``b`` name them by code."""

    right = Right.VIEW_LEDGER
    section = "review"
    template_name = "dashboards/review/abreast.html"
    export_name = "abreast"
    export_title = gettext_lazy("Two plans abreast")

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Refuse districts: they see their own plan alone."""
        super().prepare(request, **kwargs)
        if not self.scope.is_city:
            raise PermissionDenied(_("Only who sees the whole city can lay two plans abreast."))

    @cached_property
    def owners(self) -> list[Division]:
        """Every owner of the programme, to choose from."""
        return owners_of(self.programme)

    @cached_property
    def chosen(self) -> list[Division]:
        """The two owners asked for; without a choice, the first two that submitted a plan."""
        planned = [owner for owner in self.owners if owner.pk in self.plans]
        by_default = iter([*planned, *(o for o in self.owners if o.pk not in self.plans)])
        found: list[Division] = []
        for name in ("a", "b"):
            code = self.request.GET.get(name, "")
            owner = owner_with_code(self.programme, code) if code else None
            if code and owner is None:
                raise BadParameterError(
                    _("“%(code)s” is no owner of this programme.") % {"code": code}
                )
            found.append(owner or next(other for other in by_default if other not in found))
        return found

    @cached_property
    def handed_in(self) -> list[MergePlan]:
        """Every plan that left its division."""
        return plans_handed_in(self.programme)

    @cached_property
    def plans(self) -> dict[int, MergePlan]:
        """The plan that counts on the day, by owner."""
        return effective_of(self.handed_in, self.asked.as_of)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add both plans and what the rules say of each."""
        rights = rights_of(self.request.user)
        views = state_views(self.programme, self.asked.as_of, handed_in=self.handed_in)
        judged = judged_in([views[State.PLANNED]], owners=self.owners)[0]
        plans = [self.plans.get(owner.pk) for owner in self.chosen]
        return super().get_context_data(
            owners=self.owners,
            chosen=self.chosen,
            columns=list(zip(self.chosen, plans, strict=True)),
            counts=count_lines(judged, self.chosen, rights),
            kinds=kind_lines(plans),
            rules=rule_lines(judged, self.chosen, rights),
            rests_on_placeholders=any(finding.placeholders for finding in judged.findings),
            **kwargs,
        )

    def export_table(self, shown: dict[str, Any]) -> tuple[list[Any], Iterable[Iterable[Any]]]:
        """Return both divisions' counts, dispositions and answers."""
        return abreast_headings(shown["columns"]), abreast_rows(shown)


class PlanSides(PlanCompare, ExportedPage):
    """A plan in three columns: the baseline, the version before (or ``with``), and this one.

    ``only=changed`` leaves out what both versions say alike.
    """

    template_name = "dashboards/review/sides.html"
    export_name = "sides"
    export_title = gettext_lazy("Side by side")

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list over the plan."""
        *way, _here = super().breadcrumbs()
        return [*way, (_("Side by side"), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the columns. The older version stands in the middle, whichever was asked for."""
        only = asked_choice("only", self.request.GET.get("only", "all"), ["all", "changed"])
        before, now = self.documents
        sections = sides_of(self.pair[1], now, before, only_changed=only == "changed")
        return super().get_context_data(
            sections=sections,
            only=only,
            changed=sum(part.changed for part in sections),
            rests_on_placeholders=any(
                side.row.line.is_placeholder for part in sections for side in part.rows
            ),
            **kwargs,
        )

    def export_about(self) -> list[str]:
        """Say which plan it is."""
        return [label_of(self.pair[1]), self.programme.baseline_date.isoformat()]

    def export_words(self) -> list[Any]:
        """Name the plan; a version has no day of its own."""
        return [self.export_title, label_of(self.pair[1])]

    def export_table(self, shown: dict[str, Any]) -> tuple[list[Any], Iterable[Iterable[Any]]]:
        """Return the three columns."""
        old, new = self.pair
        before = f"v{old.version}" if old is not None else _("Version before")
        return side_headings(before=before, now=f"v{new.version}"), side_rows(shown["sections"])

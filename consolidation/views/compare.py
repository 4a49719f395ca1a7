"""Two versions of one owner's plan, or two variants of its draft, as a difference."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from consolidation.selectors.reading import reading_of
from consolidation.selectors.shown import document_shown
from consolidation.selectors.way import comparable_for
from consolidation.views.drafts import label_of
from consolidation.views.reader import reader_of
from consolidation.views.records import RecordPage
from platforms_portal.access import Right, rights_of
from platforms_portal.pages import BadParameterError

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from consolidation.models import MergePlan
    from consolidation.selectors.document import ReadSection


class PlanCompare(RecordPage):
    """What one version says otherwise than another of the same owner; ``with`` names the other.

    Without a choice it is the version before. The older one stands first, whichever was asked for.
    """

    right = Right.VIEW_LEDGER
    section = "plans"
    template_name = "consolidation/review/compare.html"

    def records(self) -> QuerySet[Any, Any]:
        """Return the plans that the reader may lay side by side."""
        return comparable_for(reader_of(self.request), self.programme)

    def breadcrumbs(self) -> list[tuple[str, str]]:
        """Return the way from the list over the plan."""
        code, plan = self.programme.code, self.record
        page = "" if plan.variant else reverse("plan", args=[code, plan.pk])
        return [
            (_("Plans"), reverse("plans", args=[code])),
            (label_of(plan), page),
            (_("Comparison"), ""),
        ]

    @cached_property
    def others(self) -> list[MergePlan]:
        """The plans of the same owner with which this one may be compared, the newest first."""
        found = self.records().filter(division=self.record.division_id).exclude(pk=self.record.pk)
        return list(found.order_by("-version", "variant", "pk"))

    @cached_property
    def other(self) -> MergePlan | None:
        """The plan asked for; without a choice the version before, or any that there is."""
        asked = self.request.GET.get("with", "")
        if asked:
            if not asked.isdecimal():
                raise BadParameterError(_("“%(text)s” is no plan.") % {"text": asked})
            mine = self.records().filter(division=self.record.division_id)
            found: MergePlan = get_object_or_404(mine, pk=int(asked))
            return found
        earlier = [plan for plan in self.others if plan.version < self.record.version]
        return next(iter(earlier or self.others), None)

    @cached_property
    def pair(self) -> tuple[MergePlan | None, MergePlan]:
        """Both plans, the older first; ``None`` where there is nothing to compare with."""
        plan, other = self.record, self.other
        if other is not None and _is_older(plan, other):
            return plan, other
        return other, plan

    @cached_property
    def documents(self) -> tuple[list[ReadSection] | None, list[ReadSection]]:
        """What both plans say, as far as the reader may see it, the older first."""
        old, new = self.pair
        rights = rights_of(reader_of(self.request))
        before = document_shown(old, rights) if old is not None else None
        return before, document_shown(new, rights)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add both plans and what differs."""
        old, new = self.pair
        before, now = self.documents
        return super().get_context_data(
            plan=self.record,
            other=self.other,
            others=[(other, label_of(other)) for other in self.others],
            old=old,
            new=new,
            old_label=label_of(old) if old is not None else "",
            new_label=label_of(new),
            reading=reading_of(now, before=before) if before is not None else None,
            **kwargs,
        )


def _is_older(plan: MergePlan, other: MergePlan) -> bool:
    # Of one version, the plan comes before its variants.
    return (plan.version, bool(plan.variant), plan.pk) < (
        other.version,
        bool(other.variant),
        other.pk,
    )

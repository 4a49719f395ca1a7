"""What if: variants of a draft, side by side with their findings, and the one that is taken over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consolidation.selectors.document import Difference, Section, differences
from consolidation.selectors.effect import Effect, Judged, effects, judged
from consolidation.selectors.plans import plans_of_official
from consolidation.selectors.readiness import Readiness
from consolidation.services.versions import (
    VARIANTS_MAX,
    copy_as_variant,
    drop_variant,
    take_over,
)
from consolidation.views.drafts import DraftPage, told_at_once
from consolidation.views.reader import reader_of
from platforms_portal.access import rights_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from consolidation.models import MergePlan


@dataclass(frozen=True)
class Column:
    """A draft or a variant of it, with what it does."""

    plan: MergePlan
    effects: list[Effect]
    findings: dict[tuple[str, str], Judged]
    blocking: int
    differences: list[tuple[Section, list[Difference]]]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.plan.variant or pgettext("variant", "The plan")


class VariantsPage(DraftPage):
    """The draft and its variants side by side."""

    template_name = "consolidation/draft/variants.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add a column for each of them, and a line for each rule that tells them apart."""
        family = self.family()
        columns = [self._column(plan, family[0]) for plan in family]
        lines = _lines(columns)
        return super().get_context_data(
            columns=columns,
            effect_lines=list(zip(*(column.effects for column in columns), strict=True)),
            lines=lines,
            same=sum(not line.differs for line in lines),
            may_copy=len(columns) <= VARIANTS_MAX,
            variants_max=VARIANTS_MAX,
            name=self.request.POST.get("name", ""),
            problem=getattr(self, "problem", ""),
            rests_on_placeholders=any(
                tally.placeholders
                for column in columns
                for effect in column.effects
                for tally in (effect.division, effect.city_then)
            ),
            **kwargs,
        )

    def family(self) -> list[MergePlan]:
        """Return the draft, then its variants."""
        plans = plans_of_official(self.scope, self.programme).filter(
            version=self.plan.version, state=self.plan.state
        )
        return list(plans.order_by("variant", "pk"))

    def _column(self, plan: MergePlan, draft: MergePlan) -> Column:
        rights = rights_of(reader_of(self.request))
        readiness = Readiness(plan)
        return Column(
            plan,
            effects(readiness, rights),
            {(item.finding.rule, item.finding.aspect): item for item in judged(readiness, rights)},
            len(readiness.open),
            differences(draft, plan, rights) if plan.pk != draft.pk else [],
        )


@dataclass(frozen=True)
class Line:
    """One rule across the columns; ``differs`` where they do not all answer the same."""

    title: Judged
    cells: list[Judged | None]
    differs: bool


def _lines(columns: list[Column]) -> list[Line]:
    keys = dict.fromkeys(key for column in columns for key in column.findings)
    lines = []
    for key in sorted(keys):
        cells = [column.findings.get(key) for column in columns]
        answers = {
            (cell.finding.status, cell.finding.actual, cell.finding.margin) if cell else None
            for cell in cells
        }
        first = next(cell for cell in cells if cell is not None)
        lines.append(Line(first, cells, len(answers) > 1))
    return sorted(lines, key=lambda line: not line.differs)


class VariantAct(VariantsPage):
    """Something done to a variant: by POST, and back to where it is seen."""

    http_method_names = ["post", "options"]

    def done(self, act: Callable[[], MergePlan | None], told: str) -> HttpResponseBase:
        """Do it and tell; or show the page again with what was refused."""
        try:
            plan = act()
        except ValidationError as refused:
            self.problem = told_at_once(refused)
            return self.render_to_response(self.get_context_data(), status=422)
        messages.success(self.request, told)
        draft = next((other for other in self.family() if not other.variant), None)
        shown = plan or draft
        if shown is None:
            return redirect("plans", self.programme.code)
        return redirect("plan-variants", self.programme.code, shown.pk)


class CopyVariant(VariantAct):
    """Copies the plan, or one of its variants, under a new name."""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Copy it and open the copy."""
        name = str(request.POST.get("name", ""))
        try:
            copy = copy_as_variant(plan=self.plan, name=name, user=reader_of(request))
        except ValidationError as refused:
            self.problem = told_at_once(refused)
            return self.render_to_response(self.get_context_data(), status=422)
        messages.success(
            request, _("Variant “%(name)s” is a copy to try things out.") % {"name": copy.variant}
        )
        return redirect("plan-edit", self.programme.code, copy.pk)


class TakeOver(VariantAct):
    """Lets a variant be the plan."""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Exchange the two."""
        if not self.plan.variant:
            raise Http404
        told = _("Variant “%(name)s” is the plan now; the former plan is kept as a variant.") % {
            "name": self.plan.variant
        }
        return self.done(lambda: take_over(variant=self.plan, user=reader_of(request)), told)


class DropVariant(VariantAct):
    """Deletes a variant."""

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Delete it."""
        if not self.plan.variant:
            raise Http404
        told = _("Variant “%(name)s” is deleted.") % {"name": self.plan.variant}

        def drop() -> None:
            drop_variant(variant=self.plan, user=reader_of(request))

        return self.done(drop, told)

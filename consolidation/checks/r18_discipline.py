"""R18: each development zone has a discipline inspection work committee."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.models import RetainedPlatform
from consolidation.selectors.state import arranged, platform_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of each retained platform. Clause: 方案(十二)."""
    discipline = RetainedPlatform.Discipline
    yield RowCheck(
        rule="R18",
        rows=platform_rows(facts.view)
        .filter(is_retained=True)
        .annotate(discipline=arranged(facts.view, "discipline")),
        counted=Q(in_state=True),
        record="platform",
        counts="retained",
        unit=pgettext_lazy("unit", "retained platforms"),
        broken={
            "none": Sorting(
                Q(discipline=discipline.NONE), _("has no discipline inspection work committee")
            )
        },
        unknown={
            "not_given": Sorting(
                Q(discipline=discipline.UNKNOWN), _("the discipline inspection is not given")
            )
        },
        met=_("Each of the {counted} retained platforms has its discipline inspection."),
        not_met=_(
            "{number} of {counted} retained platforms have no discipline inspection: {names}."
        ),
        not_known=_("For {number} of {counted} retained platforms {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R18",
        _("Discipline inspection"),
        _(
            "Each retained platform is supervised by a discipline inspection work committee; where zone and"
            " government are one, by the organ of the same level."
        ),
        answer,
        row_checks,
    )
)

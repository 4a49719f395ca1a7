"""R09: one platform, one principal body, one leadership team, many plates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.selectors.bodies import Serving
from consolidation.selectors.state import platform_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of bodies and teams of each retained platform. Clause: 方案(四)."""
    serving = Serving(facts.view)
    yield RowCheck(
        rule="R09",
        rows=platform_rows(facts.view).filter(is_retained=True),
        counted=Q(in_state=True, sub_area=False),
        record="platform",
        counts="retained",
        unit=pgettext_lazy("unit", "retained platforms"),
        at_baseline=True,
        broken={
            "no_body": Sorting(serving.nobody, _("has no management body")),
            "bodies": Sorting(serving.several, _("has more than one management body")),
            "no_team": Sorting(serving.teams(exact=0), _("has no leadership team")),
            "teams": Sorting(serving.teams(gt=1), _("has more than one leadership team")),
        },
        unknown={
            "not_given": Sorting(
                serving.teams(isnull=True), _("the number of leadership teams is not given")
            )
        },
        met=_("Each of the {counted} retained platforms has one body and one leadership team."),
        not_met=_(
            "{number} of {counted} retained platforms do not have one body and one team: {names}."
        ),
        not_known=_("For {number} of {counted} retained platforms {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R09",
        _("One platform, one body, one team"),
        _(
            "Each retained platform has exactly one management body and one leadership team. A designated"
            " sub-area has none of its own (R10)."
        ),
        answer,
        row_checks,
    )
)

"""R13: what goes on outside the retained list becomes something named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.models import Disposition
from consolidation.selectors.counts import PLATFORMS
from consolidation.selectors.state import platform_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of every transformation. Clause: 方案(十)."""
    yield RowCheck(
        rule="R13",
        rows=platform_rows(facts.view).annotate(named_kind=F("disposition__transform_into")),
        counted=Q(fate=Disposition.Kind.TRANSFORM),
        record="platform",
        counts=PLATFORMS.name,
        unit=PLATFORMS.unit,
        broken={
            "unnamed": Sorting(Q(named_kind=""), _("is transformed, but it is not said into what"))
        },
        unknown={},
        met=_("All {counted} transformed platforms become a named kind."),
        not_met=_(
            "For {number} of {counted} transformed platforms the kind is not named: {names}."
        ),
        not_known=_("For {number} of {counted} transformed platforms {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R13",
        _("Transformed into a named kind"),
        _(
            "A platform that goes on although it is not retained is transformed into a named kind, such as"
            " a characteristic town or a small-and-micro enterprise park."
        ),
        answer,
        row_checks,
    )
)

"""R19: international cooperation parks cover all national-level zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.selectors.state import arranged, flag, plate_rows, platform_rows
from zones.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of retained platforms of national level. Clause: 方案(七)."""
    # Read once and looked up, not asked again for each platform: who carries a plate is computed.
    carriers = plate_rows(facts.view).filter(level=Level.NATIONAL, in_state=True)
    national = Q(pk__in=carriers.order_by().values("carrier_pk"))
    rows = (
        platform_rows(facts.view)
        .filter(is_retained=True)
        .annotate(national_plate=flag(national), park=arranged(facts.view, "has_cooperation_park"))
    )
    yield RowCheck(
        rule="R19",
        rows=rows,
        counted=Q(in_state=True) & (Q(level=Level.NATIONAL) | Q(national_plate=True)),
        record="platform",
        counts="retained",
        unit=pgettext_lazy("unit", "retained platforms"),
        broken={
            "none": Sorting(Q(park=False), _("has no international industrial cooperation park"))
        },
        unknown={
            "not_given": Sorting(
                Q(park__isnull=True),
                _("it is not given whether there is an international industrial cooperation park"),
            )
        },
        met=_("All {counted} national-level zones have an international cooperation park."),
        not_met=_(
            "{number} of {counted} national-level zones have no international cooperation park: {names}."
        ),
        not_known=_("For {number} of {counted} national-level zones {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R19",
        _("International cooperation parks"),
        _(
            "Every retained platform that is of national level, or carries a national plate, has an"
            " international industrial cooperation park."
        ),
        answer,
        row_checks,
    )
)

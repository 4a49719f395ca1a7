"""R08: national plates stay with a retained platform; of provincial ones it is said what becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.models import RetainedPlatform
from consolidation.selectors.counts import PLATES
from consolidation.selectors.state import plate_rows
from zones.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of national and provincial plates. Clause: 方案(三)."""
    carried = Exists(
        RetainedPlatform.objects.filter(programme=facts.programme, platform=OuterRef("carrier_pk"))
    )
    national = Q(level=Level.NATIONAL)
    # A plate of unknown level that is not carried on may have been a national one.
    doubtful = Q(level=Level.UNKNOWN) & (Q(in_state=False) | Q(settled=True, carried=False))
    yield RowCheck(
        rule="R08",
        rows=plate_rows(facts.view).annotate(carried=carried),
        counted=Q(level__in=[Level.NATIONAL, Level.PROVINCIAL]) | doubtful,
        record="plate",
        counts=PLATES.name,
        unit=PLATES.unit,
        name="title",
        broken={
            "dropped": Sorting(
                national & Q(in_state=False), _("is a national plate and is dropped")
            ),
            "orphan": Sorting(
                Q(settled=True, in_state=True, carried=False) & ~doubtful,
                _("is kept, but not by a retained platform"),
            ),
        },
        unknown={
            "level": Sorting(
                doubtful, _("the level is not known, and no retained platform carries it")
            ),
            "open": Sorting(
                Q(settled=False), _("it is not settled in this state what becomes of it")
            ),
        },
        met=_(
            "All national plates are kept and it is said of each provincial one: {counted} plates."
        ),
        not_met=_(
            "{number} of {counted} national and provincial plates are not kept as they must be: {names}."
        ),
        not_known=_("For {number} of {counted} national and provincial plates {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R08",
        _("Plates kept"),
        _(
            "Every national plate is carried by a retained platform afterwards. A provincial plate may be"
            " kept or dropped, but the plan says which. A plate of a retained platform stays unless the"
            " plan says otherwise."
        ),
        answer,
        row_checks,
    )
)

"""R11: merges join neighbouring platforms, or give a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.models import Disposition
from consolidation.selectors.counts import PLATFORMS
from consolidation.selectors.state import platform_rows
from zones.models import Adjacency

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of every merge. Clause: 方案(三)."""
    city = facts.programme.division_id
    borders = Adjacency.objects.filter(
        division=OuterRef("division_id"), neighbour=OuterRef("target_division")
    )
    rows = (
        platform_rows(facts.view)
        .annotate(
            target_division=F("disposition__target__division_id"),
            reason_given=F("disposition__reason"),
        )
        .annotate(borders=Exists(borders))
    )
    near = (
        Q(target_division=F("division_id"))
        | Q(borders=True)
        | Q(target_division=city)
        | Q(division_id=city)
    )
    known = Adjacency.objects.filter(division__parent=city).exists()
    apart = ~near & Q(reason_given="")
    unmapped = {"unmapped": Sorting(apart, _("it is not known which divisions are adjacent"))}
    yield RowCheck(
        rule="R11",
        rows=rows,
        counted=Q(fate=Disposition.Kind.MERGE, fate_target__isnull=False),
        record="platform",
        counts=PLATFORMS.name,
        unit=pgettext_lazy("unit", "merges"),
        broken={
            "apart": Sorting(
                apart, _("is merged across divisions that are not adjacent, and no reason is given")
            )
        }
        if known
        else {},
        unknown={} if known else unmapped,
        met=_("All {counted} merges join neighbours or give a reason."),
        not_met=_(
            "{number} of {counted} merges join platforms that are no neighbours, without a reason: {names}."
        ),
        not_known=_("For {number} of {counted} merges {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R11",
        _("Merges join neighbours"),
        _(
            "A platform is merged into one of the same division, of a division that borders on it at the"
            " baseline, or of the municipal level, which spans the city; otherwise a reason is given."
        ),
        answer,
        row_checks,
    )
)

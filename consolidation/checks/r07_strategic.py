"""R07: national and provincial platforms all go into a retained platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.models import Disposition, RetainedPlatform
from consolidation.selectors.counts import PLATFORMS
from consolidation.selectors.state import platform_rows
from zones.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of national- and provincial-level platforms. Clause: 方案(三)."""
    brought_in = Exists(
        RetainedPlatform.objects.filter(programme=facts.programme, platform=OuterRef("fate_target"))
    )
    strategic = Q(level__in=[Level.NATIONAL, Level.PROVINCIAL])
    # What goes and may have been strategic is in doubt; what stays is brought in at any level.
    goes = [Disposition.Kind.ABOLISH, Disposition.Kind.TRANSFORM]
    doubtful = Q(level=Level.UNKNOWN, fate__in=goes)
    yield RowCheck(
        rule="R07",
        rows=platform_rows(facts.view).annotate(brought_in=brought_in),
        counted=Q(in_baseline=True) & (strategic | doubtful),
        record="platform",
        counts=PLATFORMS.name,
        unit=PLATFORMS.unit,
        broken={
            "abolished": Sorting(
                strategic & Q(fate=Disposition.Kind.ABOLISH), _("is abolished outright")
            ),
            "transformed": Sorting(
                strategic & Q(fate=Disposition.Kind.TRANSFORM), _("is transformed")
            ),
            "elsewhere": Sorting(
                Q(fate=Disposition.Kind.MERGE, brought_in=False),
                _("is merged into a platform that is not retained"),
            ),
            "upgrade": Sorting(
                Q(fate=Disposition.Kind.UPGRADE, is_retained=False),
                _("is to be upgraded, but is not on the list of retained platforms"),
            ),
        },
        unknown={
            "level": Sorting(
                doubtful, _("the level is not known, and it is abolished or transformed")
            ),
            "open": Sorting(
                Q(fate__isnull=True), _("it is not settled in this state what becomes of it")
            ),
        },
        met=_("All {counted} national and provincial platforms are brought into a retained one."),
        not_met=_(
            "{number} of {counted} national and provincial platforms are not brought into a retained"
            " one: {names}."
        ),
        not_known=_("For {number} of {counted} national and provincial platforms {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R07",
        _("Strategic platforms brought in"),
        _(
            "Every national- or provincial-level platform of the baseline is retained or merged into a"
            " retained platform; none is abolished outright or transformed."
        ),
        answer,
        row_checks,
    )
)

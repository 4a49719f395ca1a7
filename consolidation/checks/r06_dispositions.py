"""R06: every baseline platform has exactly one disposition, and merges lead somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.models import Disposition, RetainedPlatform
from consolidation.selectors.counts import PLATFORMS
from consolidation.selectors.state import State, platform_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts

MERGE, UPGRADE = Disposition.Kind.MERGE, Disposition.Kind.UPGRADE


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of every baseline platform's disposition. Clause: 方案(三)."""
    view = facts.view
    decided = Disposition.objects.filter(plan_id__in=view.plan_ids)
    of_target = decided.filter(platform=OuterRef("disposition__target_id"))
    is_merge = Q(decided_kind=MERGE)
    rows = platform_rows(view).annotate(
        twice=Exists(
            decided.filter(platform=OuterRef("pk")).exclude(pk=OuterRef("disposition__pk"))
        ),
        target_merged=Exists(of_target.filter(kind=MERGE)),
        target_gone=Exists(
            of_target.filter(kind__in=[Disposition.Kind.ABOLISH, Disposition.Kind.TRANSFORM])
        ),
        target_retained=Exists(
            RetainedPlatform.objects.filter(
                programme=view.programme, platform=OuterRef("disposition__target_id")
            )
        ),
        target_pk=F("disposition__target_id"),
    )
    broken = {
        "missing": Sorting(Q(decided_kind__isnull=True), _("has no disposition")),
        "twice": Sorting(Q(twice=True), _("has more than one disposition")),
        "no_target": Sorting(
            is_merge & Q(target_pk__isnull=True), _("is merged, but it is not said into what")
        ),
        "itself": Sorting(is_merge & Q(target_pk=F("pk")), _("is merged into itself")),
        "chain": Sorting(
            is_merge & Q(target_merged=True),
            _("is merged into a platform that is itself merged away (a chain or a circle)"),
        ),
        "gone": Sorting(
            is_merge & Q(target_gone=True),
            _("is merged into a platform that is abolished or transformed"),
        ),
        "not_retained": Sorting(
            is_merge & Q(target_retained=False), _("is merged into a platform that is not retained")
        ),
        "retained": Sorting(
            Q(is_retained=True) & ~Q(decided_kind=UPGRADE),
            _("is on the list of retained platforms, but is disposed of otherwise"),
        ),
        "upgrade": Sorting(
            Q(decided_kind=UPGRADE, is_retained=False),
            _("is to be upgraded, but is not on the list of retained platforms"),
        ),
    }
    if view.state == State.ACTUAL:
        broken["pending"] = Sorting(Q(fate__isnull=True), _("is decided but not yet carried out"))
    yield RowCheck(
        rule="R06",
        rows=rows,
        counted=Q(in_baseline=True),
        record="platform",
        counts=PLATFORMS.name,
        unit=PLATFORMS.unit,
        broken=broken,
        unknown={},
        met=_("Each of the {counted} baseline platforms has exactly one valid disposition."),
        not_met=_(
            "{number} of {counted} baseline platforms lack exactly one valid disposition: {names}."
        ),
        not_known=_("For {number} of {counted} baseline platforms {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R06",
        _("One disposition for every platform"),
        _(
            "None missing, none twice, no merge into itself, into a platform that goes itself, or in a"
            " chain or circle. A retained platform continues by being upgraded. In fact: carried out."
        ),
        answer,
        row_checks,
    )
)

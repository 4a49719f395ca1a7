"""R10: no body is left for what is not retained, nor for a sub-area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Rule, register
from consolidation.checks.rows import RowCheck, Sorting, answer_rows
from consolidation.selectors.bodies import linked_body_rows
from consolidation.selectors.counts import BODIES
from consolidation.selectors.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from consolidation.checks.facts import Facts


def row_checks(facts: Facts) -> Iterable[RowCheck]:
    """Yield the check of every body in being. Clause: 方案(四)."""
    planned = facts.view.state == State.PLANNED
    no_word = Q(decided_fate__isnull=True) if planned else Q(pk__isnull=True)
    left = Q(sent=False, on_main=False)
    yield RowCheck(
        rule="R10",
        rows=linked_body_rows(facts.view),
        counted=Q(in_state=True),
        record="body",
        counts=BODIES.name,
        unit=BODIES.unit,
        broken={
            "elsewhere": Sorting(
                Q(sent=True, sent_to_retained=False), _("serves a platform that is not retained")
            ),
            "sub_area": Sorting(
                Q(sent=True, sent_to_sub_area=True) | (left & Q(on_sub_area=True) & ~no_word),
                _("is left for a sub-area"),
            ),
            "left": Sorting(left & ~no_word, _("is left although its platform is not retained")),
        },
        unknown={"open": Sorting(left & no_word, _("no plan says yet what becomes of them"))},
        met=_("Each of the {counted} bodies in being serves a retained platform."),
        not_met=_("{number} of {counted} bodies in being are left over: {names}."),
        not_known=_("For {number} of {counted} bodies in being {why}."),
    )


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the findings for the city and each owner."""
    for check in row_checks(facts):
        yield from answer_rows(facts, check)


RULE = register(
    Rule(
        "R10",
        _("No bodies left over"),
        _(
            "The bodies of platforms that are not retained are abolished, and a sub-area keeps no body of"
            " its own. In fact: a body still in being counts until its abolition is confirmed."
        ),
        answer,
        row_checks,
    )
)

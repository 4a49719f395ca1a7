"""R02: management bodies are cut by the programme's share of the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Finding, Rule, register
from consolidation.checks.shares import answer_share
from consolidation.selectors.counts import BODIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.facts import Facts


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the cut of management bodies for the city and each owner. Clause: 方案(二)."""
    return answer_share(
        facts,
        rule="R02",
        target="bodies_cut_min",
        count=BODIES.name,
        basis=facts.programme.bodies_basis,
        declared=facts.programme.declared_bodies,
    )


RULE = register(
    Rule(
        "R02",
        _("Cut of management bodies"),
        _(
            "Bodies in being at the baseline less bodies in the state, as a share of the baseline. A body"
            " that no plan mentions remains. Shares are compared as integers, never rounded."
        ),
        answer,
    )
)

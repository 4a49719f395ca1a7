"""R03: management staff is cut by the programme's share of the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import Finding, Rule, register
from consolidation.checks.shares import answer_share
from staffing.counts import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.facts import Facts


def answer(facts: Facts) -> Iterable[Finding]:
    """Yield the cut of management staff for the city and each owner. Clause: 方案(二)."""
    return answer_share(
        facts,
        rule="R03",
        target="staff_cut_min",
        count=PEOPLE.name,
        basis=facts.programme.staff_basis,
        declared=facts.programme.declared_staff,
    )


RULE = register(
    Rule(
        "R03",
        _("Cut of management staff"),
        _(
            "Staff on post in the bodies of the state, in the categories that the programme counts,"
            " against the baseline. Authorised posts are counted beside it, never mixed in."
        ),
        answer,
    )
)

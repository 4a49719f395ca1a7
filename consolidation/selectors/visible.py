"""Which findings a reader sees, and which records each of them names.

The city's figures and rules are open to everybody who may see the city; what happens in one
division, and every single record, only to those whose scope and rights cover it (domain §1).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import text
from consolidation.selectors.counts import COUNTERS
from platforms_portal.access import Right

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from consolidation.checks.base import Finding
    from platforms_portal.access import Scope

_RIGHTS = {"bodies": Right.VIEW_BODIES, "people": Right.VIEW_PEOPLE}


def right_for(counts: str) -> Right:
    """Return the right that the records of the count called ``counts`` ask for."""
    return _RIGHTS.get(counts, Right.VIEW_LEDGER)


def rights_for(finding: Finding) -> set[Right]:
    """Return the rights that the records of ``finding`` ask for.

    Whoever sees which bodies' staff does not add up learns about people, so a finding in people
    asks for that right too, even where the records that it counts are bodies.
    """
    rights = {right_for(finding.counts)}
    people = COUNTERS.get("people")
    if people is not None and finding.unit == people.unit:
        rights.add(Right.VIEW_PEOPLE)
    return rights


def findings_visible_to(
    scope: Scope, rights: Collection[Right], findings: Iterable[Finding]
) -> list[Finding]:
    """Return the findings that a reader with this scope and these rights may see.

    A finding on one owner is left out where scope or rights don't cover it. A finding on the city
    stays, with the records that are covered; where others broke the rule its sentence, which
    would name them, gives way to the arithmetic. ``breaking_total`` stays the city's.
    """
    seen: list[Finding] = []
    for finding in findings:
        allowed = rights_for(finding) <= set(rights)
        if finding.scope.is_city:
            seen.append(_narrowed(finding, scope, allowed=allowed))
        elif allowed and scope.covers(finding.scope.division.pk):
            seen.append(finding)
    return seen


def _narrowed(finding: Finding, scope: Scope, *, allowed: bool) -> Finding:
    if allowed and scope.is_city:
        return finding
    breaking = tuple(
        record for record in finding.breaking if allowed and scope.covers(record.division_id)
    )
    if len(breaking) == finding.breaking_total:
        return replace(finding, breaking=breaking)
    message = _("{number} records of the city break this rule. ({formula})")
    return replace(
        finding,
        breaking=breaking,
        message=text(message, number=finding.breaking_total, formula=finding.formula or "—"),
    )

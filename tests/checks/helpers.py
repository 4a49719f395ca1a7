"""Asking the rules in tests."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from consolidation.checks.run import run_checks
from consolidation.selectors.state import State, state_view

if TYPE_CHECKING:
    from consolidation.checks.base import Finding
    from consolidation.models import Programme
    from zones.models import Division


def ask(
    programme: Programme,
    rule: str,
    *,
    aspect: str | None = None,
    owner: Division | None = None,
    state: str = State.PLANNED,
    as_of: datetime.date | None = None,
) -> Finding:
    """Return the one finding of ``rule`` for the city, or for ``owner``."""
    found = [
        finding
        for finding in run_checks(state_view(programme, state, as_of), rules=[rule])
        if (aspect is None or finding.aspect == aspect)
        and (finding.scope.is_city if owner is None else not finding.scope.is_city)
        and (owner is None or finding.scope.division == owner)
    ]
    assert len(found) == 1, f"{rule} {aspect}: {found}"
    return found[0]


def broken_names(finding: Finding) -> set[str]:
    """Return the names of the records that break the rule."""
    return {record.name for record in finding.breaking}

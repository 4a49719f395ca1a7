"""The programme's thresholds, as the solver takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consolidation.models.programmes import Basis
from solver.engine.situation import Cut, Limits

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from consolidation.models import Programme, Target
    from solver.engine.situation import Body


def limits_of(
    programme: Programme,
    targets: Mapping[tuple[str, str], Target],
    bodies: Collection[Body],
    *,
    borders_known: bool,
) -> Limits:
    """Return the thresholds that ``targets`` set; cuts with the baseline that they are judged on."""

    def number(rule: str, name: str) -> int | None:
        line = targets.get((rule, name))
        return line.numerator if line is not None else None

    there = [body for body in bodies if body.in_baseline]
    people = [body.before for body in there]
    staff = None if None in people else sum(n for n in people if n is not None)
    return Limits(
        retained_max=number("R01", "retained_max"),
        ceiling=number("R01", "ceiling"),
        sub_areas_max=number("R05", "sub_areas_max"),
        bodies_cut=_cut(
            targets.get(("R02", "bodies_cut_min")),
            len(there),
            programme.bodies_basis,
            programme.declared_bodies,
        ),
        staff_cut=_cut(
            targets.get(("R03", "staff_cut_min")),
            staff,
            programme.staff_basis,
            programme.declared_staff,
        ),
        high_level_min=number("R20", "high_level_min"),
        borders_known=borders_known,
    )


def _cut(line: Target | None, ledger: int | None, basis: str, declared: int | None) -> Cut | None:
    if line is None or line.numerator is None:
        return None
    base, unlisted = ledger, 0
    if basis == Basis.DECLARED:
        base = declared if ledger is not None else None
        unlisted = max(0, (declared or 0) - (ledger or 0))
    return Cut(line.numerator, line.denominator, base, unlisted, line.binds_divisions)

"""A situation made hard for the solver: tight quotas, a third of the decisions missing."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.engine.situation import Situation

QUOTA = 5
LEVELS = ("national", "provincial", "municipal", "district", "district", "district")


def tight(situation: Situation) -> Situation:
    """Return ``situation`` with nothing carried out, every quota ``QUOTA``, and levels drawn anew."""
    drawn = random.Random(1)
    platforms = tuple(
        replace(
            platform,
            done=False,
            pinned=False,
            level=drawn.choice(LEVELS),
            **({"kind": "", "target": None} if drawn.random() < 1 / 3 else {}),  # type: ignore[arg-type]
        )
        for platform in situation.platforms
    )
    return replace(
        situation,
        owners=tuple(replace(owner, quota=QUOTA) for owner in situation.owners),
        platforms=platforms,
        bodies=tuple(replace(body, done=False) for body in situation.bodies),
        limits=replace(situation.limits, retained_max=QUOTA * len(situation.owners) - 3),
    )

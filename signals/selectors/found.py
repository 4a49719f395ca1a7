"""The signals of a programme on a day, found once for a state of the data and kept.

To find them takes some dozens of questions; as with what the rules say, the answer is kept under
a mark of the data and of the code (``consolidation.selectors.findings``).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.core.cache import cache

from consolidation.selectors import findings
from consolidation.selectors.state import State
from signals.keeping import pack, unpack
from signals.kinds.base import KINDS
from signals.kinds.facts import Facts

if TYPE_CHECKING:
    import datetime

    from consolidation.models import Programme
    from signals.kinds.base import Signal


def signals_of(programme: Programme, day: datetime.date) -> list[Signal]:
    """Return every signal of ``programme`` on ``day``, in the order of kinds and owners."""
    version = f"{findings.data_version()}:{findings.code_version()}"
    key = f"signals:{version}:{programme.pk}:{day.isoformat()}"
    kept = cache.get(key)
    if kept is not None:
        return unpack(kept)
    started = time.monotonic()
    facts = Facts(programme, day)
    found = find(facts)
    if findings.may_keep(facts.views[State.PLANNED], time.monotonic() - started):
        cache.set(key, pack(found), findings.KEPT_SECONDS)
    return found


def find(facts: Facts) -> list[Signal]:
    """Look for every kind that the programme has on."""
    order = {owner: number for number, owner in enumerate(facts.owners)}
    found = [
        signal
        for code in sorted(KINDS)
        if facts.is_on(code)
        for signal in KINDS[code].find(facts)
        if signal.division_id in order
    ]
    return sorted(found, key=lambda signal: (signal.code, order[signal.division_id], signal.key))

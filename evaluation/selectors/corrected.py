"""What a correction changed: the values of a version beside those of the version before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from evaluation.content import content_of

if TYPE_CHECKING:
    from decimal import Decimal

    from evaluation.scoring import Measure, Party
    from evaluation.selectors.years import ShownYear


class ChangedValue(NamedTuple):
    """A value that another version gives otherwise; ``None`` where it is not known there."""

    measure: Measure
    party: Party
    before: Decimal | None
    now: Decimal | None


def changed_values(shown: ShownYear) -> list[ChangedValue]:
    """Return what differs from the version before, or from what is published while it is drafted.

    One query: publications hold all that they published.
    """
    version = shown.publication.version if shown.publication else None
    older = [one for one in shown.versions if version is None or one.version < version]
    if not older:
        return []
    before, now = content_of(older[0].content), shown.content
    measures = {measure.code: measure for measure in (*before.measures, *now.measures)}
    parties = {party.id: party for party in (*before.parties, *now.parties)}
    changed = []
    for code, key in sorted({*before.figures, *now.figures}):
        was, is_now = before.figures.get((code, key)), now.figures.get((code, key))
        values = was.value if was else None, is_now.value if is_now else None
        if values[0] != values[1]:
            changed.append(ChangedValue(measures[code], parties[key], *values))
    return changed

"""What one template is filled with: the rows of its sheets, and the lists to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exchange.selectors import filled_ledger
from exchange.selectors.filled_counts import head_counts
from exchange.selectors.filled_lists import References
from exchange.selectors.filled_names import Names
from exchange.selectors.filled_plan import PlanRows, plan_to_fill

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator

    from consolidation.models import Programme
    from exchange.selectors.filled_lists import Choice
    from exchange.subjects import Template
    from zones.models import Division

    Rows = Callable[[], Iterator[dict[str, Any]]]

FOR_ONE_DIVISION = frozenset({"plan", "head_counts"})
"""The templates of which there is none for the whole city."""


@dataclass(frozen=True)
class Filled:
    """The content of one template: by subject its rows, read when they are asked for; and lists."""

    rows: dict[str, Rows]
    choices: dict[tuple[str, str], list[Choice]]


def filled(
    template: Template, programme: Programme, division: Division | None, day: datetime.date
) -> Filled:
    """Return what ``template`` is filled with: of one division, or of the whole city (``None``).

    ``day`` is the month's last day for the template of head counts. Raises ``ValueError`` where a
    template that is filled for one division alone is asked for the whole city.
    """
    names = Names(programme)
    plan = None
    if template.key not in FOR_ONE_DIVISION:
        rows = _of_the_ledger(programme, division, names)
    elif division is None:
        raise ValueError(f"The template {template.key} is filled for one division.")
    elif template.key == "plan":
        plan = plan_to_fill(programme, division)
        own = PlanRows(plan, names)
        rows = {subject.key: getattr(own, subject.key) for subject in template.subjects}
    else:
        rows = {"head_counts": lambda: head_counts(programme, division, day)}
    wanted = {subject.key: rows[subject.key] for subject in template.subjects}
    return Filled(wanted, References(programme, division, names, plan).for_template(template))


def _of_the_ledger(
    programme: Programme, division: Division | None, names: Names
) -> dict[str, Rows]:
    return {
        "platforms": lambda: filled_ledger.platforms(programme, division),
        "bodies": lambda: filled_ledger.bodies(programme, division, names),
        "posts": lambda: filled_ledger.posts(programme, division),
        "plates": lambda: filled_ledger.plates(programme, division),
        "staff": lambda: filled_ledger.staff(programme, division),
    }

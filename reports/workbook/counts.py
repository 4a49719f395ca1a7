"""The four counts as formulas over the lists of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consolidation.selectors.home import TARGETS
from consolidation.selectors.state import State
from reports.workbook.formulas import plus, summed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Finding
    from consolidation.selectors.counts import Counter
    from reports.selectors.report import Report
    from zones.models import Division

LISTS = {"platforms": "ledger", "bodies": "bodies", "plates": "plates", "people": "staff"}
"""The list that holds the records of each count."""

FIGURES: Mapping[str, StrOrPromise] = {
    "baseline": _("Baseline"),
    "in_state": _("In the state"),
    "went": _("Gone since the baseline"),
    "came": _("Come since the baseline"),
    "undecided": _("Not decided"),
    "missing_baseline": _("Figures missing, baseline"),
    "missing_in_state": _("Figures missing, state"),
    "placeholders": _("Resting on placeholders"),
}
"""The figures of a tally, in words."""

_COLUMNS = {
    "baseline": "in_baseline",
    "in_state": "in_state",
    "went": "went",
    "came": "came",
    "undecided": "undecided",
    "placeholders": "placeholder",
}


def figure_formulas(report: Report, name: str, owner: str = "") -> dict[str, str]:
    """Return the formula of each figure of the count ``name``, for the owner whose code is in ``owner``.

    People who went or came are not followed one by one, and their placeholders are figures, not
    bodies: those have no formula. Only of people can figures be missing.
    """
    if name == "people":
        return _people(report, owner)
    prefix = LISTS[name]
    return {
        figure: summed(f"{prefix}_{column}", f"{prefix}_owner", owner)
        for figure, column in _COLUMNS.items()
    }


def _people(report: Report, owner: str) -> dict[str, str]:
    categories = report.programme.counted_categories

    def people(when: str) -> str:
        return plus(summed(f"staff_{when}_{one}", "staff_owner", owner) for one in categories)

    def lacking(when: str, there: str) -> str:
        bodies = summed(f"staff_{there}", "staff_owner", owner)
        given = plus(_given(f"staff_{when}_{one}", owner) for one in categories)
        return f"{bodies}*{len(categories)}-({given})"

    whose = f"staff_owner,{owner}," if owner else ""
    undecided = plus(f"SUMIFS(staff_before_{one},{whose}staff_undecided,1)" for one in categories)
    stale = summed("staff_stale", "staff_owner", owner)
    at_baseline = report.state == State.BASELINE
    return {
        "baseline": people("before"),
        "in_state": people("after"),
        "undecided": undecided,
        "missing_baseline": lacking("before", "in_baseline"),
        "missing_in_state": "0" if at_baseline else f"{lacking('after', 'in_state')}+{stale}",
    }


def _given(name: str, owner: str) -> str:
    """Return how many figures a column holds: an empty cell is none."""
    return f'COUNTIFS(staff_owner,{owner},{name},">=0")' if owner else f"COUNT({name})"


def rule_of(report: Report, counter: Counter, owner: Division | None = None) -> Finding | None:
    """Return the finding of the rule that sets the target of a count, where there is one."""
    rule, aspect = TARGETS.get(counter.name, ("", ""))
    key = owner.pk if owner is not None else None
    return report.overview.finding_of(report.state, rule, aspect, key)

"""Findings as a table of plain text, for a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consolidation.checks.base import Ratio, Status, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consolidation.checks.base import Finding
    from consolidation.selectors.state import StateView

SIGNS = {Status.MET: "✓", Status.NOT_MET: "✗", Status.UNKNOWN: "?"}


def table(view: StateView, findings: Sequence[Finding]) -> str:
    """Return the findings of ``view`` as aligned lines, with a heading and a summary."""
    heading = [
        _("Rule"),
        _("Clause"),
        _("Scope"),
        _("Status"),
        _("Actual"),
        _("Limit"),
        _("Margin"),
    ]
    rows = [[*heading, _("Finding")]]
    rows += [_row(finding) for finding in findings]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(heading))]
    lines = [f"{view.programme.label} · {view.state.label} · {view.as_of:%Y-%m-%d}"]
    if any(finding.placeholders for finding in findings):
        lines.append(_("Placeholders: these figures rest on data that no source gives."))
    lines += ["  ".join([*map(_padded, row, widths), row[-1]]).rstrip() for row in rows]
    if not findings:
        lines[1:] = [_("The programme sets no target for what was asked, so nothing was judged.")]
    failing = sum(1 for finding in findings if finding.fails)
    lines.append(
        _("%(failing)d of %(all)d findings need attention.")
        % {"failing": failing, "all": len(findings)}
    )
    return "\n".join(lines)


def figure(ratio: Ratio, limit: Ratio | None = None) -> str:
    """Return a figure for the eye: ``86/142 (60.56%)``, ``17``, or ``—`` when it is not known."""
    if ratio.numerator is None:
        return "—"
    if not ratio.is_share_of(limit):
        return str(ratio.numerator)
    if not ratio.denominator:
        return f"{ratio.numerator}/—"
    return f"{ratio.numerator}/{ratio.denominator} ({percent(ratio.numerator, ratio.denominator, limit)})"


def _row(finding: Finding) -> list[str]:
    is_share = finding.limit.is_share and finding.limit.numerator is not None
    limit = (
        percent(finding.limit.numerator or 0, finding.limit.denominator or 1)
        if is_share
        else figure(finding.limit)
    )
    return [
        finding.rule,
        finding.clause,
        str(finding.scope.label),
        f"{SIGNS[finding.status]} {finding.status.label}",
        figure(finding.actual, finding.limit),
        limit,
        "—" if finding.margin is None else f"{finding.margin:+d}",
        str(finding.message),
    ]


def _width(cell: str) -> int:
    """Return the columns that ``cell`` takes in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in cell)


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))

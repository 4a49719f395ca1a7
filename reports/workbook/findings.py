"""What every rule says, and the records that break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from consolidation.checks.base import RULES, Scope, Severity, Status, percent
from consolidation.selectors.aspects import aspect_label
from reports.workbook.check import Basis
from reports.workbook.formulas import word
from reports.workbook.table import Column, write_list
from reports.workbook.words import about

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Finding, RecordRef
    from reports.selectors.report import Report
    from reports.workbook.book import Book, Sheet
    from reports.workbook.check import Checks
    from reports.workbook.table import Listed

RECORDS: Mapping[str, StrOrPromise] = {
    "platform": gettext_lazy("Platform"),
    "body": gettext_lazy("Management body"),
    "plate": gettext_lazy("Plate"),
    "plan": gettext_lazy("Plan"),
}
"""The types of the records that findings name."""


def write_findings(book: Book, sheet: Sheet, report: Report) -> Listed:
    """Write the sheet of findings."""
    return write_list(
        book,
        sheet,
        "findings",
        title=_("Findings"),
        about=about(report),
        columns=_columns(),
        lines=report.overview.findings[report.state],
        frozen=3,
    )


def _columns() -> list[Column]:
    return [
        Column("rule", _("Rule"), 6, lambda f: f.rule, named=True),
        Column("title", pgettext("report", "Title"), 20, lambda f: str(f.title), "wrapped"),
        Column("scope", _("Scope"), 12, lambda f: str(f.scope.label), named=True),
        Column(
            "aspect", _("Part of the rule"), 16, lambda f: str(aspect_label(f.aspect)), "wrapped"
        ),
        Column("status", _("Finding"), 9, lambda f: str(f.status.label), "centre", named=True),
        Column("severity", pgettext("report", "Weight"), 8, _weight, "centre"),
        Column("actual", _("Actual"), 10, lambda f: f.actual.numerator, "number"),
        Column("base", _("of (baseline)"), 10, _base, "number"),
        Column("share", _("Share (%)"), 10, _share, "centre"),
        Column("limit", _("Limit"), 10, _limit, "centre"),
        Column("margin", _("Margin"), 9, lambda f: f.margin, "signed"),
        Column("unit", _("Unit"), 9, lambda f: str(f.unit), "centre"),
        Column("counted", _("Records counted"), 9, lambda f: f.counted, "number"),
        Column("breaking", _("Records that break it"), 9, lambda f: f.breaking_total, "number"),
        Column("why", _("Why"), 60, lambda f: str(f.message), "wrapped"),
        Column("formula", _("Arithmetic"), 40, lambda f: str(f.formula), "wrapped"),
        Column("clause", _("Clause"), 10, lambda f: f.clause, "centre"),
        Column("placeholder", _("Rests on placeholder"), 8, lambda f: f.placeholders, "flag"),
    ]


def _weight(finding: Finding) -> str:
    if finding.severity == Severity.ADVICE:
        return pgettext("report", "Advisory")
    return pgettext("report", "Binding")


def _base(finding: Finding) -> int | None:
    return finding.actual.denominator if finding.actual.is_share_of(finding.limit) else None


def _share(finding: Finding) -> str:
    actual, base = finding.actual.numerator, finding.actual.denominator
    if actual is None or not base or not finding.actual.is_share_of(finding.limit):
        return ""
    return percent(actual, base, finding.limit)


def _limit(finding: Finding) -> str:
    limit = finding.limit
    if limit.numerator is None or not limit.denominator:
        return ""
    return percent(*limit) if limit.is_share else f"{limit.numerator:,}"  # type: ignore[arg-type]


def write_breaches(book: Book, sheet: Sheet, report: Report) -> Listed:
    """Write the sheet of the records that break a rule, each once a rule."""
    labels = {owner.pk: str(Scope(owner).label) for owner in report.overview.owners}
    codes = {owner.pk: owner.code for owner in report.overview.owners}
    return write_list(
        book,
        sheet,
        "breaches",
        title=_("Records that break a rule"),
        about=about(report),
        columns=[
            Column("key", _("Rule and part"), 26, lambda line: line[0], named=True),
            Column("title", pgettext("report", "Title"), 24, lambda line: line[1]),
            Column(
                "owner",
                _("Owner's code"),
                9,
                lambda line: codes.get(line[2].division_id, ""),
                named=True,
            ),
            Column("owner_name", _("Owner"), 12, lambda line: labels.get(line[2].division_id, "")),
            Column(
                "type", _("Record"), 12, lambda line: str(RECORDS.get(line[2].type, line[2].type))
            ),
            Column("name", _("Name"), 34, lambda line: line[2].name),
            Column("why", _("Why"), 60, lambda line: str(line[2].why), "wrapped"),
        ],
        lines=breaches(report),
    )


def key_of(finding: Finding) -> str:
    """Return the rule and its part as the list of breaches names them."""
    part = str(aspect_label(finding.aspect)) or finding.aspect
    return f"{finding.rule} {part}".strip()


def breaches(report: Report) -> Iterator[tuple[str, str, RecordRef]]:
    """Yield every record that breaks a rule, once for each rule or part of one."""
    seen: set[tuple[str, str, int]] = set()
    for finding in report.overview.findings[report.state]:
        for record in finding.breaking:
            mark = (key_of(finding), record.type, record.id)
            if mark not in seen:
                seen.add(mark)
                yield key_of(finding), str(finding.title), record


def check_findings(report: Report, checks: Checks) -> None:
    """Compare what the findings count with what the lists hold; say where that cannot be done."""
    for finding in report.overview.findings[report.state]:
        if _is_reckoned_elsewhere(finding, report):
            continue
        part = f"{finding.rule} {finding.title}"
        aspect = str(aspect_label(finding.aspect))
        actual = _(", ").join(filter(None, [aspect, _("Actual")]))
        number = finding.actual.numerator
        formula = _over_lists(finding, report)
        if number is None:
            continue
        if formula:
            checks.add(part, finding.scope.label, actual, number, formula)
        elif _is_listed(finding) and number == finding.breaking_total:
            checks.add(part, finding.scope.label, actual, number, _counted(finding), Basis.LISTED)
        else:
            why = _why_not(finding)
            checks.add(part, finding.scope.label, actual, number, "", Basis.NOT, why)


def _is_reckoned_elsewhere(finding: Finding, report: Report) -> bool:
    if finding.scope.is_city and not report.is_whole:
        return True  # The city's figures are published, and not reckoned in this workbook.
    if finding.rule in {"R02", "R03"} or (finding.rule, finding.aspect) == ("R01", "retained_max"):
        return True
    return finding.rule == "R04" and not finding.scope.is_city


def _over_lists(finding: Finding, report: Report) -> str:
    """Return the formula over the lists for the rules that count what these hold."""
    key = (finding.rule, finding.aspect)
    if not report.is_whole or not finding.scope.is_city:
        return ""
    formulas: Any = {
        ("R01", "ceiling"): "SUM(ledger_in_state)",
        ("R04", ""): 'SUMIF(division_places_left,"<0")*-1',
        ("R05", "sub_areas_max"): "SUM(ledger_sub_area)",
    }
    return str(formulas.get(key, ""))


def _is_listed(finding: Finding) -> bool:
    """Whether every record that breaks the rule is named, so that the list can be counted."""
    return finding.status != Status.UNKNOWN and len(finding.breaking) == finding.breaking_total


def _counted(finding: Finding) -> str:
    key = word(key_of(finding))
    if finding.scope.is_city:
        return f"COUNTIFS(breaches_key,{key})"
    return f"COUNTIFS(breaches_key,{key},breaches_owner,{word(finding.scope.code)})"


def _why_not(finding: Finding) -> str:
    if finding.breaking_total > len(finding.breaking):
        return _("More records break it than are listed, or they are not yours to see.")
    rule = RULES.get(finding.rule)
    reasons = {
        "R14": _("Counted in people by body and category; the lists hold sums a body."),
        "R17": _("Judged by dates of plans and steps, which the lists do not all hold."),
        "R20": _("Judged by national ranks and classes, which are not in this workbook."),
    }
    if finding.rule in reasons:
        return reasons[finding.rule]
    return _("Judged from what the lists do not hold: %(rule)s") % {
        "rule": rule.title if rule else finding.rule
    }

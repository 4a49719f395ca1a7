"""Running the rules on a view, and telling what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import override

from consolidation.checks.base import RULES, Finding
from consolidation.checks.facts import Facts
from consolidation.checks.keeping import Judged
from consolidation.selectors.counts import COUNTERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from consolidation.selectors.state import StateView


def run_checks(view: StateView, *, rules: Collection[str] | None = None) -> list[Finding]:
    """Return the findings of every rule that the programme sets, in the order of their codes.

    ``rules`` narrows the run to some codes. The number of queries depends on the rules that run,
    never on the number of records.
    """
    return _answers(Facts(view), rules)


def judge(view: StateView) -> Judged:
    """Return the findings of every rule in ``view`` with all its tallies, each counted once."""
    facts = Facts(view)
    findings = _answers(facts, None)
    return Judged(findings, {name: facts.counted(name) for name in COUNTERS})


def _answers(facts: Facts, rules: Collection[str] | None) -> list[Finding]:
    findings: list[Finding] = []
    for code in sorted(RULES):
        if code in facts.targets and (rules is None or code in rules):
            findings += RULES[code].answer(facts)
    return findings


def findings_of(
    findings: Iterable[Finding], *, division_id: int | None = None, city_id: int | None = None
) -> list[Finding]:
    """Return the findings of one owner, or all of them where ``division_id`` is ``None``.

    The municipal level and the city share a code: for ``city_id`` both are returned.
    """
    if division_id is None:
        return list(findings)
    return [
        finding
        for finding in findings
        if finding.scope.division.pk == division_id
        and (not finding.scope.is_city or division_id == city_id)
    ]


def _in(language: str, promise: object) -> str:
    with override(language):
        return str(promise)


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as the command and the API give it: Chinese first, English beside it."""
    return {
        "rule": finding.rule,
        "aspect": finding.aspect,
        "title": _in("zh-hans", finding.title),
        "title_en": _in("en", finding.title),
        "clause": finding.clause,
        "scope": {
            "code": finding.scope.code,
            "name": _in("zh-hans", finding.scope.label),
            "name_en": _in("en", finding.scope.label),
            "kind": "city" if finding.scope.is_city else "owner",
        },
        "status": finding.status.value,
        "severity": finding.severity.value,
        "actual": finding.actual.as_json(),
        "limit": finding.limit.as_json(),
        "margin": finding.margin,
        "unit": _in("zh-hans", finding.unit),
        "message": _in("zh-hans", finding.message),
        "message_en": _in("en", finding.message),
        "formula": _in("zh-hans", finding.formula),
        "counted": finding.counted,
        "counts": finding.counts,
        "placeholders": finding.placeholders,
        "breaking": [
            {
                "type": record.type,
                "id": record.id,
                "name": record.name,
                "why": _in("zh-hans", record.why),
                "why_en": _in("en", record.why),
            }
            for record in finding.breaking
        ],
        "breaking_total": finding.breaking_total,
    }


def report(view: StateView, findings: Collection[Finding]) -> dict[str, Any]:
    """Return the answer of ``check_targets`` and of the API for ``findings`` in ``view``."""
    return {
        "programme": view.programme.code,
        "state": view.state.value,
        "as_of": view.as_of.isoformat(),
        "placeholders": any(finding.placeholders for finding in findings),
        "findings": [finding_as_json(finding) for finding in findings],
    }

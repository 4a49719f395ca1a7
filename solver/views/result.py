"""The result of a run, in the reader's words: summary, changes, conflicts, findings, CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consolidation.checks.base import RULES, Scope, Status
from platforms_portal.listings import Listing, file_name
from solver import words
from solver.engine.proposal import Subject
from solver.services.solving import COVERED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise

    from solver.models import SolverRun


@dataclass(frozen=True)
class ShownChange:
    """A change as a line of the table; ``link`` names the page of the record, where it has one."""

    subject: str
    record: Mapping[str, Any]
    name: str
    owner: str
    before: str
    after: str
    why: list[tuple[str, str]]
    by_commission: bool

    @property
    def link(self) -> str:
        """The name of the address of the record."""
        return str(self.record["type"])


@dataclass(frozen=True)
class ShownFinding:
    """A rule in one scope, before and after."""

    rule: str
    title: str
    scope: str
    severity: str
    before: str
    after: str
    message: str
    covered: bool

    @property
    def before_label(self) -> StrOrPromise:
        """The word of the answer now."""
        return Status(self.before).label

    @property
    def after_label(self) -> StrOrPromise:
        """The word of the answer with the proposal."""
        return Status(self.after).label

    @property
    def turned(self) -> bool:
        """Whether the proposal makes the rule answer otherwise."""
        return self.before != self.after


def shown(run: SolverRun) -> dict[str, Any]:
    """Return everything that the page shows of a finished run."""
    result = run.result or {}
    changes = [_change(change) for change in result["changes"]]
    findings = _findings(result)
    return {
        "main": [c for c in changes if c.subject in {Subject.PLATFORM, Subject.SUB_AREA}],
        "follow": [c for c in changes if c.subject not in {Subject.PLATFORM, Subject.SUB_AREA}],
        "number": result["aims"].get("changes"),
        "least": result["bound"],
        "proven": result["proven"].get("changes", False),
        "aims": [
            (words.AIM_WORDS[name], value, result["proven"][name])
            for name, value in result["aims"].items()
        ],
        # Whom R03 counts as gone although nobody has said where they go.
        "people": result["aims"].get("people") or 0,
        "seconds": f"{result['milliseconds'] / 1000:.1f}",
        "turned": [f for f in findings if f.turned],
        "open": [f for f in findings if not f.turned and _is_open(f) and f.covered],
        "uncovered": [f for f in findings if not f.turned and _is_open(f) and not f.covered],
        "breaches_before": _breaches(run, "before"),
        "breaches_after": _breaches(run, "after"),
        "disagreements": [_spoken(finding) for finding in result["disagreements"]],
        "worse": [_spoken(finding) for finding in result["worse"]],
        "conflicts": [
            (conflict["minimal"], [words.demand(told) for told in conflict["demands"]])
            for conflict in result["conflicts"]
        ],
        "rules": [(code, RULES[code].title) for code in result["rules"] if code in RULES],
        "not_covered": [
            (code, RULES[code].title, why)
            for code, why in words.NOT_COVERED.items()
            if code in RULES
        ],
        "mode": words.MODE_WORDS.get(run.options.get("mode", ""), ""),
        "commission": sum(change.by_commission for change in changes),
    }


def _change(change: Mapping[str, Any]) -> ShownChange:
    subject = change["subject"]
    name = words.named(change["record"])
    listed = change["before"].get("retained") != change["after"].get("retained")
    if subject == Subject.FOUNDING:
        name = _("New body for %(name)s") % {"name": name}
    return ShownChange(
        subject=subject,
        record=change["record"],
        name=name,
        owner=words.named(change["owner"]),
        before=words.decided(subject, change["before"], listed=listed) if change["before"] else "—",
        after=words.decided(subject, change["after"], listed=listed),
        why=words.why(change),
        by_commission=change["by_commission"],
    )


def _is_open(finding: ShownFinding) -> bool:
    return finding.severity == "breach" and finding.after != "met"


def _breaches(run: SolverRun, when: str) -> int:
    """Return how many findings break a rule that is held; for one division, its own."""
    result = run.result or {}
    return sum(
        finding["status"] == "not_met"
        and finding["severity"] == "breach"
        and _covered(finding, result["rules"])
        and (run.owner_id is None or finding["scope"]["kind"] != "city")
        for finding in result[when]
    )


def _covered(finding: Mapping[str, Any], rules: Iterable[str]) -> bool:
    aspect = finding["aspect"]
    return finding["rule"] in rules and aspect in COVERED.get(finding["rule"], {aspect})


def _spoken(finding: Mapping[str, Any]) -> tuple[str, str, str]:
    english = get_language() == "en"
    scope = finding["scope"]
    where = (scope["name_en"] if english else scope["name"]) or scope["name"]
    return finding["rule"], where, finding["message_en"] if english else finding["message"]


def _key(finding: Mapping[str, Any]) -> tuple[str, str, str, str]:
    scope = finding["scope"]
    return (finding["rule"], finding["aspect"], scope["code"], scope["kind"])


def _findings(result: Mapping[str, Any]) -> list[ShownFinding]:
    before = {_key(finding): finding for finding in result["before"]}
    found = []
    for finding in result["after"]:
        was = before.get(_key(finding), finding)
        _rule, where, message = _spoken(finding)
        title: StrOrPromise = finding["title_en"] if get_language() == "en" else finding["title"]
        found.append(
            ShownFinding(
                rule=finding["rule"],
                title=str(title),
                scope=where,
                severity=finding["severity"],
                before=was["status"],
                after=finding["status"],
                message=message,
                covered=_covered(finding, result["rules"]),
            )
        )
    return found


def listing_of(run: SolverRun) -> Listing:
    """Return the changes in the reader's language, a line each, by division."""
    headings = [
        _("Division"),
        _("Code"),
        _("Name"),
        _("Now"),
        _("Proposed"),
        _("Rules"),
        _("The commission's to decide"),
    ]
    changes = [_change(change) for change in (run.result or {}).get("changes", [])]
    rows = [
        [
            change.owner,
            change.record["code"],
            change.name,
            change.before,
            change.after,
            " ".join(code for code, _title in change.why),
            _("yes") if change.by_commission else _("no"),
        ]
        for change in sorted(changes, key=lambda change: change.owner)
    ]
    scope = str(Scope(run.owner).label) if run.owner else str(_("The whole city"))
    title = _("Run %(n)d") % {"n": run.pk}
    about = [[run.programme.label, title, scope, run.as_of.isoformat()]]
    if (run.result or {}).get("placeholders"):
        about.append([_("Rests on placeholder data")])
    return Listing(
        name=file_name(run.programme.division.label, _("Solver"), title, run.as_of.isoformat()),
        plain_name=f"{run.programme.code}-solver-{run.pk}",
        title=title,
        about=about,
        headings=headings,
        chunks=[rows],
    )

"""Rules that answer otherwise: with a plan than without it, on one day than on another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from consolidation.checks.base import Severity, Status
from consolidation.selectors.aspects import aspect_label
from consolidation.selectors.visible import rights_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Finding
    from platforms_portal.access import Right


@dataclass(frozen=True)
class ChangedRule:
    """A rule's answer before, ``None`` where it did not judge then, and now."""

    before: Finding | None
    now: Finding
    aspect: StrOrPromise

    @property
    def turned(self) -> bool:
        """Whether the answer itself is another, not only its figure."""
        return self.before is None or self.before.status != self.now.status

    @property
    def is_worse(self) -> bool:
        """Whether the rule was nearer to being kept before."""
        return _rank(self.now) > _rank(self.before)


def changed_rules(
    before: Iterable[Finding], now: Iterable[Finding], rights: Collection[Right]
) -> list[ChangedRule]:
    """Return the rules whose answer differs, as far as ``rights`` show them: the worse first."""
    earlier = {_key(finding): finding for finding in before}
    changed = [
        ChangedRule(earlier.get(_key(finding)), finding, aspect_label(finding.aspect))
        for finding in now
        if rights_for(finding) <= set(rights)
        and not _says_the_same(earlier.get(_key(finding)), finding)
    ]
    return sorted(changed, key=lambda rule: (not rule.is_worse, not rule.now.scope.is_city))


def _key(finding: Finding) -> tuple[str, str, int, bool]:
    return finding.rule, finding.aspect, finding.scope.division.pk, finding.scope.is_city


def _says_the_same(before: Finding | None, now: Finding) -> bool:
    return before is not None and (before.status, before.actual, before.margin) == (
        now.status,
        now.actual,
        now.margin,
    )


def _rank(finding: Finding | None) -> int:
    """Order answers from good to bad; advice is never as bad as a breach."""
    if finding is None or finding.status == Status.MET:
        return 0
    if finding.severity == Severity.ADVICE:
        return 1
    return 2 if finding.status == Status.UNKNOWN else 3

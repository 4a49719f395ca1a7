"""Rules that demand a cut by a share of the baseline (R02 bodies, R03 staff)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import (
    Finding,
    Ratio,
    Severity,
    Status,
    at_least,
    least_for,
    percent,
    text,
)
from consolidation.models.programmes import Basis
from consolidation.selectors.counts import COUNTERS, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from consolidation.checks.base import Scope
    from consolidation.checks.facts import Facts


@dataclass(frozen=True)
class _Share:
    """A tally measured on a baseline. ``unlisted`` are declared and lacking in the ledger."""

    limit: Ratio
    tally: Tally
    baseline: int | None
    unlisted: int = 0

    @property
    def known(self) -> bool:
        """Whether every figure is there."""
        missing = self.tally.missing_baseline or self.tally.missing_in_state
        return bool(self.baseline) and not missing

    @property
    def cut(self) -> int:
        """Baseline less state; 0 where there is no baseline."""
        return self.baseline - self.tally.in_state if self.baseline is not None else 0

    @property
    def least(self) -> int:
        """The smallest cut that reaches the limit."""
        return least_for(self.limit, self.baseline or 0)

    @property
    def status(self) -> Status:
        """Judge the cut between its two ends: what is certain to go, and what may still go.

        A record without a decision stays for the lower end and goes for the upper one, and so does
        one that the ledger lacks. A missing figure can only make the state larger, so it can turn
        *met* into *unknown*, but never *not met* into anything better.
        """
        if not self.baseline or self.tally.missing_baseline:
            return Status.UNKNOWN
        if not at_least(self.limit, self.cut + self.tally.undecided, self.baseline):
            return Status.NOT_MET
        certain = at_least(self.limit, self.cut - self.unlisted, self.baseline)
        return Status.MET if certain and not self.tally.missing_in_state else Status.UNKNOWN


def answer_share(
    facts: Facts, *, rule: str, target: str, count: str, basis: str, declared: int | None
) -> Iterable[Finding]:
    """Yield whether ``count`` was cut by the share that ``target`` sets, for city and owners.

    The city is judged on the baseline that the programme names (``basis``); a declared baseline
    is not split by division, so owners are judged on the ledger. Clause: 方案(二).
    """
    line = facts.target(rule, target)
    if line is None:
        return
    limit = Ratio(line.numerator, line.denominator)
    tally = facts.city_tally(count)
    city = _Share(limit, tally, tally.baseline)
    if basis == Basis.DECLARED:
        city = _Share(limit, tally, declared, max(0, (declared or 0) - tally.baseline))
    undeclared = basis == Basis.DECLARED and declared is None
    yield _judge(facts, rule, target, count, facts.city, city, bound=True, undeclared=undeclared)
    for owner in facts.owners:
        tally = facts.tally(count).get(owner.division.pk, Tally())
        share = _Share(limit, tally, tally.baseline)
        yield _judge(facts, rule, target, count, owner, share, bound=line.binds_divisions)


def _judge(
    facts: Facts,
    rule: str,
    aspect: str,
    count: str,
    scope: Scope,
    share: _Share,
    *,
    bound: bool,
    undeclared: bool = False,
) -> Finding:
    message = _message(share, count)
    if undeclared:
        message = text(
            _("The programme is judged on a declared baseline of {unit} and declares none."),
            unit=COUNTERS[count].unit,
        )
    return facts.finding(
        rule,
        aspect=aspect,
        scope=scope,
        status=share.status,
        severity=Severity.BREACH if bound else Severity.ADVICE,
        actual=Ratio(share.cut, share.baseline) if share.known else Ratio(None, None),
        limit=share.limit,
        margin=share.cut - share.least if share.known else None,
        message=message,
        unit=COUNTERS[count].unit,
        counts=count,
        counted=share.baseline or 0,
        placeholders=share.tally.placeholders > 0,
        formula=_formula(share) if share.known else "",
    )


def _formula(share: _Share) -> StrOrPromise:
    baseline, cut = share.baseline or 0, share.cut
    sign = "≥" if at_least(share.limit, cut, baseline) else "<"
    shown = percent(cut, baseline, share.limit)
    wanted = percent(share.limit.numerator or 0, share.limit.denominator or 1)
    return (
        f"{baseline} − {share.tally.in_state} = {cut}; {cut}/{baseline} = {shown} {sign} {wanted}"
    )


def _message(share: _Share, count: str) -> StrOrPromise:
    unit, tally, baseline = COUNTERS[count].unit, share.tally, share.baseline
    if not baseline:
        return text(_("The baseline holds no {unit}, so no share can be given."), unit=unit)
    if not share.known:
        return text(
            _("{missing} figures are missing, so the cut of {unit} is not known."),
            missing=tally.missing_baseline + tally.missing_in_state,
            unit=unit,
        )
    values = {
        "cut": share.cut,
        "baseline": baseline,
        "share": percent(share.cut, baseline, share.limit),
        "wanted": percent(share.limit.numerator or 0, share.limit.denominator or 1),
        "least": share.least,
        "lacking": share.least - share.cut,
        "risen": -share.cut,
        "undecided": tally.undecided,
        "unlisted": share.unlisted,
        "unit": unit,
    }
    sentence = _SENTENCES[share.status]
    if share.unlisted:
        sentence = _UNLISTED[share.status]
    elif share.cut < 0 and share.status == Status.NOT_MET:
        sentence = _RISEN
    return text(sentence, **values)


_UNLISTED: dict[Status, StrOrPromise] = {
    Status.MET: _(
        "{cut} of {baseline} declared {unit} are cut: {share}; at least {wanted} ({least}) is"
        " demanded, and is reached even if the {unlisted} that the ledger lacks all remain."
    ),
    Status.NOT_MET: _(
        "{cut} of {baseline} declared {unit} are cut: {share}, although the {unlisted} that the"
        " ledger lacks are taken for cut; at least {wanted} ({least}) is demanded."
    ),
    Status.UNKNOWN: _(
        "{cut} of {baseline} declared {unit} would be cut: {share}; {unlisted} of them are lacking"
        " in the ledger, {undecided} are not decided, and {wanted} ({least}) depends on them."
    ),
}
_RISEN: StrOrPromise = _(
    "The {unit} grow by {risen} over the {baseline} of the baseline; at least {wanted} ({least}) is"
    " to be cut, {lacking} more."
)
_SENTENCES: dict[Status, StrOrPromise] = {
    Status.MET: _(
        "{cut} of {baseline} {unit} are cut: {share}; at least {wanted} ({least}) is demanded."
    ),
    Status.NOT_MET: _(
        "{cut} of {baseline} {unit} are cut: {share}; at least {wanted} ({least}) is demanded,"
        " {lacking} more."
    ),
    Status.UNKNOWN: _(
        "{cut} of {baseline} {unit} are certain to be cut: {share}; {undecided} are not decided,"
        " and {wanted} ({least}) depends on them."
    ),
}

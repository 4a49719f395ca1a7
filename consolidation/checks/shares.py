"""Rules that demand a cut by a share of the baseline (R02 bodies, R03 staff)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consolidation.checks.base import (
    Finding,
    Ratio,
    Scope,
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

    from consolidation.checks.facts import Facts


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
    city = facts.city_tally(count)
    on_declared = basis == Basis.DECLARED
    baseline = declared if on_declared else city.baseline
    yield _judge(facts, rule, target, count, facts.city, limit, city, baseline, bound=True)
    for owner in facts.owners:
        tally = facts.tally(count).get(owner.division.pk, Tally())
        yield _judge(
            facts,
            rule,
            target,
            count,
            owner,
            limit,
            tally,
            tally.baseline,
            bound=line.binds_divisions,
        )


def _judge(  # noqa: PLR0913 - what is judged, on which baseline, and who is bound
    facts: Facts,
    rule: str,
    aspect: str,
    count: str,
    scope: Scope,
    limit: Ratio,
    tally: Tally,
    baseline: int | None,
    *,
    bound: bool,
) -> Finding:
    status = _status(limit, tally, baseline)
    known = bool(baseline) and not tally.missing_baseline and not tally.missing_in_state
    cut = baseline - tally.in_state if baseline is not None else 0
    return facts.finding(
        rule,
        aspect=aspect,
        scope=scope,
        status=status,
        severity=Severity.BREACH if bound else Severity.ADVICE,
        actual=Ratio(cut if known else None, baseline if known else None),
        limit=limit,
        margin=cut - least_for(limit, baseline or 0) if known else None,
        message=_message(status, limit, tally, baseline, cut, count, known=known),
        unit=COUNTERS[count].unit,
        counts=count,
        counted=baseline or 0,
        placeholders=tally.placeholders > 0,
        formula=_formula(limit, tally, baseline or 0, cut) if known else "",
    )


def _status(limit: Ratio, tally: Tally, baseline: int | None) -> Status:
    """Judge the cut between its two ends: what is certain to go, and what may still go.

    A record without a decision stays for the lower end and goes for the upper one. A missing
    figure can only make the state larger, so it can turn *met* into *unknown*, but never
    *not met* into anything better.
    """
    if not baseline or tally.missing_baseline:
        return Status.UNKNOWN
    lowest = baseline - tally.in_state
    if not at_least(limit, lowest + tally.undecided, baseline):
        return Status.NOT_MET
    if tally.missing_in_state or not at_least(limit, lowest, baseline):
        return Status.UNKNOWN
    return Status.MET


def _formula(limit: Ratio, tally: Tally, baseline: int, cut: int) -> StrOrPromise:
    assert limit.numerator is not None  # noqa: S101 - a target of a share always has one
    sign = "≥" if at_least(limit, cut, baseline) else "<"
    share = percent(cut, baseline, limit)
    wanted = percent(limit.numerator, limit.denominator or 1)
    return f"{baseline} − {tally.in_state} = {cut}; {cut}/{baseline} = {share} {sign} {wanted}"


def _message(
    status: Status,
    limit: Ratio,
    tally: Tally,
    baseline: int | None,
    cut: int,
    count: str,
    *,
    known: bool,
) -> StrOrPromise:
    unit = COUNTERS[count].unit
    if not baseline:
        return text(_("The baseline holds no {unit}, so no share can be given."), unit=unit)
    if not known:
        return text(
            _("{missing} figures are missing, so the cut of {unit} is not known."),
            missing=tally.missing_baseline + tally.missing_in_state,
            unit=unit,
        )
    values = {
        "cut": cut,
        "baseline": baseline,
        "share": percent(cut, baseline, limit),
        "wanted": percent(limit.numerator or 0, limit.denominator or 1),
        "least": least_for(limit, baseline),
        "lacking": least_for(limit, baseline) - cut,
        "undecided": tally.undecided,
        "unit": unit,
    }
    return text(_SENTENCES[status], **values)


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

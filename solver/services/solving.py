"""Doing a run: read, search, judge what was found, and keep it. Called by the worker."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consolidation.checks.base import Severity
from consolidation.checks.base import Status as Verdict
from consolidation.checks.run import finding_as_json, judge
from consolidation.selectors.visible import findings_visible_to
from platforms_portal.access import rights_of, scope_of
from platforms_portal.history import save_recorded
from solver.engine.proposal import Change, Proposal, Subject
from solver.engine.search import Progress, Search
from solver.engine.search import Status as Ended
from solver.models import SolverRun
from solver.selectors.naming import Names
from solver.selectors.reading import read_situation
from solver.selectors.runs import asked_of
from solver.services.verifying import findings_with

if TYPE_CHECKING:
    from collections.abc import Iterable

    from consolidation.checks.base import Finding
    from solver.engine.conflicts import Conflict
    from solver.selectors.reading import Read

log = structlog.get_logger(__name__)

SIGN_SECONDS = 1.0
"""How often a run tells how far it is, and asks whether it is to stop."""

BREAKING_SHOWN = 20
"""How many records of a finding are kept with a run; their number always is."""

_ENDED = {
    Ended.SOLVED: SolverRun.State.SOLVED,
    Ended.INFEASIBLE: SolverRun.State.INFEASIBLE,
    Ended.TIMEOUT: SolverRun.State.TIMEOUT,
    Ended.CANCELLED: SolverRun.State.CANCELLED,
}


def solve(pk: int) -> None:
    """Do the run ``pk``. One that does not wait (cancelled, or taken already) is left alone."""
    run = _claim(pk)
    if run is None:
        return
    try:
        state, digest, result = _work(run)
    except Exception:  # Whatever it was, the one who asked is told, and the log has it all.
        log.exception("solver_run_failed", run=pk)
        _finish(pk, SolverRun.State.FAILED, "", None)
        return
    _finish(pk, state, digest, result)


def _claim(pk: int) -> SolverRun | None:
    with transaction.atomic():
        run = (
            SolverRun.objects.select_for_update(of=("self",))
            .select_related("programme", "owner", "asked_by")
            .filter(pk=pk, state=SolverRun.State.QUEUED)
            .first()
        )
        if run is None:
            return None
        run.state = SolverRun.State.RUNNING
        run.started_at = run.seen_at = timezone.now()
        save_recorded(run, user=run.asked_by, reason=_("Started"))
        return run


def _finish(pk: int, state: str, digest: str, result: dict[str, Any] | None) -> None:
    with transaction.atomic():
        run = SolverRun.objects.select_for_update(of=("self",)).get(pk=pk)
        if run.state != SolverRun.State.RUNNING:
            return  # It was given up meanwhile; what was told then stays.
        run.state, run.digest, run.result = state, digest, result
        run.finished_at = timezone.now()
        save_recorded(run, user=run.asked_by, reason=_("Finished"))


class _Signs:
    """Signs of life: writes progress now and then, and asks whether to stop."""

    def __init__(self, pk: int) -> None:
        self._run = SolverRun.objects.filter(pk=pk)
        self._next = 0.0

    def __call__(self, progress: Progress) -> bool:
        """Tell how far it is; say whether somebody wants it to stop."""
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + SIGN_SECONDS
        self._run.update(
            seen_at=timezone.now(),
            aim=progress.aim,
            best=progress.best,
            bound=progress.bound,
        )
        return not self._run.filter(cancel_asked=False, state=SolverRun.State.RUNNING).exists()


def _work(run: SolverRun) -> tuple[str, str, dict[str, Any]]:
    started = time.monotonic()
    read = read_situation(asked_of(run))
    signs = _Signs(run.pk)
    answer = Search(read.situation, seconds=run.seconds, watch=signs).run()
    before = judge(read.view).findings
    result: dict[str, Any] = {
        "rules": list(read.situation.wishes.rules),
        "placeholders": read.rests_on_placeholders,
        "aims": answer.reached,
        "proven": answer.proven,
        "bound": answer.bound,
        "before": _told(before, run),
        "conflicts": [],
        "changes": [],
        "after": [],
        "disagreements": [],
        "worse": [],
    }
    changes: list[Change] = []
    if answer.chosen is not None:
        changes = Proposal(read.situation, answer.chosen).changes()
    names = Names(read, changes)
    if answer.chosen is not None:
        after = findings_with(read, changes)
        result["changes"] = [names.change(change) for change in changes]
        result["after"] = _told(after, run)
        result["disagreements"] = _told(disagreements(read, before, after, changes), run)
        result["worse"] = _told(_worse(before, after), run)
    result["conflicts"] = [_conflict(conflict, names) for conflict in answer.conflicts]
    result["milliseconds"] = round((time.monotonic() - started) * 1000)
    return _ENDED[answer.status], read.situation.digest, result


def _told(findings: Iterable[Finding], run: SolverRun) -> list[dict[str, Any]]:
    """Return the findings that the one who asks may see, of the city and of the owner looked at."""
    told = []
    scope, rights = scope_of(run.asked_by), rights_of(run.asked_by)
    for finding in findings_visible_to(scope, rights, findings):
        if run.owner_id is None or finding.scope.is_city or _is_of(finding, run.owner_id):
            shown = finding_as_json(finding)
            shown["breaking"] = shown["breaking"][:BREAKING_SHOWN]
            told.append(shown)
    return told


def _is_of(finding: Finding, owner_id: int) -> bool:
    return not finding.scope.is_city and finding.scope.division.pk == owner_id


COVERED = {
    "R01": {"retained_max", "ceiling"},
    "R05": {"sub_areas_max"},
    "R20": {"high_level_min"},
}
"""The aspects that are covered, for rules of which not all are."""


def disagreements(
    read: Read, before: Iterable[Finding], after: Iterable[Finding], changes: Iterable[Change]
) -> list[Finding]:
    """Return the findings that contradict the solver: a rule it held is broken all the same.

    For one division, what the rest of the city breaks is left out; so is the reason that a merge
    across divisions still wants, which only people can give.
    """
    rules = set(read.situation.wishes.rules)
    if any(change.after.get("reason_wanted") for change in changes):
        rules.discard("R11")
    whole = all(owner.in_scope for owner in read.situation.owners)
    scoped = {owner.pk for owner in read.situation.owners if owner.in_scope}
    met = {_key(finding) for finding in before if finding.status == Verdict.MET}
    return [
        finding
        for finding in after
        if finding.status == Verdict.NOT_MET
        and finding.severity == Severity.BREACH
        and finding.rule in rules
        and finding.aspect in COVERED.get(finding.rule, {finding.aspect})
        and (whole if finding.scope.is_city else finding.scope.division.pk in scoped)
        # Nothing makes high-level platforms of others: their number only must not fall.
        and (finding.rule != "R20" or _key(finding) in met)
    ]


def _key(finding: Finding) -> tuple[str, str, int, bool]:
    return (finding.rule, finding.aspect, finding.scope.division.pk, finding.scope.is_city)


def _worse(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """Return the breaches that the proposal makes of rules that are kept now."""
    met = {_key(finding) for finding in before if finding.status == Verdict.MET}
    return [
        finding
        for finding in after
        if finding.status == Verdict.NOT_MET
        and finding.severity == Severity.BREACH
        and _key(finding) in met
    ]


def _conflict(conflict: Conflict, names: Names) -> dict[str, Any]:
    return {
        "minimal": conflict.minimal,
        "demands": [names.demand(key) for key in conflict.demands],
    }


def number_of_changes(changes: Iterable[Change]) -> int:
    """Return the number that the first aim counts: platforms and sub-areas."""
    return sum(change.subject in {Subject.PLATFORM, Subject.SUB_AREA} for change in changes)

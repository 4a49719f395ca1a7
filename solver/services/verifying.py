"""Judging a proposal by the portal's own rules: written, judged, and rolled back.

The solver's word is not taken for it. What it proposes is entered into the plans inside a
transaction that is always undone, and every rule answers as it would if it were entered by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from consolidation.checks.run import judge
from consolidation.models import (
    BodyDisposition,
    Disposition,
    MergePlan,
    PlateDisposition,
    Programme,
    RetainedPlatform,
)
from solver.engine.proposal import Change, Subject
from zones.models import ManagementBody, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consolidation.checks.base import Finding
    from solver.selectors.reading import Read

TRIAL = "~solver"
"""The code of what exists inside the transaction alone; no form lets anybody write it."""


@dataclass
class _Trial:
    """What the trial has to hand: the plans by owner, old and made for it."""

    read: Read
    plans: dict[int, MergePlan]

    @property
    def plan_ids(self) -> tuple[int, ...]:
        return tuple(sorted(plan.pk for plan in self.plans.values()))


def findings_with(read: Read, changes: Sequence[Change]) -> list[Finding]:
    """Return every finding as it would be with ``changes`` made. Nothing of it stays."""
    with transaction.atomic():
        trial = _Trial(read, _plans(read))
        for change in changes:
            _WRITERS[change.subject](trial, change)
        view = replace(
            read.view,
            plan_ids=trial.plan_ids,
            planned_owner_ids=tuple(sorted(trial.plans)),
        )
        findings = judge(view).findings
        transaction.set_rollback(True)
    return findings


def _plans(read: Read) -> dict[int, MergePlan]:
    """Return the plans that count, and one for each owner in scope that has none."""
    plans = dict(read.plans)
    for owner in read.situation.owners:
        if owner.in_scope and owner.pk not in plans:
            (plans[owner.pk],) = MergePlan.objects.bulk_create(
                [
                    MergePlan(
                        programme=read.view.programme,
                        division_id=owner.pk,
                        version=1_000_000,
                        state=MergePlan.State.APPROVED,
                        submitted_on=read.view.as_of,
                        first_submitted_on=read.view.as_of,
                    )
                ]
            )
    return plans


def _platform(trial: _Trial, change: Change) -> None:
    before, after = change.before, change.after
    if after["retained"] != before["retained"]:
        _list(trial, change.pk, on_it=after["retained"])
    decided = Disposition.objects.filter(plan_id__in=trial.plan_ids, platform=change.pk)
    decided.delete()
    if after["kind"]:
        Disposition.objects.bulk_create(
            [
                Disposition(
                    plan=trial.plans[change.owner],
                    platform_id=change.pk,
                    kind=after["kind"],
                    target_id=after["target"] if after["kind"] == "merge" else None,
                    transform_into=after.get("into", ""),
                )
            ]
        )


def _list(trial: _Trial, pk: int, *, on_it: bool) -> None:
    programme = trial.read.view.programme
    if on_it:
        RetainedPlatform.objects.bulk_create(
            [RetainedPlatform(programme=programme, platform_id=pk, sequence=1_000_000)]
        )
        return
    aside = Programme.objects.filter(code=TRIAL).first()
    if aside is None:
        (aside,) = Programme.objects.bulk_create(
            [
                Programme(
                    code=TRIAL,
                    name=TRIAL,
                    division_id=programme.division_id,
                    ledger_id=programme.ledger_id,
                    baseline_date=programme.baseline_date,
                )
            ]
        )
    # Set aside, not deleted: other records refer to it.
    RetainedPlatform.objects.filter(programme=programme, platform=pk).update(programme=aside)


def _sub_area(trial: _Trial, change: Change) -> None:
    now = change.after["sub_area"]
    RetainedPlatform.objects.filter(programme=trial.read.view.programme, platform=change.pk).update(
        is_sub_area=now,
        designated_on=trial.read.view.as_of if now else None,
        # One that was withdrawn keeps its days otherwise, which stand against a designation anew.
        withdrawn_on=None,
    )


def _body(trial: _Trial, change: Change) -> None:
    decided = BodyDisposition.objects.filter(plan_id__in=trial.plan_ids, body=change.pk)
    if not change.after["fate"]:
        decided.delete()
        return
    values: dict[str, Any] = {
        "fate": change.after["fate"],
        "serves_id": change.after["serves"],
        "leadership_teams": change.after.get("teams"),
    }
    if not decided.update(**values):
        BodyDisposition.objects.bulk_create(
            [BodyDisposition(plan=trial.plans[change.owner], body_id=change.pk, **values)]
        )


def _founding(trial: _Trial, change: Change) -> None:
    (body,) = ManagementBody.objects.bulk_create(
        [
            ManagementBody(
                ledger_id=trial.read.view.programme.ledger_id,
                code=f"{TRIAL}-{change.pk}",
                name=TRIAL,
                division_id=change.owner,
                origin=Origin.FOUNDED,
            )
        ]
    )
    BodyDisposition.objects.bulk_create(
        [
            BodyDisposition(
                plan=trial.plans[change.owner],
                body=body,
                fate=BodyDisposition.Fate.FOUND,
                serves_id=change.pk,
                leadership_teams=1,
            )
        ]
    )


def _plate(trial: _Trial, change: Change) -> None:
    values = {"fate": change.after["fate"], "carrier_id": change.after["carrier"]}
    decided = PlateDisposition.objects.filter(plan_id__in=trial.plan_ids, plate=change.pk)
    if not decided.update(**values):
        PlateDisposition.objects.bulk_create(
            [PlateDisposition(plan=trial.plans[change.owner], plate_id=change.pk, **values)]
        )


_WRITERS = {
    Subject.PLATFORM: _platform,
    Subject.SUB_AREA: _sub_area,
    Subject.BODY: _body,
    Subject.FOUNDING: _founding,
    Subject.PLATE: _plate,
}

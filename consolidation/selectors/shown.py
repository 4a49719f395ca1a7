"""A plan as pages show it: read once, and kept until a record changes.

Services, which sign and write, read the records themselves (``consolidation.selectors.document``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from consolidation.checks.keeping import pack, unpack
from consolidation.checks.run import judge
from consolidation.models import MergePlan, Signature
from consolidation.selectors.changes import changes_in
from consolidation.selectors.document import (
    RIGHT_FOR,
    SECTIONS,
    ReadSection,
    content_digest,
    ledger_digest,
)
from consolidation.selectors.findings import findings_in
from consolidation.selectors.kept import kept
from consolidation.selectors.lineage import histories_of_plan
from consolidation.selectors.plans import owners_of
from consolidation.selectors.signing import signatures_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from consolidation.checks.base import Finding
    from consolidation.selectors.changes import Change
    from consolidation.selectors.document import Line
    from consolidation.selectors.state import StateView
    from platforms_portal.access import Right


def document_shown(plan: MergePlan, rights: Collection[Right]) -> list[ReadSection]:
    """Return what ``document_of`` reads, in the order of the sections that ``rights`` allow."""
    keys = tuple(key for key, found in SECTIONS.items() if RIGHT_FOR[found.part] in rights)
    lines = kept("document", (plan.pk, keys), lambda: _lines(plan, keys))
    return [ReadSection(SECTIONS[key], lines[key]) for key in keys]


def _lines(plan: MergePlan, keys: Collection[str]) -> dict[str, list[Line]]:
    return {key: SECTIONS[key].read(plan) for key in keys}


def findings_shown(view: StateView) -> list[Finding]:
    """Return the findings of every rule in ``view``, those of a draft too as long as it stays."""
    if not view.is_tried:
        return findings_in(view)
    asked = (view.programme.pk, view.as_of, view.plan_ids, view.planned_owner_ids)
    packed = kept("tried", asked, lambda: pack(judge(view)))
    return unpack(packed, owners_of(view.programme)).findings


def digests_shown(plan: MergePlan) -> tuple[str, str]:
    """Return the digests of the whole plan and of the ledger that it rests on."""
    return kept("digests", plan.pk, lambda: (content_digest(plan), ledger_digest(plan)))


def changes_shown(plan: MergePlan) -> list[Change]:
    """Return what was changed about the plan itself, the newest first."""
    return kept("changes", plan.pk, lambda: changes_in(histories_of_plan(plan)))


WHOLE = (Signature.Action.SUBMIT, Signature.Action.LEADER_APPROVE, Signature.Action.APPROVE)
"""The acts whose signer is shown the whole plan; a department signs what it sees of it."""


class Moved:
    """Whether the plan or its ledger are still what was signed last."""

    def __init__(self, plan: MergePlan) -> None:
        """Compare with the last signature for the whole plan; a draft has none that counts."""
        whole = [signature for signature in signatures_of(plan) if signature.action in WHOLE]
        self.signature = whole[-1] if whole and plan.state != MergePlan.State.DRAFT else None
        last = self.signature
        content, ledger = digests_shown(plan) if last is not None else ("", "")
        self.content = last is not None and last.content_digest != content
        self.ledger = last is not None and last.ledger_digest != ledger
